/** Programs that differ in the cases of their BRANCHes, and packets that meet a switch on the way from one to another. */

import * as assert from 'uvu/assert';
import type { CaseChange } from '../../compiler/change/change-cases.js';
import {
  analyse,
  type Case,
  type CompiledProgram,
  type DataPlane,
  defaultForwardEntry,
  installOperations,
  type Operation,
  type Program,
  programSource,
  type Statement,
  type TableEntry,
} from '../../compiler/index.js';
import { type EngineName, Switch } from '../../sim/index.js';
import { PacketGenerator, type Random, type TestPacket } from '../../sim/validation/index.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch, packetBytes } from '../../traces/index.js';

/** All cases of a program, outer ones first. */
export function casesOf(statements: readonly Statement[]): Case[] {
  return statements.flatMap((statement) =>
    statement.kind === 'branch' ? statement.cases.flatMap((item) => [item, ...casesOf(item.body)]) : [],
  );
}

export interface Variant {
  readonly program: Program;
  readonly sourceHash: string;
}

/** The program without some of its cases, by way of its text; undefined if that is no program, or one of other memories. */
export function variant(program: Program, dropped: ReadonlySet<Case>, dataPlane: DataPlane): Variant | undefined {
  const body = withoutCases(program.body, dropped);
  if (body === undefined) return undefined;
  const { programs, hasErrors, sourceHash } = analyse(programSource({ ...program, body }), dataPlane);
  const [again] = programs;
  return hasErrors || again === undefined ? undefined : { program: again, sourceHash };
}

function withoutCases(statements: readonly Statement[], dropped: ReadonlySet<Case>): readonly Statement[] | undefined {
  const kept: Statement[] = [];
  for (const statement of statements) {
    if (statement.kind === 'primitive') {
      kept.push(statement);
      continue;
    }
    const cases: Case[] = [];
    for (const item of statement.cases) {
      if (dropped.has(item)) continue;
      const body = withoutCases(item.body, dropped);
      if (body === undefined) return undefined;
      cases.push({ ...item, body });
    }
    if (cases.length === 0) return undefined;
    kept.push({ ...statement, cases });
  }
  return kept;
}

/** What is installed after operations, by table, key and priority. */
export function installedAfter(before: CompiledProgram, operations: readonly Operation[]): string[] {
  const installed = new Map(before.entries.map((entry) => [JSON.stringify(entry), true]));
  for (const operation of operations) {
    if (!('entry' in operation)) continue;
    if (operation.kind !== 'insertEntry') {
      const gone = operation.kind === 'deleteEntry' ? operation.entry : operation.before;
      if (!installed.delete(JSON.stringify(gone))) throw new Error(`no such entry: ${JSON.stringify(gone)}`);
    }
    if (operation.kind === 'deleteEntry') continue;
    const text = JSON.stringify(operation.entry);
    if (installed.has(text)) throw new Error(`twice: ${text}`);
    installed.set(text, true);
  }
  return [...installed.keys()].sort();
}

const PORTS = 512;

const bytesOf = (words: Uint32Array): Buffer => Buffer.from(words.buffer, words.byteOffset, words.byteLength);

/** A switch with default forwarding for all ports, for one program after another. */
class ReusedSwitch {
  readonly emulator: Switch;
  private readonly forwarding: ReadonlySet<TableEntry>;

  constructor(dataPlane: DataPlane, engine: EngineName) {
    this.emulator = new Switch(dataPlane, { engine });
    for (let port = 0; port < PORTS; port++) {
      const entry = defaultForwardEntry(dataPlane, port, (port + 16) % PORTS);
      this.emulator.apply({ kind: 'insertEntry', entry });
    }
    this.forwarding = new Set(this.emulator.entries());
  }

  /** Takes out all that is there, and puts in this program; memory stays as it is. */
  install(program: CompiledProgram): void {
    const { emulator, forwarding } = this;
    for (const entry of emulator.entries()) {
      if (!forwarding.has(entry)) emulator.apply({ kind: 'deleteEntry', entry });
    }
    for (const operation of installOperations(program)) emulator.apply(operation);
    assert.is(emulator.entries().length, forwarding.size + program.entries.length);
  }
}

