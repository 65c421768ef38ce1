/**
 * JavaScript for all passes of a program's packets, those of one program and of others of its shape: a loop that has
 * everything about a packet in variables, from the first RPB to the verdict. Packets without a layout are left out.
 */
import { type DataPlane, must } from '../../../compiler/for-switches.js';
import { DROPPED } from '../../../traces/packets/packet-batch.js';
import { DeparserCode } from '../../blocks/deparser.js';
import {
  type Intrinsic,
  REGISTER_VARIABLES,
  SAVED_VARIABLES,
  type Variable,
} from '../../blocks/instructions/meaning.js';
import { SAVED_WORDS, SLOT, slotCode } from '../../blocks/packet-vector.js';
import { accessesMemory, mayDrop, type RpbEntry } from '../../blocks/program-code.js';
import { rpbsOfGress } from '../rpb-engine.js';
import { CellWriter, cellsOf, type OpenCode, type ProgramContext, type SwitchContext } from './cell-writer.js';
import { type TouchCode, touchCode } from './touch-code.js';

/** What the code of all programs of a switch is written with. */
export interface VectorContext extends SwitchContext {
  readonly ingressRpbs: number;
  /** Indices of all headers. */
  readonly headers: readonly number[];
  readonly deparser: DeparserCode;
  /** The egress port of packets that nobody forwards, and whether they reach the egress. */
  readonly nowhere: number;
  readonly nowhereIsPort: boolean;
}

export const vectorContext = (dataPlane: DataPlane, context: SwitchContext, nowhere: number): VectorContext => ({
  ...context,
  ingressRpbs: rpbsOfGress(dataPlane).ingress.length,
  headers: dataPlane.headers.map(({ index }) => index),
  deparser: new DeparserCode(dataPlane),
  nowhere,
  nowhereIsPort: dataPlane.discardPort !== undefined,
});

/** A program's part. */
export interface VectorProgram {
  /** In order. */
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
const AT_FIRST: ReadonlyMap<Variable, number> = new Map([
  ['branch', 0],
  ['flag', 0],
]);
const INTRINSICS: readonly (readonly [Intrinsic, string])[] = [
  ['programId', 'V.batch.programId[i]'],
  ['arrival', 'V.batch.arrival[i]'],
  ['timestamp', 'V.batch.timestamp[i] | 0'],
  ['packetLength', 'V.batch.originalLength[i] & 65535'],
  ['dequeueDelta', '0'],
  ['queueDepth', '0'],
  ['replicationId', '0'],
  ['copy', '0'],
];

/** What a packet meets: the entries of an RPB, or what follows those of a gress. */
type Step =
  | { readonly kind: 'cell'; readonly cell: readonly RpbEntry[] }
  | { readonly kind: 'leaveIngress'; readonly isLast: boolean }
  /** @param pass the next one */
  | { readonly kind: 'recirculate'; readonly pass: number };

function stepsOf({ entries, context, recirculations }: VectorProgram): Step[] {
  const cells = cellsOf(entries);
  const steps: Step[] = [];
  for (let pass = 0; pass <= recirculations; pass++) {
    const ofPass = cells.filter((cell) => must(cell[0], 'entry of a cell').pass === pass);
    const isIngress = (cell: readonly RpbEntry[]): boolean =>
      must(cell[0], 'entry of a cell').rpb < context.ingressRpbs;
    const egress = ofPass.filter((cell) => !isIngress(cell));
    const isLast = pass === recirculations;
    steps.push(...ofPass.filter(isIngress).map((cell) => ({ kind: 'cell' as const, cell })));
    if (egress.length > 0) steps.push({ kind: 'leaveIngress', isLast });
    steps.push(...egress.map((cell) => ({ kind: 'cell' as const, cell })));
    if (!isLast) steps.push({ kind: 'recirculate', pass: pass + 1 });
  }
  return steps;
}

const cellsIn = (steps: readonly Step[]): (readonly RpbEntry[])[] =>
  steps.flatMap((step) => (step.kind === 'cell' ? [step.cell] : []));

/**
 * The body of a function of (V, K, F, C, from, to): the vector, the constants of all programs, ports of default
 * forwarding, the counters, and the places in the order of the vector. It returns the place of the first packet without
 * a layout, or `to`.
 *
 * If the program accesses memory, there are three loops: one up to the first access, one that touches the words that
 * packets will access, as far as they are known by then, and one for the rest.
 */
export const vectorCode = (program: VectorProgram, firstConstant: number): OpenCode =>
  new VectorWriter(program, firstConstant).write(stepsOf(program));

/** The first loop of two. */
interface Head {
  readonly lines: readonly string[];
  readonly writer: CellWriter;
  readonly touch: TouchCode;
  readonly toucher: CellWriter;
}

const saved = (place: number): string => slotCode(SLOT.saved + place);
const hashPlace = (place: number): string => saved(SAVED_WORDS - 1 - place);
const NEXT_PACKET = `const w = order[j], l = ${slotCode(SLOT.layout)};`;
const BOOLEANS: ReadonlySet<Variable> = new Set<Variable>(['dropped', 'ipv4Changed']);

class VectorWriter {
  private writer: CellWriter;
  private readonly mayDrop: boolean;
  /** Whether the loop is parted at the first access to memory. */
  private splits: boolean;
  private head: Head | undefined;
  /** Whether a packet may have been dropped since the last question. */
  private mayBeDropped = false;
  /** Whether the program forwards all packets, so that default forwarding does not matter. */
  private isForwarded = false;
  /** Whether packets leave the passes early. */
  private leaves = false;
  /** Names that the deparser uses. */
  private readonly deparsed = new Set<string>();
  /** What the code so far, that of the head included, may have changed. */
  private readonly written = new Set<Variable>();

