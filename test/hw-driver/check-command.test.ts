/** `p4runpro check --verify`: what it says and the statuses it leaves. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { type Outcome, type } from '../command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const check = (...args: readonly string[]): Promise<Outcome> => type('p4runpro', ['check', ...args], { folder });

const program = (name: string): string => packageFile('bench', 'programs', `${name}.p4runpro`);

function written(text: string): string {
  const path = join(folder, 'program.p4runpro');
  writeFileSync(path, text);
  return path;
}

test('correct programs are verified, each with the number of its packets', async () => {
  const { status, stdout } = await check('--verify', '--packets', '200', '--seed', '7', program('l2'), program('lb'));
  assert.is(status, 0);
  assert.match(stdout, /^l2_first: verified on 200 packets; it ran on \d+ of them and executed 1 of 1 statement\n/);
  assert.match(stdout, /\nlb: verified on 200 packets; .* of \d+ statements\n3 programs checked, 0 warnings\n$/);
  assert.is((await check('--verify', '--packets', '200', '--seed', '7', program('l2'), program('lb'))).stdout, stdout);
});

interface CheckedFile {
  readonly verification?: readonly { readonly kind: string; readonly packets: number }[];
}

async function checkedFile(...args: readonly string[]): Promise<CheckedFile> {
  const { stdout } = await check('--json', ...args);
  const { files } = JSON.parse(stdout) as { files: readonly CheckedFile[] };
  return files[0] ?? {};
}

test('the JSON document has the verification only with --verify', async () => {
  assert.is((await checkedFile(program('lb'))).verification, undefined);
  const [first] = (await checkedFile('--verify', '--packets', '50', program('lb'))).verification ?? [];
  assert.is(first?.kind, 'verified');
  assert.is(first?.packets, 50);
});

test('a program that may access words outside its memory is an error with a hint, and is not verified', async () => {
  const text = '@m 4\nprogram p(<hdr.ipv4.src, 0, 0>) { EXTRACT(hdr.ipv4.dst, sar); MOVE(mar, sar); MEMREAD(m); }';
  const { status, stdout, stderr } = await check('--verify', written(text));
  assert.is(status, 2);
  assert.match(stderr, /error\[address-not-bounded\]/);
  assert.match(stderr, /hint: write ANDI\(mar, 3\); in front of it/);
  assert.is(stdout, '1 error, 0 warnings\n');
});

test('a program that no packet runs is not verified', async () => {
  // Packets of ICMP have no ports.
  const text = 'program p(<hdr.ipv4.protocol, 1, 0xff>, <hdr.l4_port.src_port, 5, 0xffff>) { FORWARD(1); }';
  const { status, stdout } = await check('--verify', '--packets', '50', written(text));
  assert.is(status, 1);
  assert.match(stdout, /^p: not verified: it ran on none of 50 packets made to match its filters/);
});

/** Steps of which each needs the one before it. */
const longProgram = (steps: number): string => `program p(<hdr.udp.dst_port, 7777, 0xffff>) {
    EXTRACT(hdr.l5.op, har); EXTRACT(hdr.l5.key1, sar);
    ${'ADD(sar, har); ADD(har, sar); '.repeat(steps / 2)}
    MODIFY(hdr.l5.key3, sar); FORWARD(1); }`;

test('a program that does not fit is not verified', async () => {
  const { status, stdout } = await check('--verify', written(longProgram(50)));
  assert.is(status, 1);
  assert.match(stdout, /^p: not verified: /);
});

test('a program is verified with the recirculations that it needs', async () => {
  const { status, stdout } = await check(
    '--verify',
    '--recirculations',
    '3',
    '--packets',
    '50',
    written(longProgram(50)),
  );
  assert.is(status, 0);
  assert.match(stdout, /^p: verified on 50 packets; /);
});

test('a program whose entries do something else is shown: the prototype drops packets that recirculate', async () => {
  const { status, stdout } = await check('--verify', '--dataplane', 'published', written(longProgram(26)));
  assert.is(status, 1);
  assert.match(stdout, /^p: its entries do not do what its source says\n/);
  assert.match(stdout, /by the program it leaves by port 1, on the switch it is dropped/);
  assert.match(stdout, /\npacket on port \d+: [0-9a-f]+\n/);
});

test('wrong numbers are refused', async () => {
  assert.is((await check('--verify', '--packets', '0', program('lb'))).status, 2);
  assert.is((await check('--verify', '--packets', 'many', program('lb'))).status, 2);
  const { status, stderr } = await check('--verify', '--recirculations', '16', program('lb'));
  assert.is(status, 2);
  assert.match(stderr, /--recirculations takes a whole number from 0 to 15, not '16'/);
  assert.match(
    (await check('--recirculations', '1', program('lb'))).stderr,
    /--recirculations belongs to check --verify/,
  );
});

test.run();
