/** Measures a network. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { JsonPlaces, networkFromText } from '../../../hw-driver/network/index.js';
import { summariseNetwork } from '../../network/network-summary.js';
import { planNetwork } from '../../network/plan-network.js';
import { runNetwork } from '../../network/run-network.js';
import { ALONE, type Measured, type Setting } from './setting.js';

/** Interval of series, which a cell does not have. */
export const INTERVAL_NS = 100_000;

export async function measureNetwork(setting: Setting): Promise<Measured> {
  const path = setting.text('network');
  const text = readFileSync(path, 'utf8');
  const read = networkFromText(textOfCell(text, setting), path, dirname(path));
  // Mistakes that only a cell has, as in the time of an event, are named by their places in the file.
  const places = new JsonPlaces(text);
  const plan = await planNetwork({ ...read, places }, { engine: 'compiled', intervalNs: INTERVAL_NS });
  const options = { ...ALONE, workers: 1, onProgress: (): void => undefined };
  const { packets, hosts, switches } = summariseNetwork(await runNetwork(plan, options));
  const sum = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((all, some) => all + some, 0);
  const roundTrips = Object.values(hosts).flatMap(({ roundTripNs }) => (roundTripNs === null ? [] : [roundTripNs]));
  const largest = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
  const hashes = (of: 'stateHash' | 'outputHash'): string => {
    const text = Object.entries(switches).map(([name, each]) => `${name} ${each[of]}`);
    return createHash('sha256').update(text.join('\n')).digest('hex');
  };
  return {
    columns: {
      sent: packets.sent,
      fed: packets.fed,
      received: packets.received,
      left: packets.left,
      reported: packets.reported,
      lost: sum(packets.lost),
      in_flight: sum(packets.inFlight),
      round_trip_largest_median: largest(roundTrips.map(({ p50 }) => p50)),
      round_trip_largest_p99: largest(roundTrips.map(({ p99 }) => p99)),
      state_hash: hashes('stateHash'),
      output_hash: hashes('outputHash'),
    },
    times: {},
  };
}

/** The document of a network with the seed and time of the cell, and with paths of this machine. */
function textOfCell(text: string, setting: Setting): string {
  const document: object = JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? setting.placeOf(value) : value,
  );
  const microseconds = setting.optionalText('microseconds');
  const time = microseconds === undefined ? {} : { microseconds: Number(microseconds) };
  return JSON.stringify({ ...document, seed: setting.text('seed'), ...time });
}
