/** The options of the commands that read captures, as a user types them. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testRefusals, type, withFolder } from '../command-line.js';
import { enhancedBlock, interfaceBlock, pcapFile, sectionBlock } from '../traces/capture-bytes.js';
import { flowFromInside, packetOf } from './packets.js';

const FRAME = [...packetOf(flowFromInside(1))];
const IP_PACKET = FRAME.slice(14);

/** A pcapng with one packet a second by each of these interfaces, in turns. */
function capture(interfaces: readonly { readonly name?: string; readonly linkType?: number }[], packets: number) {
  const bytesOf = (linkType = 1): number[] => (linkType === 1 ? FRAME : IP_PACKET);
  return Uint8Array.from([
    ...sectionBlock(true),
    ...interfaces.flatMap(({ name, linkType }) =>
      interfaceBlock(true, {
        ...(linkType === undefined ? {} : { linkType }),
        options: name === undefined ? [] : [[2, [...Buffer.from(name)]]],
      }),
    ),
    ...Array.from({ length: packets }, (_, n) => n).flatMap((n) => {
      const i = n % interfaces.length;
      return enhancedBlock(true, i, BigInt(n) * 1_000_000n, bytesOf(interfaces[i]?.linkType));
    }),
  ]);
}

const OTHERS = capture([{}, { linkType: 101 }, { linkType: 105 }], 30);
const PORTS = capture([{ name: 'port 0' }, { name: 'port 63' }, { name: 'port 65535' }], 30);
const CUT = Uint8Array.from(pcapFile({}, [{ bytes: FRAME, seconds: 1, ticks: 1 }])).subarray(0, 50);
const RUN = ['run', '--programs', '1', '--workload', 'cms', '--out', 'r'];

test('run: the summary and its document name link types, times and gaps', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'a.pcapng'), OTHERS);
    const read = ['--trace', 'a.pcapng', '--skip-other-links', '--from', '+3', '--to', '+20s', '--squeeze-gaps', '1ms'];
    for (const more of [[], ['--timing']]) {
      const { status, stdout, stderr } = await type('bench', [...RUN, ...read, ...more], { folder });
      assert.is(status, 0, stderr);
      assert.match(stdout, /^captures +6 packets of link type 101 \(raw IP\) with an Ethernet header added, 02/m);
      assert.match(stdout, /^ +8 packets skipped: outside the times of --from and --to$/m);
      assert.match(stdout, /^ +11 gaps shortened, by 15\.\d{9} s in total$/m);
      assert.match(stdout, /^packets +12 in/m);
      assert.is(stderr, 'bench: warning: 10 packets of link type 105 (IEEE 802.11) skipped\n');
    }
    const { stdout } = await type('bench', [...RUN, ...read, '--json'], { folder });
    const { captures } = JSON.parse(stdout) as { captures: { links: { packets: number }[]; outsideTimes: number } };
    assert.equal(
      captures.links.map(({ packets }) => packets),
      [6, 6, 10],
    );
    assert.is(captures.outsideTimes, 8);
  }));

test('run: a capture from a pipe is read once, as one from its file, and cannot be repeated', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'a.pcapng'), OTHERS);
    assert.is(spawnSync('mkfifo', [join(folder, 'pipe')]).status, 0);
    const hashOf = async (trace: string): Promise<unknown> => {
      const { status, stdout, stderr } = await type(
        'bench',
        [...RUN, '--trace', trace, '--skip-other-links', '--json'],
        {
          folder,
        },
      );
      assert.is(status, 0, stderr);
      return (JSON.parse(stdout) as { outputHash: unknown }).outputHash;
    };
    const writer = spawn('sh', ['-c', 'cat a.pcapng > pipe'], { cwd: folder });
    assert.is(await hashOf('pipe'), await hashOf('a.pcapng'));
    assert.is(writer.exitCode ?? (await new Promise((resolve) => writer.on('exit', resolve))), 0);
    const repeated = await type('bench', [...RUN, '--trace', 'pipe', '--repeat', '2'], { folder });
    assert.is(repeated.status, 2);
    assert.match(
      repeated.stderr,
      /^bench: --repeat reads captures again and cannot be combined with pipe, not a file\n/,
    );
  }));

