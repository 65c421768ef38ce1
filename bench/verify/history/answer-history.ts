/** Answers to questions about a recorded run, as a document: its schema is docs/history.schema.json. Packets count from 1. */
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Condition,
  firstDifference,
  formatCondition,
  type History,
  HistorySearch,
  type PacketStory,
  programOfChange,
  type SearchDirection,
  type WordWrite,
} from '../../../sim/history/index.js';
import type { Counters, PacketTrace } from '../../../sim/index.js';
import { formatMemoryContents, type MemoryContents } from '../../workloads/memory-contents.js';
import { HistoryError } from './plan-change.js';

export const HISTORY_SCHEMA = 'p4runpro-bench/history@1';

/** What is asked; moments are those before packet n, from 0. */
export type HistoryQuestion =
  | { readonly kind: 'packet'; readonly packet: number }
  | { readonly kind: 'who-wrote'; readonly word: AskedWord; readonly moment: number; readonly limit: number }
  | {
      readonly kind: 'until';
      readonly condition: Condition;
      readonly moment: number;
      readonly direction: SearchDirection;
    }
  | { readonly kind: 'state'; readonly moment: number };

/** A bucket of a memory, or one word of a pair. */
export interface AskedWord {
  readonly program: string;
  readonly memory: string;
  readonly bucket: number;
  readonly half: 'lo' | 'hi' | undefined;
}

/** A packet with its trace and its bytes, hexadecimal. */
export interface ToldPacket {
  readonly trace: PacketTrace;
  readonly arrived: string;
  readonly left: string;
  readonly copies: readonly string[];
}

export interface ToldWrite {
  /** The packet that wrote; null for an event. */
  readonly packet: number | null;
  /** What the control plane did; null for a packet. */
  readonly event: ToldEvent | null;
  readonly word: 'lo' | 'hi';
  readonly before: number;
  readonly after: number;
  /** The statements that wrote, of a packet whose program's text is known. */
  readonly source: PacketTrace['steps'][number]['source'];
}

export interface ToldEvent {
  /** The packet before which it was made, from 1. */
  readonly packet: number;
  readonly kind: string;
  readonly program: string | null;
}

export type HistoryAnswer =
  | ({ readonly question: 'packet' } & ToldPacket)
  | {
      readonly question: 'who-wrote';
      readonly word: { readonly program: string; readonly memory: string; readonly bucket: number };
      /** Before this packet, from 1. */
      readonly before: number;
      /** Low word first. */
      readonly values: readonly number[];
      readonly writes: number;
      /** The last ones, in order. */
      readonly last: readonly ToldWrite[];
      /** The packet that wrote last; null if none did, or an event did after it. */
      readonly writer: ToldPacket | null;
    }
  | {
      readonly question: 'until';
      readonly condition: string;
      readonly direction: SearchDirection;
      readonly before: number;
      readonly examined: number;
      readonly found: ToldPacket | null;
    }
  | {
      readonly question: 'state';
      readonly before: number;
      readonly programs: readonly { readonly name: string; readonly programId: number; readonly entries: number }[];
      readonly counters: Counters;
      /** Words that are not 0, by program, memory and bucket. */
      readonly memory: unknown;
    }
  | {
      readonly question: 'against';
      /** The first packet that left in another way; null if none did. */
      readonly packet: number | null;
      readonly parts: readonly string[];
      readonly packets: readonly ToldPacket[];
    };

export interface HistoryDocument {
  readonly schema: typeof HISTORY_SCHEMA;
  readonly packets: number;
  readonly events: readonly ToldEvent[];
  readonly answer: HistoryAnswer;
}

export const documentOf = (history: History, answer: HistoryAnswer): HistoryDocument => ({
  schema: HISTORY_SCHEMA,
  packets: history.count,
  events: history.events.map((_, event) => toldEvent(history, event)),
  answer,
});

/** Packets that a search looks at between two calls of `progress`. */
const PACKETS_AT_ONCE = 8192;

/** @param progress called with the packets that a search has looked at @throws {HistoryError} {@link ConditionError} */
export async function answerOf(
  history: History,
  question: HistoryQuestion,
  progress: (packets: number) => Promise<void>,
): Promise<HistoryAnswer> {
  switch (question.kind) {
    case 'packet':
      return { question: 'packet', ...told(history.story(question.packet)) };
    case 'who-wrote':
      return whoWrote(history, question.word, question.moment, question.limit);
    case 'state':
      return stateBefore(history, question.moment);
    case 'until': {
      const { condition, moment, direction } = question;
      const search = new HistorySearch(history, condition, moment, direction);
      let { state } = search;
      while (state.kind === 'searching') {
        state = search.advance(PACKETS_AT_ONCE);
        await progress(state.examined);
      }
      const found = state.kind === 'found' ? told(history.story(state.packet)) : null;
      const { examined } = state;
      return {
        question: 'until',
        condition: formatCondition(condition),
        direction,
        before: moment + 1,
        examined,
        found,
      };
    }
  }
}

