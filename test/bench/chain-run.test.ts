/** `bench run` and `bench capacity` over switches in a row, as a user types them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultDataPlane } from '../../compiler/index.js';
import { assertNoStackTrace, type, withFolder } from '../command-line.js';

const PROGRAMS = 3;
const RUN = ['run', '--programs', String(PROGRAMS), '--workload', 'nc', '--packets', '3000', '--json', '--out', 'out'];
const RPBS = defaultDataPlane().rpbCount;

interface Summary {
  readonly stateHash: string;
  readonly outputHash: string;
  readonly rpb: readonly { readonly entries: number }[];
  readonly packets: { readonly recirculations: number; readonly out: number };
  readonly timing: null | {
    readonly betweenSwitchesNs?: number;
    readonly latencyNs: { readonly min: number };
    readonly ports: readonly { readonly switch?: number; readonly packetsIn: number; readonly packetsOut: number }[];
  };
}

async function run(args: readonly string[], folder: string): Promise<Summary> {
  const { status, stdout, stderr } = await type('bench', [...RUN, ...args], { folder });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as Summary;
}

test('runs over two switches are equal for both engines and any number of workers, and to a recirculating switch', () =>
  withFolder(async (folder) => {
    const chain = await run(['--switches', '2'], folder);
    assert.is(chain.packets.recirculations, 0);
    assert.is(chain.rpb.length, 2 * RPBS);
    assert.ok(chain.rpb.slice(RPBS).some(({ entries }) => entries > 0));
    for (const args of [
      ['--engine', 'interpreted'],
      ['--workers', '2'],
    ]) {
      const other = await run(['--switches', '2', ...args], folder);
      assert.is(other.stateHash, chain.stateHash, args.join(' '));
      assert.is(other.outputHash, chain.outputHash, args.join(' '));
    }
    const single = await run([], folder);
    assert.ok(single.packets.recirculations > 0);
    assert.is(single.outputHash, chain.outputHash);
    assert.is(single.packets.out, chain.packets.out);
  }));

test('with time: the same packets, later by the delay between the switches, which have ports of their own', () =>
  withFolder(async (folder) => {
    const timed = ['--timing', '--rate', '1000000', '--interval', '100'];
    const single = await run(timed, folder);
    const [none, compiled, far] = [
      await run(['--switches', '2', ...timed, '--switch-delay', '0'], folder),
      await run(['--switches', '2', ...timed, '--switch-delay', '0', '--engine', 'interpreted'], folder),
      await run(['--switches', '2', ...timed, '--switch-delay', '700'], folder),
    ];
    assert.equal(compiled.timing, none.timing);
    assert.is(compiled.stateHash, none.stateHash);
    assert.is(none.stateHash, far.stateHash);
    assert.is(far.timing?.betweenSwitchesNs, 700);
    const least = (summary: Summary): number => summary.timing?.latencyNs.min ?? Number.NaN;
    const later = least(far) - least(none);
    // In whole cycles of the pipe.
    assert.ok(later >= 699 && later <= 701, `${later} ns`);
    assert.ok(least(none) >= least(single) - 1);
    const ports = none.timing?.ports ?? [];
    assert.equal(new Set(ports.map((port) => port.switch)), new Set([1, 2]));
    const sum = (of: (port: (typeof ports)[number]) => number, member: number): number =>
      ports.filter((port) => port.switch === member).reduce((total, port) => total + of(port), 0);
    assert.is(
      sum(({ packetsOut }) => packetsOut, 1),
      sum(({ packetsIn }) => packetsIn, 2),
    );
    assert.is(none.packets.out, single.packets.out);
    assert.match(readFileSync(join(folder, 'out', 'ports.csv'), 'utf8'), /^switch,port,/);
  }));

test('the summary shows each switch', () =>
  withFolder(async (folder) => {
    const args = RUN.filter((arg) => arg !== '--json');
    const { status, stdout, stderr } = await type('bench', [...args, '--switches', '2'], { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /^switches {6}2 in a row$/m);
    assert.match(stdout, /^switch 2\s*$/m);
    assert.match(readFileSync(join(folder, 'out', 'rpbs.csv'), 'utf8'), /^switch,rpb,gress.*\n1,1,ingress/);
  }));

test('capacity over more switches is larger; not in proportion, as REPORT has to lie in an ingress behind all else', () =>
  withFolder(async (folder) => {
    const capacity = async (args: readonly string[]): Promise<number> => {
      const typed = ['capacity', '--workloads', 'hh', '--memory', '65536', '--json', '--out', 'out', ...args];
      const { status, stdout, stderr } = await type('bench', typed, { folder });
      assert.is(status, 0, stderr);
      return (JSON.parse(stdout) as { rows: [{ capacity: number }] }).rows[0].capacity;
    };
    const [one, two, three] = [
      await capacity([]),
      await capacity(['--switches', '2']),
      await capacity(['--switches', '3']),
    ];
    assert.ok(one < two && 1.5 * two < three, `${one}, ${two} and ${three} programs`);
  }));

for (const { args, message } of [
  { args: ['--switches', '2', '-R', '1'], message: '--recirculations and --switches exclude each other' },
  { args: ['--switches', '2', '--snapshot', 'x'], message: '--snapshot cannot be combined with --switches' },
  { args: ['--switches', '2', '--trace-packet', '1'], message: '--trace-packet cannot be combined with --switches' },
  { args: ['--switches', '2', '--constraints', 'published'], message: '--constraints published cannot be combined' },
  { args: ['--switches', '2', '--timing', '--update-script', 'x'], message: '--update-script cannot be combined' },
  { args: ['--switches', '2', '--timing', '--recirculation-rate', '10'], message: 'whose lines have the --port-rate' },
  { args: ['--timing', '--switch-delay', '10'], message: '--switch-delay needs --switches' },
  { args: ['--switches', '99'], message: '--switches takes a whole number from 1 to' },
]) {
  test(`run ${args.join(' ')} is refused`, () =>
    withFolder(async (folder) => {
      const { status, stdout, stderr } = await type('bench', [...RUN, ...args], { folder });
      assert.is(status, 2);
      assert.is(stdout, '');
      assert.match(stderr, message);
      assertNoStackTrace(stderr);
    }));
}

test.run();
