/** Compares a replay with its golden: packets that left, and final memory. */

import type { PacketTrace } from '../../../sim/index.js';
import type { BranchCoverage } from '../../../sim/validation/index.js';
import {
  type MemoryContents,
  memoryContentsFrom,
  memoryDifferences,
  type WordDifference,
} from '../../workloads/memory-contents.js';
import type { CapturedPacket } from './captured-packets.js';
import { comparePackets, type PacketDifference } from './compare-packets.js';
import {
  coverageOf,
  type PacketOutcome,
  type ReplayedPacket,
  type ReplayedProgram,
  type ReplayOptions,
  ReplaySwitch,
  type ReplayTracing,
  type SourceText,
} from './replay.js';

/** Input of a replay. */
export interface ReplayInput {
  readonly sources: readonly SourceText[];
  readonly packets: readonly CapturedPacket[];
  /** Memory before the first packet, as {@link memoryContentsFrom} reads it, and the name of its file. */
  readonly memory: { readonly json: unknown; readonly file: string } | undefined;
}

/** Output of a replay. */
export interface ReplayOutcome {
  readonly programs: readonly ReplayedProgram[];
  readonly packets: readonly CapturedPacket[];
  /** Counts of packets by verdict, port and program, in descending order. */
  readonly verdicts: readonly OutcomeCount[];
  readonly traces: readonly PacketTrace[];
  readonly untraced: number;
  /** Index in the trace of each packet, from 0. */
  readonly origins: readonly number[];
  readonly before: MemoryContents;
  readonly after: MemoryContents;
  readonly bucketsOf: ReplaySwitch['bucketsOf'];
  /** Coverage in the order of programs. */
  readonly coverage: () => readonly BranchCoverage[];
}

/** Packets with the same verdict, port and program. */
export interface OutcomeCount {
  /** Name of the program; null if none ran. */
  readonly program: string | null;
  readonly verdict: PacketOutcome;
  /** Egress port; null for packets that were dropped or copied. */
  readonly port: number | null;
  readonly packets: number;
}

export async function replay(
  input: ReplayInput,
  options: ReplayOptions,
  tracing?: ReplayTracing,
): Promise<ReplayOutcome> {
  const network = await ReplaySwitch.of(input.sources, options);
  const before: MemoryContents =
    input.memory === undefined
      ? new Map()
      : memoryContentsFrom(input.memory.json, input.memory.file, network.bucketsOf);
  await network.writeMemory(before);
  const replayed = network.process(input.packets, tracing);
  const origins = replayed.flatMap(({ left }, i) => left.map(() => i));
  return {
    programs: network.programs,
    packets: replayed.flatMap(({ left }) => left),
    verdicts: verdictCounts(network.programs, replayed),
    traces: network.traces,
    untraced: network.untraced,
    origins,
    before,
    after: await network.readMemory(),
    bucketsOf: network.bucketsOf,
    coverage: () => coverageOf(network, options, input.packets, replayed, before),
  };
}

function verdictCounts(programs: readonly ReplayedProgram[], replayed: readonly ReplayedPacket[]): OutcomeCount[] {
  const names = new Map(programs.map(({ program, compiled }) => [compiled.programId, program.name]));
  const counts = new Map<string, OutcomeCount>();
  for (const { left, programId, verdict } of replayed) {
    const program = names.get(programId) ?? null;
    const port = verdict === 'copied' ? null : (left[0]?.port ?? null);
    const key = `${programId} ${verdict} ${port}`;
    counts.set(key, { program, verdict, port, packets: (counts.get(key)?.packets ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.packets - a.packets);
}

export interface ReplayCheck {
  readonly packets: readonly PacketDifference[];
  readonly memory: readonly WordDifference[];
}

/** @param memory expected final memory; memories that it does not name are not compared */
export function checkReplay(
  outcome: ReplayOutcome,
  expected: readonly CapturedPacket[],
  memory: MemoryContents = new Map(),
): ReplayCheck {
  return {
    packets: comparePackets(expected, outcome.packets),
    memory: memoryDifferences(memory, outcome.after),
  };
}

/** Index in the trace of the packet of a difference; undefined if no packet has its time stamp. */
export function originOf(
  difference: PacketDifference,
  { origins }: ReplayOutcome,
  input: readonly CapturedPacket[],
  expected: readonly CapturedPacket[],
): number | undefined {
  if (difference.kind !== 'missing') return origins[difference.actual];
  const lost = expected[difference.expected];
  const left = new Set(origins);
  const atThatTime = ({ timeSeconds, timeNanoseconds }: CapturedPacket): boolean =>
    timeSeconds === lost?.timeSeconds && timeNanoseconds === lost.timeNanoseconds;
  const found = input.findIndex((packet, i) => atThatTime(packet) && !left.has(i));
  return found < 0 ? undefined : found;
}
