/**
 * JavaScript for all passes of a program's packets, those of one program and of others of its shape: a loop that has
 * everything about a packet in variables, from the first RPB to the verdict. Packets without a layout are left out.
 */
import { type DataPlane, must } from '../../../compiler/index.js';
import { DROPPED } from '../../../traces/packets/packet-batch.js';
import { DeparserCode } from '../../blocks/deparser.js';
import {
  type Intrinsic,
  REGISTER_VARIABLES,
  SAVED_VARIABLES,
  type Variable,
} from '../../blocks/instructions/meaning.js';
import type { RpbEntry } from '../../blocks/program-code.js';
import { rpbsOfGress } from '../rpb-engine.js';
import { CellWriter, cellsOf, type OpenCode, type ProgramContext, type SwitchContext } from './cell-writer.js';

/** What the code of all programs of a switch is written with. */
export interface VectorContext extends SwitchContext {
  readonly ingressRpbs: number;
  readonly deparser: DeparserCode;
  /** The egress port of packets that nobody forwards, and whether they reach the egress. */
  readonly nowhere: number;
  readonly nowhereIsPort: boolean;
}

export const vectorContext = (dataPlane: DataPlane, context: SwitchContext, nowhere: number): VectorContext => ({
  ...context,
  ingressRpbs: rpbsOfGress(dataPlane).ingress.length,
  deparser: new DeparserCode(dataPlane),
  nowhere,
  nowhereIsPort: dataPlane.discardPort !== undefined,
});

const SET_PASS = 'pass = ';

/** A program's part. */
export interface VectorProgram {
  readonly entries: readonly RpbEntry[];
  readonly context: VectorContext & ProgramContext;
  /** How often its packets recirculate. */
  readonly recirculations: number;
  /** Whether it is that of the packets that no filter takes. */
  readonly isNone: boolean;
}

const INITIAL: readonly (readonly [Variable, string])[] = [
  ...[...REGISTER_VARIABLES, ...SAVED_VARIABLES].map((name) => [name, '0'] as const),
  ['branch', '0'],
  ['address', '0'],
  ['flag', '0'],
  ['dropped', 'false'],
  ['ipv4Changed', 'false'],
  ['ipv4Delta', '0'],
  ['transportDelta', '0'],
];
const INTRINSICS: readonly (readonly [Intrinsic, string])[] = [
  ['programId', 'V.batch.programId[i]'],
  ['dequeueDelta', '0'],
  ['queueDepth', '0'],
];

/**
 * The body of a function of (V, K, F, C, from, to): the vector, the constants of all programs, ports of default
 * forwarding, the counters, and the places in the order of the vector. It returns the place of the first packet without
 * a layout, or `to`.
 */
export function vectorCode(program: VectorProgram, firstConstant: number): OpenCode {
  return new VectorWriter(program, firstConstant).finish();
}

class VectorWriter {
  private readonly writer: CellWriter;
  /** Whether a packet may have been dropped since the last question. */
  private mayBeDropped = false;
  /** Whether packets leave the passes early. */
  private leaves = false;

  constructor(
    private readonly program: VectorProgram,
    firstConstant: number,
  ) {
    this.writer = new CellWriter(program.context, firstConstant, (index) => `h${index}`);
    this.passes();
  }

  private passes(): void {
    const { entries, context, recirculations } = this.program;
    const cells = cellsOf(entries);
    for (let pass = 0; pass <= recirculations; pass++) {
      const isLast = pass === recirculations;
      const ofPass = cells.filter((cell) => cell[0]?.pass === pass);
      const isIngress = (cell: readonly RpbEntry[]): boolean =>
        must(cell[0], 'entry of a cell').rpb < context.ingressRpbs;
      const egress = ofPass.filter((cell) => !isIngress(cell));
      this.cells(ofPass.filter(isIngress));
      if (egress.length > 0) this.leaveIngress(isLast);
      this.cells(egress);
      if (!isLast) this.recirculate(pass + 1);
    }
  }

  private cells(cells: readonly (readonly RpbEntry[])[]): void {
    for (const cell of cells) if (this.writer.cell(cell).has('dropped')) this.mayBeDropped = true;
  }

  /** Dropped packets finish a gress, and reach no other. */
  private leaveIfDropped(): void {
    if (this.mayBeDropped) this.leaveIf('dropped');
    this.mayBeDropped = false;
  }

  private leaveIngress(isLast: boolean): void {
    this.leaveIfDropped();
    const { nowhere, nowhereIsPort } = this.program.context;
    if (isLast && !nowhereIsPort) this.leaveIf(`${this.writer.read('port')} === ${nowhere}`);
  }

  private leaveIf(condition: string): void {
    this.leaves = true;
    this.writer.lines.push(`if (${condition}) break passes;`);
  }

  private recirculate(pass: number): void {
    this.leaveIfDropped();
    this.deparse();
    this.writer.lines.push(`${SET_PASS}${pass};`);
  }

  private deparse(): void {
    const { writer } = this;
    const changeIpv4 = writer.written.has('ipv4Changed');
    const changeTransport = writer.written.has('transportDelta');
    if (changeIpv4) writer.write('ipv4Delta');
    const header = (index: number): string => writer.header(index);
    writer.lines.push(...this.program.context.deparser.code(header, { changeIpv4, changeTransport }));
  }

  finish(): OpenCode {
    const { writer, leaves } = this;
    const { context, isNone, recirculations } = this.program;
    const mayDrop = writer.used.has('dropped');
    // Where no packet is dropped, instances differ in the number of passes only.
    const passes = writer.lines.splice(0).filter((line) => mayDrop || !line.startsWith(SET_PASS));
    this.deparse();
    const deparse = writer.lines.splice(0);
    const has = (name: Variable): boolean => writer.used.has(name);
    const pass = mayDrop ? 'pass' : recirculations === 0 ? '0' : writer.constant(recirculations);
    const body = [
      "'use strict';",
      'const D = V.view, L = V.headerStarts, { packet, start, layout, row, order } = V;',
      'const { ingressPort: ports, egressPort, recirculations } = V.batch;',
      'let out = 0; let reported = 0; let passes = 0; let j = from;',
      'for (; j < to; j++) {',
      'const v = order[j], l = layout[v];',
      'if (l < 0) break;',
      'const i = packet[v], p = start[v], k = row[v], ingressPort = ports[i];',
      ...INTRINSICS.flatMap(([name, value]) => (writer.intrinsics.has(name) ? [`const ${name} = ${value};`] : [])),
      ...[...writer.headers].map((index) => `const h${index} = p + L[l + ${index} | 0] | 0;`),
      `let port = ingressPort < F.length ? F[ingressPort] : ${context.nowhere};`,
      ...INITIAL.flatMap(([name, value]) => (has(name) ? [`let ${name} = ${value};`] : [])),
      ...(mayDrop ? ['let pass = 0;'] : []),
      ...(leaves ? ['passes: {', ...passes, '}'] : passes),
      ...deparse,
      `if (${mayDrop ? 'dropped || ' : ''}port === ${context.nowhere}) port = ${DROPPED};`,
      'else {',
      'out = out + 1 | 0;',
      `if (port === ${context.cpuPort}) reported = reported + 1 | 0;`,
      '}',
      `egressPort[i] = port; recirculations[i] = ${pass}; passes = passes + ${pass} | 0;`,
      '}',
      'const count = j - from | 0;',
      'C.in += count; C.out += out; C.dropped += count - out; C.reported += reported; C.recirculations += passes;',
      ...(isNone ? ['C.unmatched += count;'] : []),
      'return j;',
    ].join('\n');
    return { body, constants: writer.constants };
  }
}
