/**
 * One packet after another through both sides: the program by its meaning (compiler/interpreter.ts) and its entries in
 * the emulator.
 *
 * Compared are the port or the drop, the bytes of packets that leave, every word of the program's memories and of all
 * others, and the registers at the statements that show them: what BRANCH, MODIFY, the hashes and the memory primitives
 * read. Nothing else of the registers is promised: no register outlives its last use, and scratch registers change.
 * Bytes of dropped packets are not compared. Packets on which the program accesses a memory outside its bounds are not
 * sent, as the language says nothing about them.
 */

import { must } from '../../compiler/data-plane/must.js';
import {
  type CompiledProgram,
  type DataPlane,
  defaultForwardEntry,
  type ExecutedStatement,
  installOrder,
  type MulticastGroup,
  type Program,
  type ProgramRun,
  type Rpb,
  revokeOperations,
  type TableEntry,
  undoAccesses,
  type Verdict,
} from '../../compiler/index.js';
import { accessedWords } from '../../compiler/language/interpreter.js';
import { wordsOf } from '../../compiler/language/program.js';
import { appendPacketBytes, clearPacketBatch, createPacketBatch } from '../../traces/packets/packet-batch.js';
import type { CopyList } from '../blocks/replication-engine.js';
import { type RpbVisit, TracingDriver } from '../pipeline/drivers/tracing-driver.js';
import type { Emulator } from '../pipeline/emulator.js';
import { ArraysBefore } from './arrays-before.js';
import { compareOutcomes, type Expected, type OutcomeMismatch } from './compare-outcomes.js';
import type { Failure } from './failure.js';
import { HashFunctions } from './hash-functions.js';
import { MeaningSide } from './meaning-side.js';
import { firstDifference } from './memory-difference.js';
import type { Mismatch } from './mismatch.js';
import type { PacketBytes } from './packet-bytes.js';
import type { TestPacket } from './random-packet.js';
import { showingActions } from './shown-registers.js';
import { isSamePlace, MissingStep, StatementPlaces } from './statement-places.js';
import { testGroups } from './test-groups.js';

export type Memories = ReadonlyMap<string, Uint32Array>;

export type PacketResult =
  | { readonly kind: 'agreed'; readonly ran: boolean; readonly trace: readonly ExecutedStatement[] }
  /** The language does not define the result, or another program takes the packet. */
  | { readonly kind: 'not-compared'; readonly reason: 'undefined' | 'other-program' }
  | {
      readonly kind: 'differed';
      readonly mismatch: Mismatch;
      readonly trace: readonly ExecutedStatement[];
      readonly visits: readonly RpbVisit[];
    };

const NOT_RUN: Verdict = { kind: 'none' };
const DROPPED_BY_PARSER: Verdict = { kind: 'dropped' };

export class BothSides {
  private readonly memories: Map<string, Uint32Array>;
  private readonly driver: TracingDriver;
  private readonly places: StatementPlaces;
  private readonly meaning: MeaningSide;
  private readonly batch = createPacketBatch(1, 4096);
  private readonly before: ArraysBefore;
  /** Groups of the program that the switch does not have otherwise. */
  private readonly groups: readonly MulticastGroup[];
  private readonly writable: readonly Rpb[];
  /** By ingress port: whether it had default forwarding before, and has it now. */
  private readonly forwarding = new Map<number, { readonly before: boolean; now: boolean }>();
  private readonly hashes: HashFunctions;

  /** @param emulator without the program under test; what else it holds stays as it is */
  constructor(
    readonly program: Program,
    readonly compiled: CompiledProgram,
    readonly dataPlane: DataPlane,
    private readonly emulator: Emulator,
    private readonly isInstalled: boolean,
  ) {
    this.driver = new TracingDriver(emulator);
    this.places = new StatementPlaces(compiled, dataPlane);
    this.hashes = new HashFunctions(this.places);
    this.memories = new Map(
      program.memories.map((memory) => [memory.name, new Uint32Array(memory.buckets * wordsOf(memory))]),
    );
    this.meaning = new MeaningSide(program, dataPlane, this.places, this.memories, emulator.seed);
    this.groups = testGroups(program, emulator);
    for (const group of this.groups) emulator.apply({ kind: 'insertGroup', group });
    if (!isInstalled) install(compiled, emulator);
    this.before = new ArraysBefore(dataPlane, emulator);
    this.writable = dataPlane.rpbs.filter(({ table }) =>
      compiled.entries.some((entry) => entry.table === table && entry.action.includes('.salu_')),
    );
  }

