/**
 * A run as a plain list of all its states: each packet is traced by a switch without history, and memory, entries and
 * counters are copied before each. What the history says is compared with it.
 */
import { type DataPlane, must, type TableEntry } from '../../../compiler/index.js';
import {
  type Condition,
  compares,
  type HistoryChange,
  programsAfterChange,
  type RecordedProgram,
} from '../../../sim/history/index.js';
import { type Counters, type PacketTrace, PacketTracer, Switch, type TracedStep } from '../../../sim/index.js';
import { createPacketBatch, packetBytes } from '../../../traces/packets/packet-batch.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';

/** A change, and the packet before which it is made. */
export interface PlannedEvent {
  readonly packet: number;
  readonly change: HistoryChange;
}

/** What a packet found, and what it did. */
export interface PlainState {
  readonly memory: Uint32Array;
  /** Before the events that come at the packet. */
  readonly memoryBeforeEvents: Uint32Array;
  readonly entries: readonly TableEntry[];
  readonly counters: Readonly<Counters>;
  readonly programs: ReadonlyMap<string, RecordedProgram>;
  /** Undefined for the end of the run. */
  readonly trace: PacketTrace | undefined;
  readonly left: Uint8Array;
}

/** @returns a state for each packet, and one for the end */
export function plainRun(
  plane: DataPlane,
  installed: readonly HistoryChange['operations'][number][],
  packets: PacketStore,
  events: readonly PlannedEvent[],
  seed: number,
): PlainState[] {
  const emulator = new Switch(plane, { seed });
  let programs: ReadonlyMap<string, RecordedProgram> = new Map();
  const tracer = new PacketTracer(emulator, (id) => {
    const found = [...programs.values()].find(({ compiled }) => compiled.programId === id);
    return found && { name: found.compiled.program, placement: found.compiled.placement, source: found.source };
  });
  const apply = (operations: HistoryChange['operations']): void => {
    for (const operation of operations) emulator.apply(operation);
    tracer.apply(operations);
  };
  apply(installed);
  const states: PlainState[] = [];
  for (let packet = 0; packet <= packets.count; packet++) {
    const memoryBeforeEvents = emulator.memory.words.slice();
    for (const { change } of events.filter((event) => event.packet === packet)) {
      for (const { rpb, base, values } of change.memory) {
        emulator.memory.range(rpb, base, values.length / plane.rpb(rpb).words).set(values);
      }
      apply(change.operations);
      programs = programsAfterChange(programs, change);
    }
    const before = {
      memory: emulator.memory.words.slice(),
      memoryBeforeEvents,
      entries: emulator.entries(),
      counters: { ...tracer.counters },
      programs,
    };
    if (packet === packets.count) states.push({ ...before, trace: undefined, left: new Uint8Array(0) });
    else {
      const batch = createPacketBatch(1, 256);
      packets.copyTo(batch, packet, packet + 1);
      batch.arrival[0] = packet;
      const trace = tracer.trace(batch, 0, packet + 1);
      states.push({ ...before, trace, left: packetBytes(batch, 0).slice() });
    }
  }
  return states;
}

/** The words that changed between two copies of memory. */
export const changedWords = (before: Uint32Array, after: Uint32Array): Map<number, readonly [number, number]> => {
  const changed = new Map<number, readonly [number, number]>();
  before.forEach((value, place) => {
    const now = must(after[place], 'word');
    if (now !== value) changed.set(place, [value, now]);
  });
  return changed;
};

