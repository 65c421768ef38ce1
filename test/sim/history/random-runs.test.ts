/**
 * Random runs with deployments, revocations, replacements, changed cases and writes of memory in between, beside a plain
 * list of all their states: memory, tables, counters, packets, writes of words and searches are those of the list.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DataPlane,
  defaultForwardEntry,
  groupOfPorts,
  must,
  type Operation,
  type TableEntry,
} from '../../../compiler/index.js';
import {
  type Condition,
  ConditionError,
  EntryHitCount,
  type History,
  HistoryRecorder,
  HistorySearch,
  PACKET_VERDICTS,
  type WordPlace,
} from '../../../sim/history/index.js';
import { RegisterArrays } from '../../../sim/index.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import { cases } from '../../tiers.js';
import { changedWords, holdsPlainly, type PlainState, type PlannedEvent, plainRun, verdictOf } from './plain-run.js';
import { littleMemory, PAIR_TEXTS, Planner, type SmallPacket, storeOf, TEXTS, type Wish } from './planned-run.js';

const PLANES = [
  { plane: littleMemory('default'), texts: TEXTS },
  // Its parser drops packets that end inside a header.
  { plane: littleMemory('tofino1'), texts: TEXTS },
  { plane: littleMemory('extended'), texts: PAIR_TEXTS },
] as const;

const SEED = 7;
const MOST_PACKETS = 40;

const small = fc.nat(7);
const packet: fc.Arbitrary<SmallPacket> = fc.record({
  destination: fc.nat(4),
  source: fc.nat(3),
  port: fc.nat(5),
  captured: fc.oneof(
    { weight: 9, arbitrary: fc.constant(64) },
    { weight: 1, arbitrary: fc.integer({ min: 14, max: 41 }) },
  ),
});
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('deploy', 'deploy', 'revoke', 'replace', 'cases'),
    program: fc.nat(3),
    values: fc.array(small, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    program: fc.nat(3),
    bucket: fc.nat(15),
    values: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
  }),
);
const timed = fc.record({ packet: fc.nat(MOST_PACKETS), wish });
const compared = fc.record({ comparison: fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const), value: small });
/** A memory, one of its buckets, and a word of one in pairs. */
const words = fc.oneof(
  fc.record({
    program: fc.constant('p0'),
    memory: fc.constant('counts'),
    bucket: fc.nat(3),
    half: fc.constant(undefined),
  }),
  fc.record({
    program: fc.constant('p1'),
    memory: fc.constantFrom('last', 'most', 'seen'),
    bucket: fc.nat(1),
    half: fc.constant(undefined),
  }),
  fc.record({
    program: fc.constant('p2'),
    memory: fc.constant('m'),
    bucket: fc.constant(3),
    half: fc.constant(undefined),
  }),
  fc.record({
    program: fc.constant('p3'),
    memory: fc.constant('pairs'),
    bucket: fc.nat(1),
    half: fc.constantFrom('lo', 'hi', undefined),
  }),
);
const programs = fc.constantFrom('p0', 'p1', 'p2', 'p3');
/** Conditions that the columns of packets answer. */
const ofColumns: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('program' as const), program: fc.oneof(programs, fc.constant(null)) }),
  fc.record({ kind: fc.constant('verdict' as const), verdict: fc.constantFrom(...PACKET_VERDICTS) }),
  fc
    .record({ kind: fc.constantFrom('port' as const, 'passes' as const), compared })
    .map(({ kind, compared: c }) => ({ kind, ...c })),
  fc.nat(4).map((n): Condition => ({ kind: 'filter', filter: `<hdr.ipv4.dst, ${0x0a000001 + n}, ${0x7fffffff}>` })),
);
const ofWords: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(words, compared).map(([each, c]): Condition => ({ kind: 'word', words: each, ...c })),
  fc.tuple(words, fc.boolean(), fc.option(compared, { nil: undefined })).map(([each, isOne, written]): Condition => {
    return { kind: 'writes', words: isOne ? each : { ...each, bucket: undefined, half: undefined }, written };
  }),
);
const ofEntries: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .record({
      register: fc.constantFrom('har', 'sar', 'mar' as const),
      when: fc.constantFrom('before', 'after' as const),
      program: programs,
      line: fc.integer({ min: 3, max: 14 }),
      compared,
    })
    .map(({ compared: c, ...rest }): Condition => ({ kind: 'register', ...rest, ...c })),
  fc.record({ kind: fc.constant('line' as const), program: programs, line: fc.integer({ min: 3, max: 14 }) }),
  fc.record({ kind: fc.constant('entry' as const), program: programs, entry: fc.integer({ min: 1, max: 12 }) }),
);
const single = fc.oneof(
  { weight: 2, arbitrary: ofColumns },
  { weight: 4, arbitrary: ofWords },
  { weight: 4, arbitrary: ofEntries },
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: single },
  { weight: 1, arbitrary: single.map((of): Condition => ({ kind: 'negation', of })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ kind: fc.constantFrom('all', 'any' as const), of: fc.array(single, { minLength: 2, maxLength: 3 }) })
      .map((each): Condition => each),
  },
);

