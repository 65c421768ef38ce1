/** Loss-free rates and idle latencies against what follows from lines and state header. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recirculationCsv, verdict } from '../../bench/cli/report/recirculation-report.js';
import {
  type LossFreeOptions,
  type LossFreeRow,
  lossFreeRates,
  programText,
} from '../../bench/measure/timing/loss-free-rate.js';
import { publishedRecirculation } from '../../bench/measure/timing/published-recirculation.js';
import { analyse, defaultDataPlane, stateHeaderBytes } from '../../compiler/index.js';
import { timedSwitchOptions } from '../../sim/index.js';

const dataPlane = defaultDataPlane();
const STATE_BYTES = stateHeaderBytes(dataPlane);
const TOLERANCE = 0.01;

async function rows(options: Partial<LossFreeOptions> = {}): Promise<LossFreeRow[]> {
  const found: LossFreeRow[] = [];
  const all = {
    dataPlane,
    engine: 'compiled' as const,
    switch: timedSwitchOptions(dataPlane),
    packetBytes: [128, 1500],
    recirculations: [0, 1, 2, 5],
    tolerance: TOLERANCE,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...options,
  };
  for await (const row of lossFreeRates(all)) found.push(row);
  return found;
}

/** k passes more put each packet on the recirculation line k times, longer by the state header. */
function expectedGbps({ packetBytes, recirculations }: LossFreeRow, recirculationGbps: number): number {
  const onLine = packetBytes + 20;
  const loop = (recirculationGbps * onLine) / (recirculations * (onLine + STATE_BYTES));
  return Math.min(100, loop);
}

for (const [gbps, recirculations] of [
  [100, [0, 1, 2, 5]],
  [150, [1, 5]],
] as const) {
  test(`rates with a recirculation port of ${gbps} Gbit/s`, async () => {
    const own = timedSwitchOptions(dataPlane);
    const found = await rows({ recirculations, switch: { ...own, recirculationBitsPerSecond: gbps * 1e9 } });
    assert.is(found.length, 2 * recirculations.length);
    for (const row of found) {
      const expected = expectedGbps(row, gbps);
      const text = `${row.packetBytes} bytes, ${row.recirculations} times: ${row.throughputGbps}, not ${expected}`;
      assert.ok(Math.abs(row.throughputGbps / expected - 1) <= TOLERANCE, text);
    }
  });
}

test('latency: one line time in, 622 cycles a pass, one line time of the recirculation port between two', async () => {
  const found = await rows({ recirculations: [0, 1, 3], tolerance: 0.5 });
  for (const { packetBytes, recirculations, latencyNs } of found) {
    const line = (packetBytes + 8) * 0.08;
    const expected = line + (recirculations + 1) * (622 / 1.22) + recirculations * (line + STATE_BYTES * 0.08);
    // Entries into the gresses wait for a cycle.
    const cycles = 2 * (recirculations + 1);
    assert.ok(latencyNs >= expected && latencyNs <= expected + cycles / 1.22 + 0.01, `${latencyNs} for ${expected}`);
  }
});

test('programs of any number of passes are P4runpro without findings', () => {
  for (let count = 0; count <= 15; count++) {
    assert.equal(analyse(programText(count, dataPlane.rpbCount), dataPlane).diagnostics, []);
  }
});

test('the published figures, and what is said of ours beside them', () => {
  const published = publishedRecirculation();
  assert.is(published.length, 28);
  const row: LossFreeRow = {
    packetBytes: 256,
    recirculations: 2,
    throughputGbps: 67,
    packetsPerSecond: 1e6,
    latencyNs: 1,
  };
  const beside = published.find(({ packetBytes, recirculations }) => packetBytes === 256 && recirculations === 2);
  assert.equal([beside?.throughputGbps, beside?.rttIncreaseMs], [68, 0.333]);
  assert.is(verdict(row, beside), 'agrees');
  assert.is(verdict({ ...row, throughputGbps: 64 }, beside), 'differs');
  assert.is(verdict(row, undefined), '');
  assert.match(
    recirculationCsv([row], () => beside),
    /\n256,2,67,68,agrees,1000000,1,0\.333\n/,
  );
});

test.run();
