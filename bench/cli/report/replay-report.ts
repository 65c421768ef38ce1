/** Differences of a replay as text: packets, the fields of the first one, and memory words. */
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane } from '../../../compiler/index.js';
import { type CapturedPacket, timeText } from '../../verify/replay/captured-packets.js';
import type { OutcomeCount } from '../../verify/replay/check-replay.js';
import type { PacketDifference } from '../../verify/replay/compare-packets.js';
import type { WordDifference } from '../../workloads/memory-contents.js';
import { packetFields } from './packet-fields.js';

/** Maximum differences that are listed; the others are counted. */
const MAX_NAMED = 10;

export interface FieldRow {
  readonly field: string;
  /** Null if the packet is missing or lacks the field. */
  readonly expected: string | null;
  readonly actual: string | null;
  readonly differs: boolean;
}

/** All fields of two packets, with port, time stamp and length of the capture records. */
export function fieldRows(
  dataPlane: DataPlane,
  expected: CapturedPacket | undefined,
  actual: CapturedPacket | undefined,
): FieldRow[] {
  const [left, right] = [valuesOf(dataPlane, expected), valuesOf(dataPlane, actual)];
  return [...new Set([...left.keys(), ...right.keys()])].map((field) => {
    const values = { expected: left.get(field) ?? null, actual: right.get(field) ?? null };
    // With a golden that records no ports, ports are not compared.
    const isAsked = field !== 'port' || values.expected !== NOT_RECORDED;
    return { field, ...values, differs: isAsked && values.expected !== values.actual };
  });
}

const NOT_RECORDED = 'not recorded';

function valuesOf(dataPlane: DataPlane, packet: CapturedPacket | undefined): Map<string, string> {
  if (packet === undefined) return new Map();
  return new Map([
    ['port', packet.port === undefined ? NOT_RECORDED : String(packet.port)],
    ['time', timeText(packet)],
    ['length', String(packet.originalLength)],
    ...packetFields(dataPlane, packet.bytes),
  ]);
}

/** One line for each combination of verdict, port and program. */
export function verdictLines(verdicts: readonly OutcomeCount[]): string[] {
  const texts = verdicts.map(({ packets }) => packets.toLocaleString('en-US'));
  const width = Math.max(0, ...texts.map(({ length }) => length));
  return verdicts.map((count, i) => `  ${must(texts[i], 'text of a verdict').padStart(width)}  ${verdictText(count)}`);
}

function verdictText({ program, verdict, port }: OutcomeCount): string {
  const by = program === null ? 'no program' : `program ${program}`;
  switch (verdict) {
    case 'forwarded':
      return `forwarded by port ${port}, ${by}${program === null ? ' (neighbouring ports are connected)' : ''}`;
    case 'reported':
      return `reported to the CPU by port ${port}, ${by}`;
    case 'copied':
      return `copied to the ports of a group, ${by}`;
    case 'dropped':
      // Without a program, only the parser can have dropped them.
      return program === null ? 'dropped by the parser, as they end inside a header' : `dropped by DROP, ${by}`;
    case 'unforwarded':
      return `dropped as nobody forwards them, ${by}`;
  }
}

/** A table, rows that differ marked with `>>`. */
export function fieldTable(rows: readonly FieldRow[]): string[] {
  const cells = rows.map(({ field, expected, actual, differs }) => {
    const [left, right] = shortened(expected, actual);
    return [differs ? '>>' : '  ', field, left, right];
  });
  const table = [['  ', 'field', 'expected', 'actual'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => must(row[column]?.length, 'cell of a row'))));
  return table.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const MAX_DIGITS = 64;

/** Long values from their first difference on. */
function shortened(expected: string | null, actual: string | null): [string, string] {
  const texts: [string, string] = [expected ?? '—', actual ?? '—'];
  if (texts.every(({ length }) => length <= MAX_DIGITS)) return texts;
  let at = 0;
  while (at < texts[0].length && texts[0][at] === texts[1][at]) at++;
  const from = at === texts[0].length ? 0 : at - (at % 2);
  const cut = (text: string): string =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + MAX_DIGITS)}${text.length > from + MAX_DIGITS ? '…' : ''}`;
  return [cut(texts[0]), cut(texts[1])];
}

/** One line for each of the first differences, and the number of the others. */
export function differenceLines(
  differences: readonly PacketDifference[],
  expected: readonly CapturedPacket[],
  actual: readonly CapturedPacket[],
  originOf: (difference: PacketDifference) => number | undefined,
): string[] {
  const lines = differences.slice(0, MAX_NAMED).map((difference) => {
    const origin = originOf(difference);
    const from =
      origin === undefined ? 'no packet of the trace has this time stamp' : `packet ${origin + 1} of the trace`;
    const packet = difference.kind === 'missing' ? expected[difference.expected] : actual[difference.actual];
    const place = difference.kind === 'extra' ? '' : `packet ${difference.expected + 1} of the golden `;
    const what = { changed: 'differs', missing: 'is missing', extra: 'additional packet' }[difference.kind];
    return `${place}${what} (${from}, ${packet === undefined ? '' : timeText(packet)})`;
  });
  const more = differences.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

export function wordLines(differences: readonly WordDifference[]): string[] {
  const lines = differences
    .slice(0, MAX_NAMED)
    .map((word) => `${word.program}.${word.memory}[${word.bucket}]: expected ${word.expected}, found ${word.actual}`);
  const more = differences.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more words`] : lines;
}