test('trace info and replay take the same options', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'a.pcapng'), OTHERS);
    const options = [
      '--skip-other-links',
      '--to',
      '1970-01-01T00:00:10',
      '--link-addresses',
      '02:00:00:00:00:0a,02:00:00:00:00:0b',
    ];
    const info = await type('bench', ['trace', 'info', 'a.pcapng', ...options], { folder });
    assert.is(info.status, 0, info.stderr);
    assert.match(info.stdout, /^packets +7: 7 tcp$/m);
    assert.match(info.stdout, /^time +9\.000000000 s, from 1970-01-01T00:00:00\.000000000Z to /m);
    assert.match(info.stdout, /^read +3 packets of link type 101 .*, 02:00:00:00:00:0a > 02:00:00:00:00:0b$/m);
    const replay = await type('bench', ['replay', 'cms', '--trace', 'a.pcapng', ...options], { folder });
    assert.is(replay.status, 0, replay.stderr);
    assert.match(replay.stdout, /7 packets in/);
    assert.match(replay.stdout, /3 packets of link type 101/);
    assert.match(replay.stderr, /10 packets of link type 105 .* skipped/);
  }));

test('ports that nothing is connected to, and ports that the switch does not have', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'p.pcapng'), PORTS);
    const says = (stderr: string): void => {
      assert.match(stderr, /10 packets skipped: the switch has no port 65535/);
      assert.match(stderr, /10 packets arrived at port 63: default forwarding connects ports 0 to 31/);
    };
    for (const more of [[], ['--timing']]) {
      const { status, stderr, stdout } = await type('bench', [...RUN, '--trace', 'p.pcapng', ...more], { folder });
      assert.is(status, 0, stderr);
      assert.match(stdout, /^packets +20 in/m);
      says(stderr);
    }
    for (const command of [
      ['replay', 'cms'],
      ['verify', 'cms'],
    ]) {
      const { status, stderr } = await type('bench', [...command, '--trace', 'p.pcapng'], { folder });
      assert.is(status, 0, stderr);
      says(stderr);
    }
  }));

test('verify that compared no packet ends with status 1 and the reason', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'cut.pcap'), CUT);
    writeFileSync(join(folder, 'none.pcap'), Uint8Array.from(pcapFile({}, [])));
    writeFileSync(join(folder, 'p.pcapng'), PORTS);
    for (const [args, reason] of [
      [['cut.pcap'], /nothing was verified: cut\.pcap: ends in the middle of a record, after 0 whole packets/],
      [['none.pcap'], /nothing was verified: no packets in none\.pcap/],
      [['p.pcapng', '--from', '+1h'], /nothing was verified: 20 packets skipped: outside the times of --from and --to/],
    ] as const) {
      const { status, stdout, stderr } = await type('bench', ['verify', 'cms', '--trace', ...args], { folder });
      assert.is(status, 1);
      assert.match(stdout, /no packet was compared/);
      assert.not.match(stdout, /equal/);
      assert.match(stderr, reason);
    }
  }));

const info = (...args: string[]): string[] => ['trace', 'info', 'none.pcap', ...args];
await testRefusals('bench', [
  { args: info('--from', 'noon'), says: /--from takes a date and time .*, not 'noon'/ },
  { args: info('--to', '2026-02-30'), says: /--to takes a date and time .*, not '2026-02-30'/ },
  { args: info('--from', '+1x'), says: /--from takes a duration in seconds, or with a unit .*, not '1x'/ },
  { args: info('--squeeze-gaps', 'long'), says: /--squeeze-gaps takes a duration .*, not 'long'/ },
  { args: info('--from', '9', '--to', '8.5'), says: /--to 8\.5 is not later than --from 9/ },
  { args: info('--link-addresses', '02:00:00:00:00:01'), says: /--link-addresses takes two Ethernet addresses/ },
  { args: ['run', '--programs', '1', '--from', '5'], says: /--from selects packets of a capture and needs --trace/ },
  { args: ['verify', '--skip-other-links'], says: /--skip-other-links selects packets of a capture/ },
  {
    args: ['run', '--programs', '1', '--trace', 'a', '--timing', '--rate', '9', '--squeeze-gaps', '1'],
    says: /--squeeze-gaps changes time stamps and cannot be combined with --rate/,
  },
]);

test.run();