  /** Takes the program out of the switch again, unless it was there before; what the memories held is restored. */
  close(): void {
    this.restoreArrays();
    for (const [port, { before }] of this.forwarding) this.forwardByDefault(port, before);
    for (const group of this.groups) this.emulator.apply({ kind: 'deleteGroup', group });
    if (this.isInstalled) return;
    for (const operation of revokeOperations(this.compiled)) this.emulator.apply(operation);
  }

  /** Gives both sides these memory contents; memories that are not named hold 0. */
  setMemories(contents: Memories): void {
    for (const [name, words] of this.memories) {
      const given = contents.get(name);
      if (given === undefined) words.fill(0);
      else words.set(given);
      this.block(name)?.set(words);
    }
  }

  /** As {@link setMemories}, after something may have written outside the program's memories. */
  reset(contents: Memories): void {
    this.restoreArrays();
    this.setMemories(contents);
  }

  /** Gives the register arrays that the document's entries can write to what they held in the beginning. */
  private restoreArrays(): void {
    const { memory } = this.emulator;
    for (const { number, buckets } of this.writable) {
      memory.range(number, 0, buckets).set(this.before.of(number));
    }
  }

  /** A copy of the memories as the program has left them. */
  copyMemories(): Memories {
    return new Map([...this.memories].map(([name, words]) => [name, words.slice()]));
  }

  /** Whether another program of the switch gets this packet. */
  isTakenByOther(packet: TestPacket): boolean {
    const taker = this.classify(packet);
    return taker !== 0 && taker !== this.compiled.programId;
  }

  /** What the program alone would run for a packet; its memories stay as they are. */
  foresee(packet: TestPacket): readonly ExecutedStatement[] {
    if (!this.meaning.packet.load(packet).isMatchedBy(this.program)) return [];
    const run = this.meaning.interpret(packet.arrival);
    if (run instanceof MissingStep) return [];
    undoAccesses(run, this.memories);
    return run.trace;
  }

  /** One packet through both sides; memories are compared at the words that the program accessed. */
  send(packet: TestPacket): PacketResult {
    const taker = this.classify(packet);
    const isOurs = taker === this.compiled.programId;
    if (taker !== 0 && !isOurs) return { kind: 'not-compared', reason: 'other-program' };
    const view = this.meaning.packet.load(packet);
    const matches = view.isMatchedBy(this.program);
    if (isOurs !== matches) return differed({ kind: 'filter', expected: matches, actual: taker });
    const run = matches ? this.meaning.interpret(packet.arrival) : undefined;
    if (run instanceof MissingStep) return differed({ kind: 'no-step', statement: run.statement });
    if (run?.kind === 'undefined') {
      undoAccesses(run, this.memories);
      return { kind: 'not-compared', reason: 'undefined' };
    }
    const expected = this.expected(view, run, packet);
    if (expected instanceof MissingStep) return differed({ kind: 'no-step', statement: expected.statement });
    this.driver.queue = packet.queue;
    this.driver.process(this.batch);
    const mismatch = this.compareCopies(expected) ?? this.compareAccesses(expected);
    if (mismatch !== undefined) return differed(mismatch.mismatch, mismatch.trace, this.driver.visits);
    return { kind: 'agreed', ran: matches, trace: expected.flatMap(({ trace }) => trace) };
  }

  /** What the packet, or each copy of it, becomes by the program, in the order in which they leave. */
  private expected(
    view: PacketBytes,
    run: ProgramRun | undefined,
    packet: TestPacket,
  ): readonly Expected[] | MissingStep {
    const list = run?.kind === 'finished' && run.group !== undefined ? this.copyList(run.group) : undefined;
    if (run !== undefined && list !== undefined) {
      const copies = this.meaning.interpretCopies(packet, run, list);
      if (copies instanceof MissingStep) return copies;
      return copies.map(({ run: { trace }, port, bytes }, copy) => ({ trace, port, bytes, copy }));
    }
    const verdict = run?.kind === 'finished' ? run.verdict : NOT_RUN;
    const port = this.egressPort(view.isDroppedByParser ? DROPPED_BY_PARSER : verdict, packet);
    const trace = run === undefined ? [] : run.trace;
    const bytes = view.finish();
    return [{ trace, port: port === this.dataPlane.discardPort ? undefined : port, bytes, copy: undefined }];
  }

