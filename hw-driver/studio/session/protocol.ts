/**
 * What the page asks the session of a studio, and its answers: data that can be sent between threads. Packets are numbered
 * from 0; a moment is the packet before which the switch is looked at, the number of packets for the end. Long work
 * says how far it is, and can be cancelled.
 */
import type { Proposal } from '../../../compiler/explain/index.js';
import type { DataPlaneDescription } from '../../../compiler/index.js';
import type { Diagnostic } from '../../../compiler/language/diagnostics.js';
import type { Counters } from '../../../sim/blocks/counters.js';
import type { PacketStory } from '../../../sim/history/index.js';
import type { AddedPackets, PacketOrigin } from './protocol/packets.js';
import type { PacketRows, RowFilter } from './protocol/rows.js';
import type { ScenarioOfPage } from './protocol/scenario.js';
import type { CompareAsk, Compared, ComparedOutcomes, SearchAsk, Searched } from './protocol/search.js';
import type { ExplainedText, MemorySummary, MemoryWords, SwitchView, WriteColumns } from './protocol/switch-view.js';
import type { NewEvent, StudioEvent, TimeBins, Timeline } from './protocol/timeline.js';
import type { PacketTime, TimingQuestion, TimingResult } from './protocol/timing.js';

export type * from './protocol/packets.js';
export type * from './protocol/rows.js';
export type * from './protocol/scenario.js';
export type * from './protocol/search.js';
export type * from './protocol/switch-view.js';
export type * from './protocol/timeline.js';
export type * from './protocol/timing.js';

/** What the page may use, and why not more: null where nothing is missing. */
export interface EngineChoice {
  readonly engine: 'compiled' | 'interpreted';
  /** A sentence for the person. */
  readonly reason: string | null;
}

/** A data plane, as far as a page shows it. */
export interface DataPlaneSummary {
  readonly name: string;
  readonly hash: string;
  readonly rpbs: readonly {
    /** From 1. */
    readonly rpb: number;
    readonly gress: 'ingress' | 'egress';
    readonly stage: number;
    readonly entries: number;
    readonly buckets: number;
    readonly wordsPerBucket: 1 | 2;
  }[];
  readonly headers: readonly {
    readonly name: string;
    readonly bytes: number;
    /** In the order of their bits; offsets and widths in bits, from the start of the header. */
    readonly fields: readonly { readonly name: string; readonly bitOffset: number; readonly width: number }[];
  }[];
  /** Ports are numbers below this one. */
  readonly ports: number;
}

export interface OpenedSession {
  readonly dataPlane: DataPlaneSummary;
  /** Names of the data planes that ship. */
  readonly dataPlanes: readonly string[];
  readonly engine: EngineChoice;
}

/** A text of programs, checked. */
export interface CheckedText {
  readonly hasErrors: boolean;
  readonly findings: readonly Diagnostic[];
  /** Names, in the order of the text; none if it has errors. */
  readonly programs: readonly string[];
}

/** A word of a memory by its names. */
export interface NamedWord {
  readonly program: string;
  readonly memory: string;
  /** From 0, in the memory. */
  readonly bucket: number;
  /** 1 for the high word of a pair. */
  readonly word?: 0 | 1;
}

/** What equal runs have equal: on any engine, machine, and number of threads, as `bench run` prints them. */
export interface RunDigests {
  readonly packets: number;
  readonly stateHash: string;
  readonly outputHash: string;
  readonly counters: Counters;
}

/** A packet with all its steps. */
export interface ShownPacket extends PacketStory {
  /** The text of the program that took it first; null for none. */
  readonly source: { readonly program: string; readonly text: string } | null;
}

/** A session that a scenario was opened in: its packets have run as far as they had. */
export interface OpenedScenario extends ScenarioOfPage {
  readonly opened: OpenedSession;
  /** The name of a data plane that ships, or the whole description of another. */
  readonly dataPlane: string | DataPlaneDescription;
  readonly timeline: Timeline;
}

interface Call<Ask, Answer> {
  readonly ask: Ask;
  readonly answer: Answer;
}

type Nothing = Readonly<Record<never, never>>;
interface At {
  /** The moment. */
  readonly at: number;
}

/** All that can be asked, by kind. */
export interface StudioCalls {
  /**
   * Starts anew: no packets, no events.
   * @param dataPlane name of one that ships, contents of a file that extends one, or a whole description
   * @see SessionFailure code `bad-data-plane` */
  readonly open: Call<{ readonly dataPlane: string | object; readonly seed?: number }, OpenedSession>;
  /** Programs of a text, without a switch. */
  readonly 'check-text': Call<{ readonly text: string }, CheckedText>;

  /** Adds packets behind those that are there; they have not run. */
  readonly 'add-packets': Call<{ readonly origin: PacketOrigin }, AddedPackets>;
  /** Forgets all packets; events stay, before the first. */
  readonly 'clear-packets': Call<Nothing, Timeline>;
  /** Runs the packets that have not run yet, all of them or those before this one. */
  readonly run: Call<{ readonly to?: number }, Timeline>;

  readonly timeline: Call<Nothing, Timeline>;
  /**
   * Makes an event at its packet, behind the events that are there. Packets behind it have not run then; later events are
   * made again when the run comes to them. A refused event is not kept.
   */
  readonly 'make-event': Call<
    { readonly event: NewEvent },
    { readonly event: StudioEvent; readonly timeline: Timeline }
  >;
  /** Undoes events, at any place of the timeline. @param ids of {@link StudioEvent} */
  readonly 'remove-events': Call<{ readonly ids: readonly number[] }, Timeline>;
  readonly 'move-event': Call<{ readonly id: number; readonly packet: number }, Timeline>;

