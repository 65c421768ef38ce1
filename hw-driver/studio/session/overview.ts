/** All packets of a run in bins: what a line over them shows. */
import { must } from '../../../compiler/data-plane/must.js';
import { type History, PACKET_VERDICTS } from '../../../sim/history/index.js';
import { BLOCK_ROWS } from '../../../traces/packets/number-column.js';
import { SessionError } from './failure.js';
import type { AskOf, TimeBins } from './protocol.js';

const MAX_BINS = 10_000;
const NANOSECONDS_PER_SECOND = 1e9;

function add(counts: Uint32Array, at: number, more: number): void {
  counts[at] = must(counts[at], 'count of a bin') + more;
}

/** Packets `from` … `to - 1` that have run, in bins. @throws {SessionError} `bad-question` */
export function overviewOf({ columns, packets, count }: History, { from, to, bins }: AskOf<'overview'>): TimeBins {
  const isRange = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to >= from;
  if (!isRange || !Number.isInteger(bins) || bins < 1 || bins > MAX_BINS) {
    throw new SessionError('bad-question', `packets ${from} to ${to} in ${bins} bins: 1 to ${MAX_BINS} were expected`);
  }
  const end = Math.min(to, count);
  const packetsPerBin = Math.max(1, Math.ceil((end - from) / bins));
  const used = Math.max(0, Math.ceil((end - from) / packetsPerBin));
  const kinds = PACKET_VERDICTS.length;
  const verdicts = new Uint32Array(used * kinds);
  const recirculations = new Uint32Array(used);
  for (let bin = 0; bin < used; bin++) {
    const first = from + bin * packetsPerBin;
    const last = Math.min(end, first + packetsPerBin);
    for (let packet = first; packet < last; ) {
      const block = Math.floor(packet / BLOCK_ROWS);
      const stop = Math.min(last, (block + 1) * BLOCK_ROWS) - block * BLOCK_ROWS;
      const verdictsOf = must(columns.verdict.blocks[block], 'verdicts of packets');
      const recirculationsOf = must(columns.recirculations.blocks[block], 'recirculations of packets');
      let sum = 0;
      for (let row = packet - block * BLOCK_ROWS; row < stop; row++) {
        add(verdicts, bin * kinds + must(verdictsOf[row], 'verdict of a packet'), 1);
        sum += must(recirculationsOf[row], 'recirculations of a packet');
      }
      add(recirculations, bin, sum);
      packet = block * BLOCK_ROWS + stop;
    }
  }
  const secondsOf = (packet: number): number =>
    packets.timeSeconds(packet) -
    packets.timeSeconds(0) +
    (packets.timeNanoseconds(packet) - packets.timeNanoseconds(0)) / NANOSECONDS_PER_SECOND;
  const seconds = Float64Array.from({ length: used }, (_, bin) => secondsOf(from + bin * packetsPerBin));
  return { from, to: end, packetsPerBin, verdicts, recirculations, seconds };
}
