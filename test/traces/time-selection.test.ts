/** Times of packets: exact text, packets between two times, and gaps that are made shorter. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timeStampOf } from '../../traces/captures/time-stamp.js';
import { CaptureIntake, type CaptureOptions, dateText, decimalSeconds, epochNanoseconds } from '../../traces/index.js';
import { cases } from '../tiers.js';
import {
  ByteBuilder,
  block,
  enhancedBlock,
  interfaceBlock,
  pcapFile,
  readBytes,
  sectionBlock,
} from './capture-bytes.js';

const text = suite('time stamps');
for (const [nanoseconds, decimal, date] of [
  [0n, '0.000000000', '1970-01-01T00:00:00.000000000Z'],
  [-1n, '-0.000000001', '1969-12-31T23:59:59.999999999Z'],
  [1_295_981_542_484_409_001n, '1295981542.484409001', '2011-01-25T18:52:22.484409001Z'],
  [-1_500_000_000n, '-1.500000000', '1969-12-31T23:59:58.500000000Z'],
  [2n ** 64n, '18446744073.709551616', '2554-07-21T23:34:33.709551616Z'],
  [253_402_300_800n * 10n ** 9n, '253402300800.000000000', '253402300800.000000000 s'],
] as const) {
  text(decimal, () => {
    assert.is(decimalSeconds(nanoseconds), decimal);
    assert.is(dateText(nanoseconds), date);
  });
}
text('nanoseconds since the epoch and back', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 70n), 2n ** 70n), (nanoseconds) => {
      const stamp = timeStampOf(nanoseconds);
      if (!Number.isSafeInteger(stamp.seconds)) return;
      assert.ok(stamp.nanoseconds >= 0 && stamp.nanoseconds < 1e9);
      assert.is(epochNanoseconds(stamp), nanoseconds);
    }),
    { seed: 20250103, numRuns: cases(200) },
  );
});
text.run();

const SECOND = 10n ** 9n;
const START = 1_700_000_000;

/** Times of the packets read, in nanoseconds after START. @param times of the packets of a capture, likewise */
async function timesRead(times: readonly bigint[], intake: CaptureIntake): Promise<bigint[]> {
  const records = times.map((time) => {
    const { seconds, nanoseconds } = timeStampOf(BigInt(START) * SECOND + time);
    return { bytes: [1, 2, 3], seconds, ticks: nanoseconds };
  });
  const { packets, error } = await readBytes(pcapFile({ magic: 0xa1b23c4d }, records), {}, undefined, intake);
  assert.is(error, undefined);
  return packets.map((packet) => epochNanoseconds(packet) - BigInt(START) * SECOND);
}

const between = suite('packets between two times');
const times = [0n, 5n, SECOND - 1n, SECOND, 3n * SECOND, SECOND + 7n];
const epoch = (after: bigint) => ({ since: 'epoch', nanoseconds: BigInt(START) * SECOND + after }) as const;
const later = (after: bigint) => ({ since: 'first-packet', nanoseconds: after }) as const;
for (const [name, options, kept] of [
  ['from, to the nanosecond', { from: epoch(5n) }, times.slice(1)],
  ['to leaves out its own time', { to: epoch(SECOND) }, times.slice(0, 3)],
  ['both, and a packet that goes back', { from: epoch(SECOND), to: epoch(2n * SECOND) }, [SECOND, SECOND + 7n]],
  ['after the first packet', { from: later(SECOND), to: later(SECOND + 1n) }, [SECOND]],
  ['none', { from: epoch(9n * SECOND) }, []],
] as const satisfies readonly (readonly [string, CaptureOptions, readonly bigint[]])[]) {
  between(name, async () => {
    const intake = new CaptureIntake(options);
    assert.equal(await timesRead(times, intake), [...kept]);
    assert.is(intake.account().outsideTimes, times.length - kept.length);
  });
}

between('a time after the first packet is one of all captures', async () => {
  const intake = new CaptureIntake({ to: later(SECOND) });
  assert.equal(await timesRead([2n, 7n], intake), [2n, 7n]);
  assert.equal(await timesRead([SECOND + 1n, SECOND + 2n], intake), [SECOND + 1n]);
});

/** A packet without a time between two that have one. */
const untimedBetween = [
  ...sectionBlock(true),
  ...interfaceBlock(true),
  ...enhancedBlock(true, 0, 5_000_000n, [1]),
  ...block(true, 3, new ByteBuilder(true).u32(1).raw([2]).bytes),
  ...enhancedBlock(true, 0, 9_000_000n, [3]),
];
between('a packet without a time: read and counted, left out where times decide', async () => {
  const plain = new CaptureIntake();
  assert.is((await readBytes(untimedBetween, {}, undefined, plain)).packets.length, 3);
  assert.is(plain.account().untimed, 1);
  const bounded = new CaptureIntake({ from: later(0n) });
  const { packets } = await readBytes(untimedBetween, {}, undefined, bounded);
  assert.equal(
    packets.map(({ seconds }) => seconds),
    [5, 9],
  );
  assert.equal(bounded.notes().missing, ['1 packet skipped: without a time stamp']);
});
between.run();

const gaps = suite('gaps');
gaps('longer ones become as long, exactly; a packet that goes back moves with those around it', async () => {
  const intake = new CaptureIntake({ squeezeGapsNs: SECOND });
  const long = 86_400n * SECOND;
  const given = [0n, SECOND, long + 3n, long + 1n, long + 4n, 3n * long];
  const expected = [0n, SECOND, 2n * SECOND, 2n * SECOND - 2n, 2n * SECOND + 1n, 3n * SECOND + 1n];
  assert.equal(await timesRead(given, intake), expected);
  const { gapsSqueezed, squeezedSeconds } = intake.account();
  assert.is(gapsSqueezed, 2);
  assert.is(squeezedSeconds, decimalSeconds(3n * long - (3n * SECOND + 1n)));
  assert.match(intake.notes().done.join(), /^2 gaps shortened, by \d+\.\d{9} s in total$/);
});

gaps('between captures too', async () => {
  const intake = new CaptureIntake({ squeezeGapsNs: 10n });
  assert.equal(await timesRead([0n, 3n], intake), [0n, 3n]);
  assert.equal(await timesRead([500n, 501n], intake), [13n, 14n]);
});

gaps('any times: as with exact integers, in batches of any size', async () => {
  const anyTimes = fc.array(fc.oneof(fc.bigInt(0n, 30n), fc.bigInt(0n, 10n ** 15n)), { maxLength: 12 });
  const property = fc.asyncProperty(anyTimes, fc.bigInt(0n, 3n * SECOND), async (given, gap) => {
    let [latest, shift] = [given[0] ?? 0n, 0n];
    const expected = given.map((time) => {
      if (time - latest > gap) shift += time - latest - gap;
      if (time > latest) latest = time;
      return time - shift;
    });
    assert.equal(await timesRead(given, new CaptureIntake({ squeezeGapsNs: gap })), expected);
  });
  await fc.assert(property, { seed: 20250104, numRuns: cases(60) });
});
gaps.run();