  /** Which packets the rows are; all of them without a filter. @returns their number */
  readonly 'filter-rows': Call<{ readonly filter: RowFilter | null }, { readonly rows: number }>;
  /** Rows of the list, which the last filter made; fewer at its end. */
  readonly rows: Call<{ readonly from: number; readonly count: number }, PacketRows>;
  /** The row of a packet, or that of the next packet that has one; the number of rows if there is none. */
  readonly 'row-of': Call<{ readonly packet: number }, { readonly row: number; readonly isExact: boolean }>;
  readonly packet: Call<{ readonly packet: number }, ShownPacket>;

  readonly switch: Call<At, SwitchView>;
  readonly counters: Call<At, Counters>;
  /** Where the programs of a text would lie in the switch at this moment, beside or instead of those that run. */
  readonly explain: Call<At & { readonly text: string; readonly recirculations?: number }, ExplainedText>;
  /** A text with a proposal carried out; null for proposals that change no text. */
  readonly 'apply-proposal': Call<
    { readonly text: string; readonly program: string; readonly proposal: Proposal },
    { readonly text: string | null }
  >;

  readonly memories: Call<At, readonly MemorySummary[]>;
  /** Words of a memory, and how often each bucket was written before. */
  readonly memory: Call<
    At & { readonly program: string; readonly memory: string; readonly from?: number; readonly buckets?: number },
    MemoryWords
  >;
  /** Writes of one word in order: those from row `from` of its writes on. `at` says which program owns the name. */
  readonly 'word-writes': Call<
    At & { readonly word: NamedWord; readonly from: number; readonly count: number },
    WriteColumns
  >;
  /** The nearest write before this moment, or from it on. */
  readonly 'next-write': Call<
    At & { readonly word: NamedWord; readonly direction: 'before' | 'after' },
    { readonly packet: number; readonly event: number | null; readonly before: number; readonly after: number } | null
  >;

  /** @see SessionFailure code `bad-condition` */
  readonly search: Call<SearchAsk, Searched>;
  /** Runs all packets again with another text of a program; the present run stays. */
  readonly compare: Call<CompareAsk, Compared>;
  /** A packet of the last comparison. */
  readonly 'compared-outcomes': Call<{ readonly packet: number }, ComparedOutcomes>;
  readonly 'compared-packet': Call<{ readonly packet: number }, ShownPacket>;

  /** The session, packed: see scenario/pack.ts. */
  readonly 'pack-scenario': Call<ScenarioOfPage, { readonly bytes: Uint8Array }>;
  /** A packed scenario in place of what is there. @see SessionFailure code `bad-scenario` */
  readonly 'open-scenario': Call<{ readonly bytes: Uint8Array }, OpenedScenario>;

  /** Packets `from` … `to - 1` in bins of equal numbers of packets. */
  readonly overview: Call<{ readonly from: number; readonly to: number; readonly bins: number }, TimeBins>;
  /** Takes the packets that have run through the switch once more, in virtual time; kept until the next of these questions. */
  readonly timing: Call<TimingQuestion, TimingResult>;
  /** A packet in the last run in virtual time. */
  readonly 'packet-time': Call<{ readonly packet: number }, PacketTime>;
  /** The last packet that had arrived by then. */
  readonly 'packet-at-time': Call<{ readonly nanoseconds: number }, { readonly packet: number }>;
  /** Of the packets that have run. */
  readonly digests: Call<Nothing, RunDigests>;
  /** Packets as a capture. @param which as they arrived, or as they left, with ports in pcapng */
  readonly capture: Call<
    {
      readonly which: 'arrived' | 'left';
      readonly format: 'pcap' | 'pcapng';
      readonly from?: number;
      readonly to?: number;
    },
    { readonly bytes: Uint8Array; readonly packets: number }
  >;
}

export type StudioKind = keyof StudioCalls;
export type AskOf<Kind extends StudioKind> = StudioCalls[Kind]['ask'];
export type AnswerOf<Kind extends StudioKind> = StudioCalls[Kind]['answer'];
/** One question. */
export type StudioQuestion = { readonly [Kind in StudioKind]: { readonly kind: Kind } & AskOf<Kind> }[StudioKind];

/** How far long work is. */
export interface SessionProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'packets' | 'bytes';
}

/** Why a question has no answer; what was there stays as it was, unless the question was cancelled in the middle. */
export interface SessionFailure {
  readonly code: SessionFailureCode;
  /** A sentence for the person. */
  readonly message: string;
  /** Of a text with errors. */
  readonly findings?: readonly Diagnostic[];
}

export type SessionFailureCode =
  /** The question itself: a packet or program that is not there. */
  | 'bad-question'
  | 'bad-data-plane'
  | 'bad-packets'
  | 'bad-filter'
  | 'bad-condition'
  | 'bad-scenario'
  | 'bad-program'
  | 'does-not-fit'
  /** The event cannot be made at this moment. */
  | 'refused'
  | 'too-much'
  | 'cancelled'
  /** A fault of this project. */
  | 'broken';

/** To the worker. */
export type ToWorker =
  | { readonly kind: 'ask'; readonly number: number; readonly question: StudioQuestion }
  | { readonly kind: 'cancel'; readonly number: number };

/** From the worker. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly number: number; readonly progress: SessionProgress }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: AnswerOf<StudioKind> }
  | { readonly kind: 'failed'; readonly number: number; readonly failure: SessionFailure };
