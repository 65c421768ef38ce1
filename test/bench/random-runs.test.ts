/** `bench run` of programs that draw random numbers and read when packets come and how long they are: equal results on any number of workers, engine, and in parts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type, withFolder } from '../command-line.js';

const SOURCE = `@count 64
program chance(<hdr.ipv4.dst, 10.0.0.0, 255.255.255.0>) {
  RANDOM(mar, 63);
  LOADI(sar, 1);
  MEMADD(count);
  RANDOM(har, 0xffffffff);
  BRANCH:
    case(<har, 0, 3>) {
      RANDOM(sar, 0xffffff);
      MODIFY(hdr.ipv4.dst, sar);
      FORWARD(2);
    }
    case(<har, 1, 3>) {
      EXTRACT(ig_intr_md.timestamp, sar);
      MODIFY(hdr.ipv4.dst, sar);
      FORWARD(3);
    }
    case(<har, 2, 3>) {
      FORWARD(4);
      EXTRACT(eg_intr_md.pkt_length, har);
      MOVE(sar, har);
      MODIFY(hdr.ipv4.dst, sar);
    };
  FORWARD(1);
}
`;

interface Summary {
  readonly packets: { readonly in: number; readonly unmatched: number };
  readonly stateHash: string;
  readonly outputHash: string;
}

async function run(folder: string, ...args: readonly string[]): Promise<Summary> {
  const given = ['run', '--dataplane', 'extended', '--out', 'r', '--json', ...args];
  const { status, stdout, stderr } = await type('bench', given, { folder });
  assert.is(status, 0, stderr);
  const { packets, stateHash, outputHash } = JSON.parse(stdout) as Summary;
  return { packets, stateHash, outputHash };
}

const inFolder = (what: (folder: string, asked: readonly string[]) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'chance.p4runpro'), SOURCE);
    await what(folder, ['--workload', 'chance.p4runpro', '--programs', '6', '--packets', '6000']);
  });

test('any number of workers, whoever generates the packets, any engine, traced', () =>
  inFolder(async (folder, asked) => {
    const alone = await run(folder, ...asked);
    assert.is(alone.packets.unmatched, 0);
    for (const others of [
      ['--workers', '2', '--repeat', '2'],
      ['--workers', '2', '--write', 'out.pcap'],
      ['--engine', 'interpreted', '--trace-packet', '100'],
    ]) {
      assert.equal(await run(folder, ...asked, ...others), alone, others.join(' '));
    }
  }));

test('with virtual time, in vectors or one by one', () =>
  inFolder(async (folder, asked) => {
    const timing = ['--timing', '--rate', '1000000'];
    const alone = await run(folder, ...asked, ...timing);
    assert.equal(await run(folder, ...asked, ...timing, '--engine', 'interpreted'), alone);
    const { stateHash } = await run(folder, ...asked);
    assert.is(alone.stateHash, stateHash, 'no packet overtakes another of its program');
  }));

test('in parts, with snapshots between them', () =>
  inFolder(async (folder, asked) => {
    const whole = await run(folder, ...asked);
    await run(folder, ...asked.slice(0, -1), '2500', '--workers', '2', '--snapshot', 'a.snap');
    const rest = ['--resume', 'a.snap', '--packets', '3500'];
    assert.equal(await run(folder, ...rest), whole);
  }));

test.run();
