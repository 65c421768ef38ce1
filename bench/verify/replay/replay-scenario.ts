/** A replay as a scenario of the studio: what one steps through in the page. */
import { basename, extname } from 'node:path';
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Allocator,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DomainError,
} from '../../../compiler/index.js';
import type { Scenario, ScenarioEvent, ScenarioView } from '../../../hw-driver/studio/scenario/index.js';
import { appendPacket, clearPacketBatch, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';
import type { CapturedPacket } from './captured-packets.js';
import type { ReplayInput, ReplayOutcome } from './check-replay.js';
import type { ReplayOptions } from './replay.js';

/** A replay on a switch that the studio does not have. */
export class NotInStudio extends DomainError {
  override readonly name = 'NotInStudio';
  readonly code = 'not-in-studio';
  readonly ends = 'bad-input';
}

/** What a replay has that the studio has not; undefined if its switch is the one of the studio. */
export function beyondStudio({ groups, queue, allocator }: ReplayOptions): string | undefined {
  if (groups !== undefined && groups.length > 0) return 'multicast groups';
  if (queue.nanoseconds > 0 || queue.cells > 0) return 'packets that wait in a queue';
  return isSame(allocator, DEFAULT_LINK_OPTIONS.allocator) ? undefined : `the allocator ${allocator.name}`;
}

/** Allocators are made anew for each command; those of one name place alike. */
const isSame = ({ name: one }: Allocator, { name: other }: Allocator): boolean => one === other;

/**
 * @param packet the packet that is opened, from 0; undefined: none, and the page starts with the programs
 * @throws {NotInStudio}
 */
export function scenarioOfReplay(
  title: string,
  input: Pick<ReplayInput, 'sources' | 'packets'>,
  outcome: Pick<ReplayOutcome, 'programs' | 'before'>,
  options: ReplayOptions,
  packet: number | undefined,
): Scenario {
  const beyond = beyondStudio(options);
  if (beyond !== undefined) throw new NotInStudio(`the studio has not what this replay has: ${beyond}`);
  const { dataPlane, recirculations } = options;
  const packets = storeOf(input.packets);
  const deployments = outcome.programs.map(({ text, compiled }, filterPriority): ScenarioEvent => {
    return { packet: 0, kind: 'deploy', program: compiled.program, text, recirculations, filterPriority };
  });
  const view: ScenarioView =
    packet === undefined ? { moment: 0, pane: 'programs' } : { moment: packet, packet, pane: 'packet' };
  return {
    title,
    dataPlane,
    seed: 0,
    files: input.sources.map(({ file, text }) => ({ name: fileName(file), text })),
    events: [...deployments, ...writesOf(outcome, dataPlane)],
    packets,
    ran: packets.count,
    view,
  };
}

const EXTENSION = '.p4runpro';

const fileName = (file: string): string =>
  extname(file) === EXTENSION ? basename(file) : `${basename(file)}${EXTENSION}`;

/** Writes of the words that are not 0, each memory from the first such bucket to the last. */
function writesOf(
  { programs, before }: Pick<ReplayOutcome, 'programs' | 'before'>,
  dataPlane: DataPlane,
): ScenarioEvent[] {
  return [...before].flatMap(([program, memories]) => {
    const { compiled } = must(
      programs.find((each) => each.compiled.program === program),
      `program ${program}`,
    );
    return [...memories].flatMap(([memory, words]) => writeOf(compiled, memory, words, dataPlane));
  });
}

function writeOf(compiled: CompiledProgram, memory: string, words: Uint32Array, dataPlane: DataPlane): ScenarioEvent[] {
  const block = must(
    compiled.memories.find(({ name }) => name === memory),
    `memory ${memory}`,
  );
  const wordsPerBucket = dataPlane.rpb(block.rpb).words;
  const first = words.findIndex((word) => word !== 0);
  if (first < 0) return [];
  const last = words.findLastIndex((word) => word !== 0);
  const bucket = Math.floor(first / wordsPerBucket);
  const end = (Math.floor(last / wordsPerBucket) + 1) * wordsPerBucket;
  const values = [...words.subarray(bucket * wordsPerBucket, end)];
  return [{ packet: 0, kind: 'write', program: compiled.program, memory, bucket, values }];
}

/** Packets without a recorded port arrive by port 0. */
function storeOf(captured: readonly CapturedPacket[]): PacketStore {
  const store = new PacketStore();
  const most = captured.reduce((length, { bytes }) => Math.max(length, bytes.length), 0);
  const batch = createPacketBatch(1, most);
  for (const { bytes, originalLength, port, timeSeconds, timeNanoseconds } of captured) {
    clearPacketBatch(batch);
    const ingressPort = port === undefined ? 0 : port;
    const offset = appendPacket(batch, bytes.length, originalLength, ingressPort, timeSeconds, timeNanoseconds);
    batch.bytes.set(bytes, offset);
    store.add(batch);
  }
  return store;
}