  /** Undefined for a group that has no ports. */
  private copyList(group: number): CopyList | undefined {
    const last = must(this.emulator.pipelineOf(this.dataPlane.switches - 1), 'pipeline of the last switch');
    const list = last.tables.replication.copies(group);
    return list?.ports.length === 0 ? undefined : list;
  }

  /** Compares registers, ports and bytes of what the packet has become. */
  private compareCopies(expected: readonly Expected[]): OutcomeMismatch | undefined {
    for (const { trace, copy } of expected) {
      const mismatch = this.compareRegisters(trace, copy);
      if (mismatch !== undefined) return { mismatch, trace };
    }
    return compareOutcomes(expected, this.batch, this.meaning.packet.tcpChecksum);
  }

  /** Compares the words that were accessed, and how they were addressed: hashes of one copy are none of another. */
  private compareAccesses(expected: readonly Expected[]): OutcomeMismatch | undefined {
    for (const { trace } of expected) {
      const mismatch = this.compareWords(trace) ?? this.hashes.compare(trace);
      if (mismatch !== undefined) return { mismatch, trace };
    }
    return undefined;
  }

  /** The failure of one packet with these memory contents, if it fails. */
  failureOf(packet: TestPacket, memories: Memories): Failure | undefined {
    this.reset(memories);
    const result = this.send(packet);
    const { program, compiled } = this;
    if (result.kind === 'differed') return { ...result, program, compiled, packet, memories };
    const mismatch = result.kind === 'agreed' ? this.compareAllMemory() : undefined;
    if (result.kind !== 'agreed' || mismatch === undefined) return undefined;
    return { program, compiled, packet, memories, mismatch, trace: result.trace, visits: this.driver.visits };
  }

  /** Compares every word of the switch with what it must be now. */
  compareAllMemory(): Mismatch | undefined {
    for (const [memory, expected] of this.memories) {
      const actual = this.block(memory);
      if (actual === undefined) continue;
      const address = firstDifference(expected, actual);
      if (address >= 0) {
        const word = must(expected[address], `word ${address} of ${memory}`);
        return { kind: 'memory', memory, address, expected: word, actual: actual[address] };
      }
    }
    return this.compareForeignMemory();
  }

  private compareForeignMemory(): Mismatch | undefined {
    for (const { number: rpb, buckets, words } of this.dataPlane.rpbs) {
      const own = this.compiled.memories.filter((block) => block.rpb === rpb).sort((a, b) => a.base - b.base);
      let base = 0;
      for (const { base: to, end } of [
        ...own.map((block) => ({ base: block.base, end: block.base + block.buckets })),
        { base: buckets, end: buckets },
      ]) {
        const now = this.emulator.memory.range(rpb, base, Math.max(0, to - base));
        const before = this.before.of(rpb).subarray(base * words, base * words + now.length);
        const at = firstDifference(before, now);
        if (at >= 0) {
          return {
            kind: 'foreign-memory',
            rpb,
            address: base + Math.floor(at / words),
            expected: must(before[at], `word ${at}`),
            actual: must(now[at], `word ${at}`),
          };
        }
        base = Math.max(base, end);
      }
    }
    return undefined;
  }

  /** Puts the packet into the batch. @returns the id of the program that takes it, 0 for none */
  private classify({ bytes, ingressPort, isForwarded, arrival, timestamp, wireLength }: TestPacket): number {
    const { batch, emulator } = this;
    this.forwardByDefault(ingressPort, isForwarded);
    clearPacketBatch(batch);
    appendPacketBytes(batch, bytes, ingressPort);
    batch.originalLength[0] = wireLength;
    batch.arrival[0] = arrival;
    batch.timestamp[0] = timestamp;
    emulator.classify(batch, 0, 1);
    return must(batch.programId[0], 'program of the packet');
  }