  constructor(
    private readonly program: VectorProgram,
    firstConstant: number,
  ) {
    this.writer = new CellWriter(program.context, firstConstant, (index) => `h${index}`, [], AT_FIRST);
    this.mayDrop = program.entries.some(mayDrop);
    this.splits = program.entries.some(accessesMemory);
  }

  write(steps: readonly Step[]): OpenCode {
    steps.forEach((step, i) => {
      const isFirstOfRest = this.splits && this.head === undefined;
      const lines = step.kind === 'cell' ? [] : this.between(step);
      if (isFirstOfRest && (step.kind === 'cell' ? step.cell.some(accessesMemory) : lines.length > 0)) {
        this.splitBefore(cellsIn(steps.slice(i)));
      }
      if (step.kind === 'cell') this.cell(step.cell);
      else this.writer.lines.push(...lines);
    });
    return this.finish();
  }

  private cell(cell: readonly RpbEntry[]): void {
    const { writer, head } = this;
    const { possible, always } = writer.cell(cell, (entry) => {
      const kept = head?.touch.hashes.get(entry);
      if (kept === undefined) return writer.action(entry);
      const into = writer.write(kept.into);
      return `${into} = ${into} & -65536 | ${hashPlace(kept.place)};`;
    });
    for (const name of possible) this.written.add(name);
    if (possible.has('dropped')) this.mayBeDropped = true;
    if (always.includes('port') && !this.leaves) this.isForwarded = true;
  }

  /** Ends the first loop, if there is room for what it has set. @param rest the cells that follow */
  private splitBefore(rest: readonly (readonly RpbEntry[])[]): void {
    const { writer } = this;
    if (writer.written.size > SAVED_WORDS) {
      this.splits = false;
      return;
    }
    const toucher = writer.fork(writer.constants);
    const room = SAVED_WORDS - writer.written.size;
    const touch = touchCode(rest, toucher, room, hashPlace);
    this.head = { lines: writer.lines, writer, touch, toucher };
    this.writer = writer.fork(writer.constants);
  }

  private between(step: Exclude<Step, { kind: 'cell' }>): string[] {
    return step.kind === 'leaveIngress' ? this.leaveIngress(step.isLast) : this.recirculate(step.pass);
  }

  private leaveIngress(isLast: boolean): string[] {
    const { nowhere, nowhereIsPort } = this.program.context;
    const isUnforwarded = isLast && !nowhereIsPort ? this.leaveIf(`port === ${nowhere}`) : [];
    return [...this.leaveIfDropped(), ...isUnforwarded];
  }

  private recirculate(pass: number): string[] {
    // Where no packet is dropped, instances differ in the number of passes only.
    return [...this.leaveIfDropped(), ...this.deparse(), ...(this.mayDrop ? [`pass = ${pass};`] : [])];
  }

  /** Dropped packets finish a gress, and reach no other. */
  private leaveIfDropped(): string[] {
    if (!this.mayBeDropped) return [];
    this.mayBeDropped = false;
    return this.leaveIf('dropped');
  }

  private leaveIf(condition: string): string[] {
    this.leaves = true;
    return [`if (${condition}) break passes;`];
  }

  private deparse(): string[] {
    const changeIpv4 = this.written.has('ipv4Changed');
    const changeTransport = this.written.has('transportDelta');
    const header = (index: number): string => {
      this.deparsed.add(`h${index}`);
      return `h${index}`;
    };
    if (changeIpv4) this.deparsed.add('ipv4Changed').add('ipv4Delta');
    if (changeTransport) this.deparsed.add('transportDelta');
    return this.program.context.deparser.code(header, { changeIpv4, changeTransport });
  }