/** Two default ports are forwarded, and the group 1 has two. */
const installed = (plane: DataPlane): Operation[] => [
  { kind: 'insertEntry', entry: defaultForwardEntry(plane, 0, 1) },
  { kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 0) },
  ...(plane.name.includes('extended') ? [{ kind: 'insertGroup' as const, group: groupOfPorts(1, [3, 4], []) }] : []),
];

interface TimedWish {
  readonly packet: number;
  readonly wish: Wish;
}

/** Makes wishes in their order where they can be planned, and runs the packets to their end. @returns the events */
function runOn(recorder: HistoryRecorder, planner: Planner, wishes: readonly TimedWish[]): PlannedEvent[] {
  const events: PlannedEvent[] = [];
  const first = recorder.count;
  for (const { packet: at, wish: wanted } of [...wishes].sort((a, b) => a.packet - b.packet)) {
    if (at < first) continue;
    recorder.advance(at - recorder.count);
    const change = planner.plan(wanted);
    if (change !== undefined) events.push({ packet: recorder.change(change).packet, change });
  }
  recorder.advance(Number.POSITIVE_INFINITY);
  return events;
}

/** All that the history says of each packet and each moment between packets. */
function compareStates(history: History, states: readonly PlainState[], layout: RegisterArrays): void {
  states.forEach((state, n) => {
    assert.equal(history.entriesBefore(n), state.entries, `entries before packet ${n}`);
    assert.equal(history.countersBefore(n), state.counters, `counters before packet ${n}`);
    for (const { index, buckets } of history.dataPlane.rpbs) {
      const place = layout.index(index, 0);
      const words = state.memory.subarray(place, place + buckets * layout.wordsIn(index));
      assert.equal(history.wordsBefore(n, index + 1, 0, buckets), words, `RPB ${index + 1} before packet ${n}`);
    }
    if (state.trace === undefined) return;
    const story = history.story(n);
    assert.equal(story.trace, state.trace, `packet ${n}`);
    assert.equal(story.left, state.left, `bytes of packet ${n}`);
    const { program, verdict, port, passes } = history.outcome(n);
    const expected = state.trace.verdict;
    assert.equal(
      { program, verdict, port, passes },
      {
        program: state.trace.filter?.program ?? null,
        verdict: verdictOf(state.trace),
        port: expected.port,
        passes: expected.recirculations + 1,
      },
      `outcome of packet ${n}`,
    );
  });
}

/** Words that change in the list are written in the record, by the packet or by an event, and each write follows the one before. */
function compareWrites(history: History, states: readonly PlainState[], layout: RegisterArrays): void {
  const value = new Map<number, number>();
  const netOf = new Map<string, Map<number, [number, number]>>();
  for (let row = 0; row < history.writes.count; row++) {
    const { rpb, bucket, word, packet: n, event, before, after } = history.writes.at(row);
    const place = layout.index(rpb - 1, bucket) + word;
    assert.is(before, value.get(place) ?? 0, `row ${row} follows the write before`);
    value.set(place, after);
    const key = event === null ? `packet ${n}` : `events at ${n}`;
    const net = netOf.get(key) ?? new Map();
    netOf.set(key, net);
    net.set(place, [net.get(place)?.[0] ?? before, after]);
  }
  const changedBy = (key: string) =>
    new Map([...(netOf.get(key) ?? [])].filter(([, [a, b]]) => a !== b).sort(([a], [b]) => a - b));
  states.forEach((state, n) => {
    assert.equal(changedBy(`events at ${n}`), changedWords(state.memoryBeforeEvents, state.memory), `events at ${n}`);
    const next = states[n + 1];
    if (next !== undefined)
      assert.equal(changedBy(`packet ${n}`), changedWords(state.memory, next.memoryBeforeEvents), `packet ${n}`);
  });
}

/** Hits of entries are the packets of the list whose steps or filters name the entry, since it was inserted. */
function compareHits(history: History, states: readonly PlainState[], moment: number): void {
  const count = new EntryHitCount(history, moment);
  while (count.state.examined < count.state.packets) count.advance(7);
  const keyOf = ({ table, priority, key }: Pick<TableEntry, 'table' | 'priority' | 'key'>): string =>
    JSON.stringify([table, priority, key]);
  const own = new Map<string, number>();
  for (let n = 0; n <= moment; n++) {
    for (const { change } of history.events.filter((event) => event.packet === n)) {
      for (const operation of change.operations) {
        if (operation.kind === 'deleteEntry') own.delete(keyOf(operation.entry));
        if (operation.kind === 'insertEntry') own.set(keyOf(operation.entry), 0);
      }
    }
    const trace = n === moment ? undefined : states[n]?.trace;
    const hit = [...(trace?.steps ?? []).map(({ entry }) => entry), ...(trace?.filter ? [trace.filter] : [])];
    for (const entry of hit) own.set(keyOf(entry), (own.get(keyOf(entry)) ?? 0) + 1);
  }
  const { filterTables, rpbs } = history.dataPlane;
  const traced = new Set([...filterTables, ...rpbs].map(({ table }) => table));
  for (const { entry, packets } of count.hits()) {
    if (traced.has(entry.table)) assert.is(packets, own.get(keyOf(entry)) ?? 0, keyOf(entry));
  }
  assert.equal(
    count.hits().map(({ entry }) => entry),
    must(states[moment], 'state').entries,
  );
}

