/** What an operator does with a switch, wherever it is. */
import * as assert from 'uvu/assert';
import { packageFile } from '../../hw-driver/package-root.js';
import { type } from '../command-line.js';

export const program = (name: string): string => packageFile('bench', 'programs', `${name}.p4runpro`);

export const commands =
  (folder: string, ...where: string[]) =>
  async (status: number, ...args: string[]) => {
    const outcome = await type('p4runpro', [...args, ...where], { folder });
    assert.is(outcome.status, status, outcome.stderr);
    return outcome.stdout;
  };

/** What an operator does, wherever the switch is. */
export async function operate(run: (status: number, ...args: string[]) => Promise<string>): Promise<void> {
  assert.is(await run(0, 'show'), 'nothing\n');
  assert.match(
    await run(0, 'deploy', program('lb'), program('cache')),
    /^lb: \d+ entries, 1 pass\ncache: \d+ entries, 1 pass\n$/,
  );
  assert.match(await run(0, 'show', 'programs'), /^lb +1 +\d+ +1 +512/m);
  assert.match(await run(0, 'show', 'memory'), /^lb +address +\d+ +\d+ +256$/m);
  assert.match(await run(0, 'show', 'utilisation'), /^ +\d+ +\d+ +0\.\d % +256 +0\.4 %$/m);
  const entries = JSON.parse(await run(0, 'show', 'entries', '--json')) as { entries: unknown[] };
  assert.ok(entries.entries.length > 20);
  assert.is(
    await run(0, 'memory', 'write', 'lb', 'address', '0x0a000001', '7', '--from', '3'),
    'lb address: 2 words written\n',
  );
  assert.is(
    await run(0, 'memory', 'read', 'lb', 'address', '--from', '2', '--count', '2'),
    `${'2  0'.padStart(11)}\n${'3  167772161'.padStart(19)}\n`,
  );
  const used = JSON.parse(await run(0, 'memory', 'read', 'lb', 'address', '--used', '--json')) as { words: unknown };
  assert.equal(used.words, [
    { bucket: 3, value: 0x0a000001 },
    { bucket: 4, value: 7 },
  ]);
  assert.is(
    await run(0, 'watch', 'lb', 'address', '--count', '2', '--interval', '5'),
    '0: 3: 0 -> 167772161\n0: 4: 0 -> 7\n1: no change\n',
  );
  assert.is(await run(0, 'memory', 'reset', 'lb', 'address'), 'lb address: 256 buckets reset\n');
  assert.is(await run(0, 'memory', 'read', 'lb', 'address', '--used'), '');
  assert.is(await run(0, 'drift'), 'the switch has what was deployed\n');
  assert.is(await run(0, 'revoke', 'lb'), 'lb: revoked\n');
  assert.not.match(await run(0, 'show'), /^lb/m);
  await run(1, 'deploy', program('cache'));
  await run(2, 'revoke', 'lb');
  await run(2, 'memory', 'read', 'cache', 'nosuch');
  assert.is(await run(0, 'revoke', 'cache'), 'cache: revoked\n');
  assert.not.match(await run(0, 'show', 'entries'), /tb_operation/);
}