  /** Inserts or deletes the entry of default forwarding of a port, unless it is as wanted. */
  private forwardByDefault(ingressPort: number, wanted: boolean): void {
    const { emulator, forwarding } = this;
    if (forwarding.get(ingressPort)?.now === wanted) return;
    const entry = defaultForwardEntry(this.dataPlane, ingressPort, this.defaultPort(ingressPort));
    const has = emulator.entryLike(entry) !== undefined;
    const known = forwarding.get(ingressPort) ?? { before: has, now: has };
    forwarding.set(ingressPort, known);
    if (has === wanted) return;
    emulator.apply({ kind: wanted ? 'insertEntry' : 'deleteEntry', entry });
    known.now = wanted;
  }

  private defaultPort(ingressPort: number): number {
    return (ingressPort + DEFAULT_PORT_DISTANCE) % 2 ** this.dataPlane.description.ports.width;
  }

  private egressPort(verdict: Verdict, { ingressPort, isForwarded }: TestPacket): number | undefined {
    switch (verdict.kind) {
      case 'none':
        return isForwarded ? this.defaultPort(ingressPort) : undefined;
      case 'forwarded':
        return verdict.port;
      case 'returned':
        return ingressPort;
      case 'reported':
        return this.dataPlane.description.ports.cpu;
      case 'dropped':
      case 'copied':
        return undefined;
    }
  }

  private compareWords(trace: readonly ExecutedStatement[]): Mismatch | undefined {
    for (const { access } of trace) {
      if (access === undefined) continue;
      const { memory } = access;
      for (const address of accessedWords(access)) {
        const expected = must(this.memories.get(memory)?.[address], `word ${address} of ${memory}`);
        const actual = this.block(memory)?.[address];
        if (expected !== actual) return { kind: 'memory', memory, address, expected, actual };
      }
    }
    return undefined;
  }

  /** Registers as BRANCH, MODIFY, hashes and memory primitives read them. */
  private compareRegisters(trace: readonly ExecutedStatement[], copy: number | undefined): Mismatch | undefined {
    const own = this.driver.visits.filter((visit) => visit.copy === undefined || visit.copy === copy);
    const visits = new Map(own.map((visit) => [visit.pass * this.dataPlane.rpbCount + visit.rpb, visit]));
    for (const { statement, before } of trace) {
      for (const { action, registers } of showingActions(statement, this.dataPlane.description.state.addressBits)) {
        const steps = this.places.stepsOf(statement).filter((step) => step.action.startsWith(action));
        const [step] = steps;
        if (step === undefined || !steps.every((other) => isSamePlace(step, other))) continue;
        const visit = visits.get(step.pass * this.dataPlane.rpbCount + step.rpb);
        // A packet that was dropped before does not reach it; the memories show what it did not do.
        if (visit === undefined) continue;
        const wrong = registers.find(
          ({ register, mask }) => ((visit.before[register] ^ before[register]) & mask) !== 0,
        );
        if (wrong === undefined) continue;
        const { register } = wrong;
        return { kind: 'register', statement, register, expected: before[register], actual: visit.before[register] };
      }
    }
    return undefined;
  }

  /** The words of a memory in the switch, a view. */
  private block(name: string): Uint32Array | undefined {
    const block = this.compiled.memories.find((candidate) => candidate.name === name);
    return block && this.emulator.memory.range(block.rpb, block.base, block.buckets);
  }
}

/** Installs all entries, or none if the switch refuses one. @throws {TargetError} */
function install(compiled: CompiledProgram, emulator: Emulator): void {
  const done: TableEntry[] = [];
  try {
    for (const entry of installOrder(compiled.entries)) {
      emulator.apply({ kind: 'insertEntry', entry });
      done.push(entry);
    }
  } catch (error) {
    for (const entry of done.reverse()) emulator.apply({ kind: 'deleteEntry', entry });
    throw error;
  }
}

const DEFAULT_PORT_DISTANCE = 16;

const differed = (
  mismatch: Mismatch,
  trace: readonly ExecutedStatement[] = [],
  visits: readonly RpbVisit[] = [],
): PacketResult => ({ kind: 'differed', mismatch, trace, visits });