/** Where a run begins to differ from another one of the same packets. */
export function against(history: History, other: History): HistoryAnswer {
  const difference = firstDifference(history, other);
  if (difference === undefined) return { question: 'against', packet: null, parts: [], packets: [] };
  const { packet, parts } = difference;
  return {
    question: 'against',
    packet: packet + 1,
    parts,
    packets: [history, other].map((each) => told(each.story(packet))),
  };
}

function whoWrote(history: History, word: AskedWord, moment: number, limit: number): HistoryAnswer {
  const { program, memory, bucket, half } = word;
  const running = history.programsBefore(moment).get(program);
  if (running === undefined) {
    throw new HistoryError('not-in-the-run', `no program ${program} runs ${momentText(history, moment)}`);
  }
  const block = running.compiled.memories.find(({ name }) => name === memory);
  if (block === undefined || bucket >= block.buckets) {
    const has = running.compiled.memories.map(({ name, buckets }) => `${name} of ${buckets.toLocaleString('en-US')}`);
    throw new HistoryError(
      'not-in-the-run',
      `program ${program} has no word ${memory}[${bucket}]: its memories are ${has.join(', ') || 'none'} buckets`,
    );
  }
  const { words } = history.dataPlane.rpb(block.rpb);
  if (half !== undefined && words === 1) {
    throw new HistoryError('not-in-the-run', `memory ${memory} of ${program} has no pairs, and so neither .lo nor .hi`);
  }
  const place = { rpb: block.rpb, bucket: block.base + bucket, word: half === 'hi' ? 1 : 0 } as const;
  const rows: WordWrite[] = [];
  for (const write of history.writes.of(place, half === undefined ? words : 1)) {
    if (write.packet < moment || (write.packet === moment && write.event !== null)) rows.push(write);
  }
  const last = rows.at(-1);
  return {
    question: 'who-wrote',
    word: { program, memory, bucket },
    before: moment + 1,
    values: [...history.wordsBefore(moment, block.rpb, block.base + bucket, 1)],
    writes: rows.length,
    last: rows.slice(-limit).map((write) => toldWrite(history, write)),
    writer: last === undefined || last.event !== null ? null : told(history.story(last.packet)),
  };
}

function toldWrite(history: History, write: WordWrite): ToldWrite {
  const { packet, event, word, before, after, rpb, bucket } = write;
  const common = { word: word === 1 ? 'hi' : 'lo', before, after } as const;
  if (event !== null) return { packet: null, event: toldEvent(history, event), ...common, source: [] };
  const step = history
    .story(packet)
    .trace.steps.find(({ memory, rpb: at }) => at === rpb && memory !== null && memory.bucket === bucket);
  return {
    packet: packet + 1,
    event: null,
    ...common,
    source: must(step, `step that wrote, of packet ${packet}`).source,
  };
}

function toldEvent({ events }: History, event: number): ToldEvent {
  const { packet, change } = must(events[event], `event ${event}`);
  return { packet: packet + 1, kind: change.kind, program: programOfChange(change) ?? null };
}

function stateBefore(history: History, moment: number): HistoryAnswer {
  const programs = [...history.programsBefore(moment)];
  const contents: MemoryContents = new Map(
    programs.map(([name, { compiled }]) => [
      name,
      new Map(
        compiled.memories.map((memory) => [
          memory.name,
          history.wordsBefore(moment, memory.rpb, memory.base, memory.buckets),
        ]),
      ),
    ]),
  );
  return {
    question: 'state',
    before: moment + 1,
    programs: programs.map(([name, { compiled }]) => {
      return { name, programId: compiled.programId, entries: compiled.entries.length };
    }),
    counters: history.countersBefore(moment),
    memory: JSON.parse(formatMemoryContents(contents)),
  };
}

/** A moment as text. */
export const momentText = ({ count }: History, moment: number): string =>
  moment === count ? 'after the last packet' : `before packet ${(moment + 1).toLocaleString('en-US')}`;

const told = ({ trace, arrived, left, copies }: PacketStory): ToldPacket => ({
  trace,
  arrived: hexadecimal(arrived),
  left: hexadecimal(left),
  copies: copies.map(hexadecimal),
});

const hexadecimal = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
