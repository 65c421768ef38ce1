/** Durations and times of `bench trace info`, which must not be rounded. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CaptureStatistics,
  type CaptureSummary,
  renderCaptureStatistics,
} from '../../bench/cli/report/capture-statistics.js';
import { type Ipv6Packet, ipv6Template } from '../../sim/made-packet/header-words.js';
import {
  appendPacket,
  CaptureIntake,
  createPacketBatch,
  createTrafficGenerator,
  PACKET_MARKS,
} from '../../traces/index.js';

function summaryOf(stamps: readonly (readonly [number, number] | undefined)[]): CaptureSummary {
  const batch = createPacketBatch(Math.max(1, stamps.length), 64 * stamps.length + 64);
  const intake = new CaptureIntake();
  for (const stamp of stamps) {
    const [seconds, nanoseconds] = stamp ?? [0, 0];
    appendPacket(batch, 60, 60, 0, seconds, nanoseconds);
    if (stamp !== undefined) continue;
    batch.marks[batch.count - 1] = PACKET_MARKS.untimed;
    intake.untimed++;
  }
  const statistics = new CaptureStatistics();
  statistics.add(batch);
  return statistics.summary('x.pcap', 'pcap', intake);
}

test('a duration of nanoseconds at a present date is exact (a difference of doubles would be 0)', () => {
  const { seconds, duration, firstTime, lastTime } = summaryOf([
    [1_700_000_000, 999_999_999],
    [1_700_000_001, 1],
  ]);
  assert.is(duration, '0.000000002');
  assert.is(seconds, 2e-9);
  assert.equal([firstTime, lastTime], ['1700000000.999999999', '1700000001.000000001']);
});

test('earliest and latest, in any order; before 1970 and after 2106', () => {
  const summary = summaryOf([
    [5_000_000_000, 3],
    [-2, 999_999_999],
    [7, 0],
  ]);
  assert.is(summary.duration, '5000000001.000000004');
  const text = renderCaptureStatistics(summary, []);
  assert.match(
    text,
    /^time +5000000001\.000000004 s, from 1969-12-31T23:59:58\.999999999Z to 2128-06-11T08:53:20\.000000003Z$/m,
  );
});

test('flows and addresses of IPv6 are counted as those of IPv4', () => {
  const server = 0x2001_0db8_ffff_0000_0000_0000_0000_0001n;
  const packet = (host: bigint, transport: Ipv6Packet['transport']) => ({
    variants: [
      ipv6Template({
        common: { ingressPort: 0, ethernet: { destination: 1, source: 2 } },
        source: (0x2001_0db8n << 96n) | host,
        destination: server,
        sourcePort: 40_000,
        destinationPort: 53,
        transport,
      }),
    ],
  });
  const udp = { kind: 'udp', payload: [] } as const;
  const targets = [
    packet(1n, udp),
    packet(2n, udp),
    packet(2n, { kind: 'tcp', flags: 0x10 }),
    packet(3n, { kind: 'other', nextHeader: 58 }),
  ];
  const batch = createPacketBatch(80, 80 * 128);
  createTrafficGenerator({ targets, seed: 'ipv6', packetsPerSecond: 1e6 }).generateInto(batch, 0, 80);
  const statistics = new CaptureStatistics();
  statistics.add(batch);
  const summary = statistics.summary('x.pcap', 'pcap', new CaptureIntake());
  assert.equal([summary.flows, summary.addresses, summary.ipv6Packets], [4, 4, 80]);
  assert.equal(Object.keys(summary.kinds).sort(), ['ipv6', 'tcp', 'udp']);
  assert.match(renderCaptureStatistics(summary, []), /^flows +4 one-way, 4 addresses; 80 packets over IPv6$/m);
});

test('packets without a time stamp do not affect duration and first and last time', () => {
  const summary = summaryOf([undefined, [1_700_000_000, 5], [1_700_000_000, 105], undefined]);
  assert.is(summary.duration, '0.000000100');
  assert.is(summary.packets, 4);
  assert.match(renderCaptureStatistics(summary, []), /; 2 packets without a time stamp$/m);
  const none = summaryOf([undefined, undefined]);
  assert.equal([none.seconds, none.firstTime, none.lastTime], [0, null, null]);
  assert.match(
    renderCaptureStatistics(none, []),
    /^time +no packet has a time stamp; 2 packets without a time stamp$/m,
  );
  assert.match(
    renderCaptureStatistics(summaryOf([]), ['a note']),
    /^time +no packet has a time stamp$[\s\S]*^read +a note$/m,
  );
});

test.run();
