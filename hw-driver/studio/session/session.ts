/** One session of a studio: a data plane, packets, events and the record of their run. In a worker, or where it is made. */
import { must } from '../../../compiler/data-plane/must.js';
import { applyProposal } from '../../../compiler/explain/index.js';
import {
  analyse,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  type DataPlane,
  dataPlaneFromDescription,
  dataPlaneFromJson,
  defaultDataPlane,
} from '../../../compiler/index.js';
import type { History } from '../../../sim/history/index.js';
import { clearPacketBatch, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import { Comparison } from './comparison.js';
import { engineChoice } from './engine-choice.js';
import { SessionError } from './failure.js';
import { runOfScenario, scenarioOfRun } from './keep-scenario.js';
import { search } from './look-for.js';
import { overviewOf } from './overview.js';
import { readPackets } from './packet-input.js';
import type {
  AddedPackets,
  AnswerOf,
  AskOf,
  DataPlaneSummary,
  OpenedScenario,
  OpenedSession,
  ShownPacket,
  StudioKind,
  StudioQuestion,
} from './protocol.js';
import { captureOf, digestsOf } from './rerun.js';
import { RowList } from './row-list.js';
import { memoryAt, nextWrite, WritesOfWord } from './show-memory.js';
import { explainAt, memoriesAt, showSwitch } from './show-switch.js';
import { StudioRun } from './studio-run.js';
import { runTimed, type TimedOutcome } from './timed-run.js';
import type { Working } from './working.js';

/** Answers one kind of question. */
type Handler<Kind extends StudioKind> = (
  ask: AskOf<Kind>,
  working: Working,
) => AnswerOf<Kind> | Promise<AnswerOf<Kind>>;
type Handlers = { readonly [Kind in StudioKind]: Handler<Kind> };

const BATCH = { packets: 1024, bytes: 2 ** 20 } as const;

export class StudioSession {
  readonly engine = engineChoice();
  private run = new StudioRun(defaultDataPlane(), 0);
  private list = new RowList(this.run.dataPlane);
  private timed: TimedOutcome | undefined;
  private readonly writes = new WritesOfWord();
  private comparison: Comparison | undefined;

  private readonly handlers: Handlers = {
    open: (ask) => this.open(ask),
    'check-text': ({ text }) => {
      const { programs, diagnostics, hasErrors } = analyse(text, this.run.dataPlane);
      return { hasErrors, findings: diagnostics, programs: hasErrors ? [] : programs.map(({ name }) => name) };
    },
    'add-packets': (ask, working) => this.addPackets(ask, working),
    'clear-packets': () => {
      this.replacePackets(new PacketStore());
      return this.run.timeline();
    },
    run: async ({ to }, working) => {
      await this.run.advance(working, to);
      return this.run.timeline();
    },
    timeline: () => this.run.timeline(),
    'make-event': ({ event }) => {
      const { id } = this.run.make(event);
      const timeline = this.run.timeline();
      return {
        event: must(
          timeline.events.find((each) => each.id === id),
          `event ${id}`,
        ),
        timeline,
      };
    },
    'remove-events': ({ ids }) => {
      this.run.remove(ids);
      return this.run.timeline();
    },
    'move-event': ({ id, packet }) => {
      this.run.move(id, packet);
      return this.run.timeline();
    },
    'filter-rows': async ({ filter }, working) => {
      return { rows: await this.list.filter(this.run.history, filter, working) };
    },
    rows: ({ from, count }) => this.list.rows(this.run.history, from, count),
    'row-of': ({ packet }) => this.list.rowOf(this.run.history, packet),
    packet: ({ packet }) => shownPacket(this.run.history, packet),
    switch: ({ at }) => showSwitch(this.run.history, at),
    counters: ({ at }) => this.run.history.countersBefore(at),
    explain: ({ at, text, recirculations }) => explainAt(this.run.history, at, text, recirculations),
    'apply-proposal': ({ text, program, proposal }) => {
      return { text: applyProposal(text, program, proposal) ?? null };
    },
    memories: ({ at }) => memoriesAt(this.run.history, at),
    memory: (ask) => memoryAt(this.run.history, ask),
    'word-writes': (ask) => this.writes.columns(this.run.history, ask),
    'next-write': (ask) => nextWrite(this.run.history, ask),
    timing: async (question, working) => {
      this.timed = await runTimed(this.run.history, question, this.engine, working);
      return this.timed.result;
    },
    'packet-time': ({ packet }) => this.timedRun().packetTime(packet),
    'packet-at-time': ({ nanoseconds }) => ({ packet: this.timedRun().packetAt(nanoseconds) }),
    search: (ask, working) => search(this.run.history, ask, working),
    compare: async (ask, working) => {
      const { comparison, answer } = await Comparison.of(this.run, ask, working);
      this.comparison = comparison;
      return answer;
    },
    'compared-outcomes': ({ packet }) => this.compared().outcomes(packet),
    'compared-packet': ({ packet }) => shownPacket(this.compared().history, packet),
    'pack-scenario': (ask) => ({ bytes: scenarioOfRun(this.run, ask) }),
    'open-scenario': (ask, working) => this.openScenario(ask, working),
    overview: (ask) => overviewOf(this.run.history, ask),
    digests: (_ask, working) => digestsOf(this.run.history, this.engine, working),
    capture: (ask, working) => captureOf(this.run.history, ask, this.engine, working),
  };

  /**
   * Answers a question; one at a time. If it fails, what was there stays.
   * @throws what {@link failureOf} makes an answer of
   */
  async ask<Kind extends StudioKind>(
    question: StudioQuestion & { readonly kind: Kind },
    working: Working,
  ): Promise<AnswerOf<Kind>> {
    const handler: Handler<Kind> | undefined = this.handlers[question.kind];
    if (handler === undefined) throw new SessionError('bad-question', `there is no question ${question.kind}`);
    return handler(question, working);
  }

  private open({ dataPlane: wanted, seed = 0 }: AskOf<'open'>): AnswerOf<'open'> {
    const dataPlane = typeof wanted === 'string' ? builtInDataPlane(wanted) : describedDataPlane(wanted);
    if (dataPlane === undefined) {
      throw new SessionError('bad-data-plane', `there is no data plane ${wanted}: ${BUILT_IN_DATA_PLANES.join(', ')}`);
    }
    return this.use(new StudioRun(dataPlane, seed));
  }

  /** Another run in place of the one that is there. */
  private use(run: StudioRun): OpenedSession {
    const { dataPlane } = run;
    this.run = run;
    this.list = new RowList(dataPlane);
    this.timed = undefined;
    this.comparison = undefined;
    return { dataPlane: summaryOf(dataPlane), dataPlanes: BUILT_IN_DATA_PLANES, engine: this.engine };
  }

  /** Reads into a store of its own, so that packets of a capture that turns out to be damaged are not there. */
  private async addPackets({ origin }: AskOf<'add-packets'>, working: Working): Promise<AddedPackets> {
    const { run } = this;
    const read = new PacketStore();
    const { notes } = await readPackets(origin, read, run.packets, run.dataPlane, working);
    if (run.packets.count === 0) this.replacePackets(read);
    else append(run.packets, read);
    return { added: read.count, packets: run.packets.count, notes };
  }

  private replacePackets(store: PacketStore): void {
    this.run.setPackets(store);
    this.list = new RowList(this.run.dataPlane);
  }

  private timedRun(): TimedOutcome {
    if (this.timed === undefined) throw new SessionError('bad-question', 'nothing has run in virtual time');
    return this.timed;
  }

  private async openScenario({ bytes }: AskOf<'open-scenario'>, working: Working): Promise<OpenedScenario> {
    const { run, scenario } = await runOfScenario(bytes, working);
    const { title, files, view, dataPlane } = scenario;
    const opened = this.use(run);
    const { name, hash, description } = dataPlane;
    const wanted = builtInDataPlane(name)?.hash === hash ? name : description;
    return { opened, dataPlane: wanted, title, files, view, timeline: run.timeline() };
  }

  private compared(): Comparison {
    if (this.comparison === undefined) throw new SessionError('bad-question', 'nothing has been compared');
    return this.comparison;
  }
}

function shownPacket(history: History, packet: number): ShownPacket {
  const story = history.story(packet);
  const name = history.outcome(packet).program;
  const program = name === null ? undefined : history.programsBefore(packet).get(name);
  const source = program === undefined || name === null ? null : { program: name, text: program.source };
  return { ...story, source };
}

/** A file of a data plane that extends another, or a whole description. @throws {DataPlaneError} */
const describedDataPlane = (json: object): DataPlane =>
  'extends' in json ? dataPlaneFromJson(json) : dataPlaneFromDescription(json);

function append(to: PacketStore, from: PacketStore): void {
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  for (let packet = 0; packet < from.count; ) {
    clearPacketBatch(batch);
    packet += from.copyTo(batch, packet, Math.min(from.count, packet + BATCH.packets));
    to.add(batch);
  }
}

function summaryOf(dataPlane: DataPlane): DataPlaneSummary {
  const { name, hash, rpbs, headers, description, layoutFields } = dataPlane;
  return {
    name,
    hash,
    rpbs: rpbs.map(({ number, gress, stage, entries, buckets, words }) => {
      return { rpb: number, gress, stage, entries, buckets, wordsPerBucket: words };
    }),
    headers: headers.map((header) => ({
      name: header.name,
      bytes: header.bytes,
      fields: layoutFields
        .filter((field) => field.header === header.index)
        .map(({ name: field, bitOffset, width }) => ({ name: field, bitOffset, width })),
    })),
    ports: 2 ** description.ports.width,
  };
}