  private finish(): OpenCode {
    const { writer, head, mayDrop, leaves } = this;
    const { context, isNone, recirculations } = this.program;
    const deparse = this.deparse();
    const pass = mayDrop ? 'pass' : recirculations === 0 ? '0' : writer.open(recirculations);
    const rest = [
      ...(leaves ? ['passes: {', ...writer.lines, '}'] : writer.lines),
      ...deparse,
      `if (${mayDrop ? 'dropped || ' : ''}port === ${context.nowhere}) port = ${DROPPED};`,
      'else {',
      'out = out + 1 | 0;',
      `if (port === ${context.cpuPort}) reported = reported + 1 | 0;`,
      '}',
      `egressPort[i] = port; recirculations[i] = ${pass}; passes = passes + ${pass} | 0;`,
    ];
    const body = [
      "'use strict';",
      'const D = V.view, L = V.headerStarts, W = V.slots, { order } = V;',
      'const { ingressPort: ports, egressPort, recirculations } = V.batch;',
      'let out = 0; let reported = 0; let passes = 0; let j = from;',
      ...(head === undefined ? this.onlyLoop(rest) : this.loops(head, rest)),
      'const count = j - from | 0;',
      'C.in += count; C.out += out; C.dropped += count - out; C.reported += reported; C.recirculations += passes;',
      ...(isNone ? ['C.unmatched += count;'] : []),
      'return j;',
    ].join('\n');
    return { body, constants: writer.constants };
  }

  private onlyLoop(lines: readonly string[]): string[] {
    const used = this.namesInRest();
    return [
      'for (; j < to; j++) {',
      NEXT_PACKET,
      'if (l < 0) break;',
      ...this.packetValues(used),
      ...this.variables(used, new Map()),
      ...lines,
      '}',
    ];
  }

  private loops(head: Head, rest: readonly string[]): string[] {
    const used = this.namesInRest();
    const kept = [...head.writer.written].filter((name) => used.has(name));
    const places = new Map(kept.map((name, place) => [name, place]));
    const saves = kept.map((name, place) => `${saved(place)} = ${BOOLEANS.has(name) ? `${name} ? 1 : 0` : name};`);
    const first = [...head.lines, ...saves, ...head.touch.lines];
    const usedFirst = new Set([...namesOf(head.writer), ...namesOf(head.toucher)]);
    return [
      'const A = V.words;',
      'let a = 0;',
      'for (; j < to; j++) {',
      NEXT_PACKET,
      'if (l < 0) break;',
      ...this.packetValues(usedFirst),
      ...this.variables(usedFirst, new Map()),
      ...first,
      '}',
      'const end = j;',
      ...(head.touch.words === 0
        ? []
        : ['let touched = 0;', 'for (let b = 0; b < a; b++) touched ^= M[A[b]];', 'V.touched = touched;']),
      'for (j = from; j < end; j++) {',
      NEXT_PACKET,
      ...this.packetValues(used),
      ...this.variables(used, places),
      ...rest,
      '}',
    ];
  }

  /** Names in the only loop, or in the last. */
  private namesInRest(): ReadonlySet<string> {
    return new Set([...namesOf(this.writer), ...this.deparsed, 'port', ...(this.mayDrop ? ['dropped', 'pass'] : [])]);
  }

  /** What statements use of the packet that no action sets. */
  private packetValues(used: ReadonlySet<string>): string[] {
    const { headers } = this.program.context;
    return [
      `const i = ${slotCode(SLOT.packet)}, p = ${slotCode(SLOT.start)}, k = ${slotCode(SLOT.row)};`,
      ...(used.has('ingressPort') || (used.has('port') && !this.isForwarded) ? ['const ingressPort = ports[i];'] : []),
      ...INTRINSICS.flatMap(([name, value]) => (used.has(name) ? [`const ${name} = ${value};`] : [])),
      ...headers.flatMap((index) => (used.has(`h${index}`) ? [`const h${index} = p + L[l + ${index} | 0] | 0;`] : [])),
    ];
  }

  /** @param places of those that an earlier loop has saved */
  private variables(used: ReadonlySet<string>, places: ReadonlyMap<Variable, number>): string[] {
    const { nowhere } = this.program.context;
    const port = this.isForwarded ? String(nowhere) : `ingressPort < F.length ? F[ingressPort] : ${nowhere}`;
    const all: readonly (readonly [Variable, string])[] = [...INITIAL, ['port', port]];
    const declared = all.flatMap(([name, initial]) => {
      if (!used.has(name)) return [];
      const place = places.get(name);
      const from = place === undefined ? initial : `${saved(place)}${BOOLEANS.has(name) ? ' !== 0' : ''}`;
      return [`let ${name} = ${from};`];
    });
    return used.has('pass') ? [...declared, 'let pass = 0;'] : declared;
  }
}

/** Variables, other values and headers that code uses. */
const namesOf = ({ used, intrinsics, headers }: CellWriter): string[] => [
  ...used,
  ...intrinsics,
  ...Array.from(headers, (index) => `h${index}`),
];
