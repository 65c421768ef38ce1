/** The list of packets: all of them, or those that a filter lets through, and the columns of the rows that are shown. */
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane } from '../../../compiler/index.js';
import { type History, PACKET_VERDICTS } from '../../../sim/history/index.js';
import { PacketFilter } from '../../../sim/pipeline/trace/packet-filter.js';
import { wordsColumn } from '../../../traces/packets/number-column.js';
import { SessionError } from './failure.js';
import { PacketSummaries } from './packet-summary.js';
import { ProgramNames } from './program-names.js';
import { NOT_RUN } from './protocol/rows.js';
import type { PacketRows, RowFilter } from './protocol.js';
import { breathe, type Working } from './working.js';

/** Rows that are asked for at once, at most: more than any screen shows. */
const MAX_ROWS = 10_000;
const PACKETS_AT_ONCE = 2 ** 16;

export class RowList {
  /** Numbers of the packets of the rows; undefined for all packets. */
  private listed: ReturnType<typeof wordsColumn> | undefined;
  private listedCount = 0;
  private readonly summaries: PacketSummaries;

  constructor(private readonly dataPlane: DataPlane) {
    this.summaries = new PacketSummaries(dataPlane);
  }

  /** @param history of the run as it is now, of which a list of all packets grows */
  rowsOf(history: History): number {
    return this.listed === undefined ? history.packets.count : this.listedCount;
  }

  /** @throws {PacketFilterError} {@link SessionError} `cancelled`; the list is then as before */
  async filter(history: History, filter: RowFilter | null, working: Working): Promise<number> {
    if (filter === null) {
      this.listed = undefined;
      return this.rowsOf(history);
    }
    const listed = wordsColumn();
    let count = 0;
    const { text } = filter;
    const byText = text === undefined || text.trim() === '' ? undefined : new PacketFilter(text, this.dataPlane);
    const passes = rowTest(history, filter);
    const { packets } = history;
    for (let packet = 0; packet < packets.count; packet++) {
      if (packet % PACKETS_AT_ONCE === PACKETS_AT_ONCE - 1) {
        await breathe(working, { done: packet, total: packets.count, unit: 'packets' });
      }
      if (!passes(packet)) continue;
      if (byText === undefined || byText.matches(packets.bytes(packet), packets.ingressPort(packet))) {
        listed.set(count++, packet);
      }
    }
    this.listed = listed;
    this.listedCount = count;
    return count;
  }

  /** @throws {SessionError} `bad-question` */
  rows(history: History, from: number, wanted: number): PacketRows {
    const rows = this.rowsOf(history);
    if (![from, wanted].every((number) => Number.isInteger(number) && number >= 0) || wanted > MAX_ROWS) {
      throw new SessionError('bad-question', `rows ${from} to ${from + wanted} are more than ${MAX_ROWS}, or none`);
    }
    const count = Math.max(0, Math.min(wanted, rows - from));
    const { packets, columns } = history;
    const made = newColumns(count);
    const summaries: string[] = [];
    const programs: (string | null)[] = [];
    const names = new ProgramNames(history);
    for (let i = 0; i < count; i++) {
      const packet = this.packetOf(from + i);
      made.packet[i] = packet;
      made.seconds[i] = packets.timeSeconds(packet);
      made.nanoseconds[i] = packets.timeNanoseconds(packet);
      made.bytes[i] = packets.originalLength(packet);
      made.ingressPort[i] = packets.ingressPort(packet);
      summaries.push(this.summaries.of(packets.bytes(packet)));
      const hasRun = packet < history.count;
      made.verdict[i] = hasRun ? columns.verdict.at(packet) : NOT_RUN;
      made.egressPort[i] = hasRun ? columns.port.at(packet) : -1;
      made.programId[i] = hasRun ? columns.programId.at(packet) : 0;
      made.passes[i] = hasRun ? columns.recirculations.at(packet) + 1 : 0;
      programs.push(hasRun ? names.of(packet) : null);
    }
    return { from, count, rows, ...made, summaries, programs };
  }

  /** The row of a packet, or of the next one that is listed. */
  rowOf(history: History, packet: number): { readonly row: number; readonly isExact: boolean } {
    const rows = this.rowsOf(history);
    let [low, high] = [0, rows];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.packetOf(middle) < packet) low = middle + 1;
      else high = middle;
    }
    return { row: low, isExact: low < rows && this.packetOf(low) === packet };
  }

  private packetOf(row: number): number {
    return this.listed === undefined ? row : this.listed.at(row);
  }
}

const newColumns = (count: number) => ({
  packet: new Uint32Array(count),
  seconds: new Float64Array(count),
  nanoseconds: new Uint32Array(count),
  bytes: new Uint32Array(count),
  ingressPort: new Uint16Array(count),
  verdict: new Uint8Array(count),
  egressPort: new Int32Array(count),
  programId: new Uint16Array(count),
  passes: new Uint8Array(count),
});

/** What is tested without the bytes of a packet. Packets that have not run pass only where no outcome is asked for. */
function rowTest(history: History, { verdicts, programs, minPasses }: RowFilter): (packet: number) => boolean {
  const { columns } = history;
  const asksOutcome = verdicts !== undefined || programs !== undefined || minPasses !== undefined;
  if (!asksOutcome) return () => true;
  const wanted = verdicts && Uint8Array.from(PACKET_VERDICTS, (verdict) => (verdicts.includes(verdict) ? 1 : 0));
  const wantedNames = programs && new Set(programs);
  const names = new ProgramNames(history);
  const least = minPasses === undefined ? 0 : minPasses;
  return (packet) =>
    packet < history.count &&
    columns.recirculations.at(packet) + 1 >= least &&
    (wanted === undefined || must(wanted[columns.verdict.at(packet)], 'verdict of a packet') === 1) &&
    (wantedNames === undefined || wantedNames.has(names.of(packet)));
}
