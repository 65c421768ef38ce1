/** Report of `bench verify` as text. */
import { must } from '../../../compiler/data-plane/must.js';
import type { DataPlane } from '../../../compiler/index.js';
import { COPIED, DROPPED } from '../../../traces/packets/packet-batch.js';
import type { Difference, Outcome } from '../../verify/compare.js';
import type { VerifiedRow } from '../../verify/verify-programs.js';
import { fieldDifferences, packetFields } from './packet-fields.js';

const WIDTHS = [12, 14, 8, 7, 7, 10, 8] as const;

const columns = (cells: readonly string[], result: string): string =>
  `${cells.map((cell, i) => (i < 2 ? cell.padEnd(must(WIDTHS[i], 'width of a column')) : cell.padStart(must(WIDTHS[i], 'width of a column')))).join('')}  ${result}`;

export const verifyHeader = (): string =>
  columns(['program', 'allocator', 'others', 'RPB', 'passes', 'packets', 'words'], 'result');

export function verifyLine(row: VerifiedRow, difference: Difference | null): string {
  const figures = [row.others, row.firstRpb, row.passes, row.packets, row.words].map((n) => n.toLocaleString('en-US'));
  return columns([row.program, row.allocator, ...figures], resultOf(row, difference));
}

function resultOf({ program, packets }: VerifiedRow, difference: Difference | null): string {
  if (difference !== null) return programOf(difference) === program ? 'differs' : 'not finished';
  return packets === 0 ? 'no packet ran it' : 'equal';
}

/** Name of the program with the difference. */
export const programOf = (difference: Difference): string | undefined =>
  difference.kind === 'memory' ? difference.program : (difference.expected.program ?? difference.actual.program);

/** A difference as text, field by field. */
export function describeDifference(difference: Difference, dataPlane: DataPlane): string[] {
  if (difference.kind === 'memory') {
    const { program, memory, bucket, expected, word, actual } = difference;
    const says = actual === word ? '' : ` (word 0x${word.toString(16)})`;
    return [`memory ${memory} of ${program}, bucket ${bucket}: expected ${expected}, found ${actual}${says}`];
  }
  const { number, ingressPort, queueNs, packet, expected, actual } = difference;
  const bothLeave = expected.port >= 0 && actual.port >= 0;
  const fields = bothLeave ? fieldDifferences(dataPlane, expected.bytes, actual.bytes) : [];
  return [
    `packet ${number}, from port ${ingressPort}, ${queueNs} ns in the queue:`,
    `  expected: ${outcomeText(expected)}`,
    `  found:    ${outcomeText(actual)}`,
    ...(fields.length > 1 ? fields.map((line) => `  ${line}`) : []),
    '  on arrival:',
    ...[...packetFields(dataPlane, packet)].map(([name, value]) => `    ${name.padEnd(FIELD_WIDTH)}${value}`),
  ];
}

const FIELD_WIDTH = 26;

const outcomeText = ({ program, port }: Outcome): string =>
  `${program === undefined ? 'of no program' : `of ${program}`}, ${wayText(port)}`;

const wayText = (port: number): string =>
  port === DROPPED ? 'dropped' : port === COPIED ? 'copied to a group' : `leaves by port ${port}`;
