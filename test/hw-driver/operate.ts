/** What an operator does with a switch, wherever it is. */
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { type } from '../command-line.js';

export const program = (name: string): string => packageFile('bench', 'programs', `${name}.p4runpro`);

/** Types commands with an exit status that is expected, on one switch. */
export const commands = (folder: string, ...where: string[]) => {
  return async (status: number, ...args: string[]): Promise<string> => {
    const outcome = await type('p4runpro', [...args, ...where], { folder });
    assert.is(outcome.status, status, outcome.stderr);
    return outcome.stdout;
  };
};

export const AS_DEPLOYED = 'the switch is as the journal says\n';

export async function operate(run: (status: number, ...args: string[]) => Promise<string>): Promise<void> {
  const deployed = await run(0, 'deploy', program('lb'), program('cache'));
  assert.match(deployed, /^lb: deployed, id 1, \d+ entries, 1 pass\ncache: deployed, id 2, \d+ entries, 1 pass\n$/);
  assert.match(await run(0, 'show'), /^lb +1 +running +\d+ +1 +512$.*^lb +address +\d+ +\d+ +256$.*^RPB \d/ms);
  const { entries } = JSON.parse(await run(0, 'show', 'entries', 'lb', '--json')) as { entries: { program: string }[] };
  assert.ok(entries.length > 5 && entries.every((entry) => entry.program === 'lb'));
  assert.match(
    await run(0, 'show', 'entries', 'lb'),
    /^lb +tb_flow_filter\d +0 +set_flow_id\(1\) +hdr\.ipv4\.dst=10\.0\.0\.0\/255\.255\.255\.0$/m,
  );
  const write = await run(0, 'memory', 'write', 'lb', 'address', '0x0a000001', '7', '--from', '3');
  assert.is(write, 'lb: 2 words of address written\n');
  assert.is(await run(0, 'memory', 'read', 'lb', 'address'), '0: 0 0 0 167772161 7 0 0 0\n');
  const read = JSON.parse(await run(0, 'memory', 'read', 'lb', 'address', '--from', '3', '--count', '2', '--json'));
  assert.equal((read as { words: unknown }).words, [0x0a000001, 7]);
  await run(0, 'memory', 'write', 'lb', 'address', '10.0.0.9', '192.168.255.1', '--from', '4');
  const servers = ['memory', 'read', 'lb', 'address', '--from', '3', '--count', '3'];
  assert.is(await run(0, ...servers, '--as', 'address'), '3: 10.0.0.1 10.0.0.9 192.168.255.1\n');
  assert.is(await run(0, ...servers, '--as', 'hex'), '3: 0x0a000001 0x0a000009 0xc0a8ff01\n');
  await run(0, 'memory', 'write', 'lb', 'address', '7', '0', '--from', '4');
  const replaced = await run(0, 'replace', program('lb'));
  assert.match(replaced, /^lb: replaced, id 3, .*\n {2}kept: (port, address|address, port)\n$/);
  assert.is(await run(0, 'memory', 'read', 'lb', 'address'), '0: 0 0 0 167772161 7 0 0 0\n');
  assert.is(await run(0, 'watch', 'lb', '--times', '2', '--interval', '5'), '');
  assert.is(await run(0, 'memory', 'reset', 'lb', 'address'), 'lb: memory address was reset\n');
  assert.is(await run(0, 'memory', 'read', 'lb', 'address'), '256 words, all 0\n');
  assert.is(await run(0, 'show', 'drift'), AS_DEPLOYED);
  assert.is(await run(0, 'repair'), 'nothing to repair: the switch is as the journal says\n');
  // One that is not there, or is named twice: the others stay.
  await run(2, 'revoke', 'lb', 'nosuch');
  await run(2, 'revoke', 'lb', 'cache', 'lb');
  assert.match(await run(0, 'show', 'programs'), /^lb .*^cache /ms);
  assert.is(await run(0, 'revoke', 'lb'), 'lb: revoked\n');
  assert.not.match(await run(0, 'show', 'programs'), /^lb/m);
  await run(1, 'deploy', program('cache'));
  await run(2, 'deploy', program('lb'), program('lb'));
  assert.not.match(await run(0, 'show', 'programs'), /^lb/m);
  await run(2, 'revoke', 'lb');
  await run(2, 'memory', 'read', 'cache', 'nosuch');
  for (const beside of [['--from', '0'], ['--count', '1'], ['7']]) {
    await run(2, 'memory', 'read', 'cache', 'value', '--hash-input', '1', ...beside);
  }
  await run(2, 'memory', 'reset', 'cache', 'value', '--from', '1');
  assert.is(await run(0, 'revoke', 'cache'), 'cache: revoked\n');
  assert.not.match(await run(0, 'show', 'entries'), /RPB/);
}
