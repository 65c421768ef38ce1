/** Runs a planned network, on one thread or on several, with the same result. */
import { type Census, sumOfCensuses } from '../../sim/network/index.js';
import { BuiltNodes } from './built-nodes.js';
import type { NetworkPlan } from './network-plan.js';
import type { DirectionReport, FollowedNote, GroupReport, HostReport, SwitchReport } from './node-reports.js';
import { partition } from './partition.js';
import type { RunOptions } from './run-options.js';
import { runParallel } from './run-parallel.js';

/** What a network did. */
export interface NetworkResult {
  readonly plan: NetworkPlan;
  readonly switches: readonly SwitchReport[];
  readonly hosts: readonly HostReport[];
  /** By link, the direction from its first end first. */
  readonly directions: readonly DirectionReport[];
  /** By time. */
  readonly notes: readonly FollowedNote[];
  readonly census: Census;
  readonly events: number;
  /** Times that threads waited for each other; differs from run to run. */
  readonly waits: number;
  readonly wallSeconds: number;
  readonly warnings: readonly string[];
  readonly interrupted: boolean;
}

/** Steps between looks at the clock, and milliseconds between breaths of the event loop. */
const STEPS = 256;
const BREATH_MS = 20;

/** @throws {CaptureError} {@link TimingError} {@link OwnHostError} and what modules of hosts throw */
export async function runNetwork(plan: NetworkPlan, options: RunOptions): Promise<NetworkResult> {
  const start = options.clock();
  const threadOf = partition(plan, options.workers);
  const isAlone = threadOf.every((thread) => thread === 0);
  const reports = isAlone ? [await runAlone(plan, options)] : await runParallel(plan, threadOf, options);
  const ordered = <Of>(of: (report: GroupReport) => readonly Of[], key: (item: Of) => number): Of[] =>
    reports.flatMap(of).sort((a, b) => key(a) - key(b));
  return {
    plan,
    switches: ordered(
      ({ switches }) => switches,
      ({ node }) => node,
    ),
    hosts: ordered(
      ({ hosts }) => hosts,
      ({ node }) => node,
    ),
    directions: ordered(
      ({ directions }) => directions,
      ({ link, from }) => 2 * link + from,
    ),
    notes: reports.flatMap(({ notes }) => notes).sort((a, b) => a.timePs - b.timePs || a.node - b.node),
    census: sumOfCensuses(reports.map(({ census }) => census)),
    events: reports.reduce((sum, { events }) => sum + events, 0),
    waits: reports.reduce((sum, { waits }) => sum + waits, 0),
    wallSeconds: (options.clock() - start) / 1000,
    warnings: reports.flatMap(({ warnings }) => warnings),
    interrupted: options.signal.aborted,
  };
}

async function runAlone(plan: NetworkPlan, { clock, signal, onProgress }: RunOptions): Promise<GroupReport> {
  const built = await BuiltNodes.of(
    plan,
    plan.nodes.map((_, number) => number),
  );
  try {
    const group = built.group(undefined);
    await built.fillFeeds();
    let lastBreath = clock();
    for (;;) {
      const pause = group.run(STEPS);
      if (pause === 'ended' || signal.aborted) return built.report(group.events, 0);
      if (pause === 'feeds') await built.fillFeeds();
      if (clock() - lastBreath < BREATH_MS) continue;
      onProgress(group.nowPs / plan.endPs, group.events);
      // Lets an interrupt arrive.
      await new Promise(setImmediate);
      lastBreath = clock();
    }
  } finally {
    await built.close();
  }
}