/** The last and the next write of each word that was ever written, from each moment. */
function compareWriters(history: History): void {
  const rows = Array.from({ length: history.writes.count }, (_, row) => history.writes.at(row));
  const isSame = (a: WordPlace, b: WordPlace): boolean => a.rpb === b.rpb && a.bucket === b.bucket && a.word === b.word;
  const places = rows.filter((row, i) => rows.findIndex((each) => isSame(each, row)) === i);
  for (const place of places) {
    const own = rows.filter((row) => isSame(row, place));
    assert.equal([...history.writes.of(place)], own);
    for (let n = 0; n <= history.count; n++) {
      // An event at packet n comes before the moment at which packet n comes.
      const isBefore = (row: (typeof rows)[number]): boolean =>
        row.packet < n || (row.packet === n && row.event !== null);
      const before = own.filter(isBefore);
      assert.equal(history.writes.previous(place, n), before.at(-1));
      assert.equal(history.writes.next(place, n), own.filter((row) => !isBefore(row))[0]);
      assert.is(history.writes.valueBefore(place, n), before.at(-1)?.after ?? 0);
    }
  }
}

function compareSearches(
  history: History,
  states: readonly PlainState[],
  conditions: readonly Condition[],
  layout: RegisterArrays,
  slice: number,
): void {
  const placeOf = (rpb: number, bucket: number): number => layout.index(rpb - 1, bucket);
  for (const each of conditions) {
    const holds = Array.from({ length: history.count }, (_, n) => n).filter((n) =>
      holdsPlainly(each, states, n, placeOf),
    );
    for (let moment = 0; moment <= history.count; moment += 3) {
      for (const direction of ['forwards', 'backwards'] as const) {
        const found = find(history, each, moment, direction, slice);
        // What is in no version of the run is refused.
        if (found === 'refused') continue;
        const expected =
          direction === 'forwards' ? holds.find((n) => n >= moment) : holds.filter((n) => n < moment).at(-1);
        assert.is(found, expected, `${direction} from ${moment}: ${JSON.stringify(each)}`);
      }
    }
  }
}

function find(history: History, wanted: Condition, moment: number, direction: 'forwards' | 'backwards', slice: number) {
  try {
    const search = new HistorySearch(history, wanted, moment, direction);
    let { state } = search;
    while (state.kind === 'searching') state = search.advance(slice);
    return state.kind === 'found' ? state.packet : undefined;
  } catch (error) {
    if (error instanceof ConditionError) return 'refused';
    throw error;
  }
}

test('states, packets, writes and searches of random runs are those of a plain list of all states', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PLANES),
      fc.array(packet, { minLength: 1, maxLength: MOST_PACKETS }),
      fc.array(timed, { minLength: 2, maxLength: 12 }),
      fc.array(condition, { minLength: 20, maxLength: 30 }),
      fc.integer({ min: 1, max: 50 }),
      fc.nat(MOST_PACKETS),
      fc.array(timed, { maxLength: 6 }),
      ({ plane, texts }, packets, wishes, conditions, slice, cut, others) => {
        const store: PacketStore = storeOf(packets);
        const layout = new RegisterArrays(plane);
        const first: TimedWish[] = texts.map((_, program) => ({
          packet: program,
          wish: { kind: 'deploy', program, values: [1, 2] },
        }));
        const recorder = HistoryRecorder.start({
          dataPlane: plane,
          packets: store,
          installed: installed(plane),
          seed: SEED,
        });
        const within = (list: readonly TimedWish[]): TimedWish[] =>
          list.map((each) => ({ ...each, packet: each.packet % (store.count + 1) }));
        const events = runOn(recorder, new Planner(plane, texts), within([...first, ...wishes]));
        const { history } = recorder;
        const states = plainRun(plane, installed(plane), store, events, SEED);
        compareStates(history, states, layout);
        compareWrites(history, states, layout);
        compareWriters(history);
        compareHits(history, states, cut % (store.count + 1));
        compareSearches(history, states, conditions, layout, slice);

        // Another way from a moment of the past, and the first way as it was.
        const moment = cut % (store.count + 1);
        const branch = recorder.branch(moment);
        const kept = events.filter((event) => event.packet <= moment);
        const planner = new Planner(plane, texts, branch.history.programsBefore(moment));
        const made = runOn(branch, planner, within(others));
        const branched = plainRun(plane, installed(plane), store, [...kept, ...made], SEED);
        compareStates(branch.history, branched, layout);
        compareWrites(branch.history, branched, layout);
        compareWrites(history, states, layout);
        assert.equal(history.story(store.count - 1).trace, must(states[store.count - 1], 'state').trace);
      },
    ),
    { numRuns: cases(8), seed: 19 },
  );
});

test.run();