/** One packet after another through switches that run a program as it was, as it is, and as it will be. */
export class ThreeSwitches {
  private readonly old: ReusedSwitch;
  private readonly now: ReusedSwitch;
  private readonly next: ReusedSwitch;
  private readonly batch = createPacketBatch(1, 4096);
  private rpbs: readonly number[] = [];
  private memories: CompiledProgram['memories'] = [];
  /** By the word that they all are: as many words as an RPB has. */
  private readonly untouched = new Map<number, Uint32Array>();

  constructor(
    private readonly dataPlane: DataPlane,
    engine: EngineName,
  ) {
    this.old = new ReusedSwitch(dataPlane, engine);
    this.now = new ReusedSwitch(dataPlane, engine);
    this.next = new ReusedSwitch(dataPlane, engine);
  }

  /** From now on for this change; the memory that {@link send} does not set is 0. */
  begin(before: CompiledProgram, change: CaseChange): void {
    for (const { emulator } of [this.old, this.now, this.next]) {
      for (const rpb of this.rpbs) this.memory(emulator, rpb).fill(0);
    }
    this.old.install(before);
    this.now.install(before);
    this.next.install(change.compiled);
    this.memories = before.memories;
    const salu = change.during.filter(({ action }) => action.includes('.salu_')).map(({ table }) => table);
    this.rpbs = this.dataPlane.rpbs.filter(({ table }) => salu.includes(table)).map(({ number }) => number);
  }

  apply(operation: Operation): void {
    this.now.emulator.apply(operation);
  }

  /** What became of a packet in the old, the present and the new switch; each has these memory words before it. */
  send(packet: TestPacket, word: number): { readonly old: string; readonly now: string; readonly next: string } {
    const [old, now, next] = [this.old, this.now, this.next].map(({ emulator }) =>
      this.outcome(emulator, packet, word),
    );
    return { old: old ?? '', now: now ?? '', next: next ?? '' };
  }

  private outcome(emulator: Switch, { bytes, ingressPort }: TestPacket, word: number): string {
    const { batch } = this;
    const words = this.wordsOf(word);
    for (const rpb of this.rpbs) {
      const memory = this.memory(emulator, rpb);
      memory.set(words.subarray(0, memory.length));
    }
    clearPacketBatch(batch);
    appendPacketBytes(batch, bytes, ingressPort);
    emulator.process(batch);
    const written = this.rpbs.flatMap((rpb) => {
      const memory = this.memory(emulator, rpb);
      // Nearly always one word at most, of thousands: as bytes they are compared at once.
      if (bytesOf(memory).equals(bytesOf(words.subarray(0, memory.length)))) return [];
      const changed: string[] = [];
      for (let i = 0; i < memory.length; i++) {
        if (memory[i] !== word) changed.push(`${rpb}:${i},${memory[i]}`);
      }
      return changed;
    });
    const port = batch.egressPort[0] ?? -1;
    // What a dropped packet looks like is of no account.
    const left = port < 0 ? '' : Buffer.from(packetBytes(batch, 0)).toString('hex');
    return `${port} ${left} ${written.join()}`;
  }

  private wordsOf(word: number): Uint32Array {
    const known = this.untouched.get(word);
    if (known !== undefined) return known;
    const words = new Uint32Array(Math.max(...this.dataPlane.rpbs.map(({ buckets }) => buckets))).fill(word);
    this.untouched.set(word, words);
    return words;
  }

  /** The start of the register array, which holds the program's blocks: it is alone in the switch. */
  private memory(emulator: Switch, rpb: number): Uint32Array {
    const blocks = this.memories.filter((block) => block.rpb === rpb);
    const end = Math.max(1, ...blocks.map(({ base, buckets }) => base + buckets));
    return emulator.memory.range(rpb, 0, Math.min(end, this.dataPlane.rpb(rpb).buckets));
  }
}

/** Packets for two programs in turn. */
export function packetsFor(programs: readonly Program[], dataPlane: DataPlane, random: Random): () => TestPacket {
  const generators = programs.map((program) => new PacketGenerator(program, dataPlane, random));
  let turn = 0;
  return () => {
    const generator = generators[turn++ % generators.length];
    if (generator === undefined) throw new Error('no programs');
    return generator.next();
  };
}
