/** JavaScript for the entries of a program in one gress of one pass, on a packet in a PHV. */
import {
  type Intrinsic,
  REGISTER_VARIABLES,
  SAVED_VARIABLES,
  type Variable,
} from '../../blocks/instructions/meaning.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import { CellWriter, cellsOf, inOrder, type OpenCode, type ProgramContext } from './cell-writer.js';

/** Where a PHV holds what code has in variables. */
const PLACES: readonly (readonly [Variable, string])[] = [
  ...[...REGISTER_VARIABLES, ...SAVED_VARIABLES].map((name, i) => [name, `R[${i}]`] as const),
  ['branch', 'P.branch'],
  ['address', 'P.physicalAddress'],
  ['flag', 'P.saluFlag'],
  ['port', 'P.egressPort'],
  ['dropped', 'P.dropped'],
  ['ipv4Changed', 'P.ipv4Changed'],
  ['ipv4Delta', 'P.ipv4Delta'],
  ['transportDelta', 'P.transportDelta'],
];
const INTRINSICS: readonly Intrinsic[] = [
  'programId',
  'arrival',
  'copy',
  'timestamp',
  'packetLength',
  'ingressPort',
  'dequeueDelta',
  'queueDepth',
  'replicationId',
];

/** @param entries of one pass and gress; the code is the body of a function of (P, K, k), P being the PHV */
export function segmentCode(entries: readonly RpbEntry[], context: ProgramContext, firstConstant: number): OpenCode {
  const writer = new CellWriter(context, firstConstant, (index) => `H[${index}]`);
  for (const cell of cellsOf(inOrder(entries))) writer.cell(cell);
  const { used, written, intrinsics, lines, constants } = writer;
  const load = (place: string): string => (place.startsWith('R') ? `${place} | 0` : place);
  const body = [
    "'use strict';",
    'const D = P.view, R = P.registers, H = P.headerStart;',
    ...PLACES.flatMap(([name, place]) => (used.has(name) ? [`let ${name} = ${load(place)};`] : [])),
    ...INTRINSICS.flatMap((name) => (intrinsics.has(name) ? [`const ${name} = P.${name} | 0;`] : [])),
    ...lines,
    ...PLACES.flatMap(([name, place]) => (written.has(name) ? [`${place} = ${name};`] : [])),
  ].join('\n');
  return { body, constants };
}