/** Whether a condition holds for packet n of a plain run. @param placeOf where a word lies in the memory of all RPBs */
export function holdsPlainly(
  condition: Condition,
  states: readonly PlainState[],
  packet: number,
  placeOf: (rpb: number, bucket: number) => number,
): boolean {
  const state = must(states[packet], 'state');
  const trace = must(state.trace, 'trace');
  const holds = (each: Condition): boolean => holdsPlainly(each, states, packet, placeOf);
  const stepsOf = (program: string): readonly TracedStep[] =>
    trace.steps.filter(({ programId }) => state.programs.get(program)?.compiled.programId === programId);
  switch (condition.kind) {
    case 'all':
      return condition.of.every(holds);
    case 'any':
      return condition.of.some(holds);
    case 'negation':
      return !holds(condition.of);
    case 'program':
      return (trace.filter?.program ?? null) === condition.program;
    case 'verdict':
      return verdictOf(trace) === condition.verdict;
    case 'port':
      return trace.verdict.port !== null && compares(trace.verdict.port, condition);
    case 'passes':
      return compares(trace.verdict.recirculations + 1, condition);
    case 'filter': {
      const [, name, value, mask] = /<(\S+), (\d+), (\d+)>/.exec(condition.filter) ?? [];
      const field = trace.headers.flatMap(({ fields }) => fields[`${name}`] ?? [])[0];
      return field !== undefined && ((Number(field) ^ Number(value)) & Number(mask)) === 0;
    }
    case 'word': {
      const { program, memory, bucket, half } = condition.words;
      const block = state.programs.get(program)?.compiled.memories.find(({ name }) => name === memory);
      if (block === undefined) return false;
      const after = must(states[packet + 1], 'state').memoryBeforeEvents;
      const place = placeOf(block.rpb, block.base + bucket) + (half === 'hi' ? 1 : 0);
      return compares(must(after[place], 'word'), condition);
    }
    case 'writes': {
      const { program, memory, bucket, half } = condition.words;
      const block = state.programs.get(program)?.compiled.memories.find(({ name }) => name === memory);
      if (block === undefined) return false;
      return trace.steps.some((step) => {
        if (step.memory === null || step.rpb !== block.rpb || !isWrite(step)) return false;
        if (step.memory.bucket < block.base || step.memory.bucket >= block.base + block.buckets) return false;
        if (bucket !== undefined && step.memory.bucket !== block.base + bucket) return false;
        const { after, high } = step.memory;
        const values = half === 'hi' ? [high?.after] : half === 'lo' ? [after] : [after, high?.after];
        const { written } = condition;
        return values.some((value) => value !== undefined && (written === undefined || compares(value, written)));
      });
    }
    case 'register':
      return stepsOf(condition.program).some(
        (step) =>
          step.source.some(({ line }) => line === condition.line) &&
          compares(step[condition.when][condition.register], condition),
      );
    case 'line':
      return stepsOf(condition.program).some(({ source }) => source.some(({ line }) => line === condition.line));
    case 'entry': {
      const wanted = state.programs.get(condition.program)?.compiled.entries[condition.entry - 1];
      if (wanted === undefined) return false;
      const hits = [...trace.steps.map(({ entry }) => entry), ...(trace.filter === null ? [] : [trace.filter])];
      const text = ({ table, priority, key }: Pick<TableEntry, 'table' | 'priority' | 'key'>): string =>
        JSON.stringify([table, priority, key]);
      return hits.some((hit) => text(hit) === text(wanted));
    }
  }
}

/** By the statement: reads write nothing, MEMMAX and MEMCAS write when they change something or might have. */
function isWrite({ source, memory, before }: TracedStep): boolean {
  const text = source[0]?.text;
  if (memory === null || text === undefined) throw new Error('a memory step without a statement');
  if (text.startsWith('MEMREAD')) return false;
  if (text.startsWith('MEMMAX')) return before.sar > memory.before;
  if (text.startsWith('MEMCAS')) return memory.before === 0 || memory.before === before.har;
  return true;
}

export function verdictOf({ verdict: { kind, reason } }: PacketTrace): string {
  if (kind !== 'dropped') return kind;
  switch (reason) {
    case 'nobody forwards':
      return 'unforwarded';
    case 'ends inside a header':
      return 'truncated';
    case 'no group':
      return 'no-group';
    default:
      return 'dropped';
  }
}
