/** Records the run of a command: programs, packets, and the events of an update script. */
import { must } from '../../../compiler/data-plane/must.js';
import { analyse, type MulticastGroup } from '../../../compiler/index.js';
import { frontPortForwarding } from '../../../hw-driver/index.js';
import { type HistoryChange, HistoryRecorder } from '../../../sim/history/index.js';
import type { QueueReading } from '../../../sim/index.js';
import type { PacketStore } from '../../../traces/packets/packet-store.js';
import type { UpdateRequest, UpdateScript } from '../../measure/updates/update-script.js';
import { memoryContentsFrom } from '../../workloads/memory-contents.js';
import { ChangePlanner, HistoryError, type PlacementOptions, type SourceText } from './plan-change.js';

export interface HistoryInput extends PlacementOptions {
  /** Deployed in this order before the first packet. */
  readonly sources: readonly SourceText[];
  readonly packets: PacketStore;
  readonly groups: readonly MulticastGroup[];
  readonly queue: QueueReading;
  /** Contents of memories before the first packet, and the name of their file; undefined: all words are 0. */
  readonly memory: { readonly json: unknown; readonly file: string } | undefined;
  /** Events, with the files that they name. */
  readonly script: { readonly file: string; readonly script: UpdateScript } | undefined;
  /** Reads a file that the script names. */
  readonly read: (path: string) => string;
  /** Called with the number of packets that have run so far. */
  readonly progress: (packets: number) => Promise<void>;
}

/** Packets that run between two calls of `progress`. */
const PACKETS_AT_ONCE = 16_384;

/** @throws {HistoryError} {@link DoesNotFit} {@link TargetError}, and what files are refused with */
export async function recordHistory(input: HistoryInput): Promise<HistoryRecorder> {
  const { dataPlane, packets, groups, queue } = input;
  const planner = new ChangePlanner(input);
  const installed = [
    ...frontPortForwarding(dataPlane),
    ...groups.map((group) => ({ kind: 'insertGroup', group }) as const),
  ];
  const recorder = HistoryRecorder.start({ dataPlane, packets, installed, queue });
  for (const source of input.sources) make(recorder, await planner.deploy(source));
  make(recorder, await initialWrites(input, planner));
  for (const { atUs, request } of input.script === undefined ? [] : input.script.script.updates) {
    await runTo(recorder, packetAt(packets, atUs), input);
    make(recorder, await requested(request, planner, input));
  }
  await runTo(recorder, packets.count, input);
  return recorder;
}

function make(recorder: HistoryRecorder, changes: readonly HistoryChange[]): void {
  for (const change of changes) recorder.change(change);
}

async function initialWrites({ memory, sources, dataPlane }: HistoryInput, planner: ChangePlanner) {
  if (memory === undefined) return [];
  const programs = sources.flatMap(({ text }) => analyse(text, dataPlane).programs);
  const bucketsOf = (program: string, name: string): number | undefined =>
    programs.find((each) => each.name === program)?.memories.find((each) => each.name === name)?.buckets;
  const changes: HistoryChange[] = [];
  for (const [program, memories] of memoryContentsFrom(memory.json, memory.file, bucketsOf)) {
    for (const [name, words] of memories) changes.push(await planner.write(program, name, words));
  }
  return changes;
}

async function requested(
  request: UpdateRequest,
  planner: ChangePlanner,
  { script, read }: HistoryInput,
): Promise<HistoryChange[]> {
  switch (request.kind) {
    case 'deployArrival':
      throw new HistoryError(
        'not-in-the-run',
        `${must(script, 'script of an update').file}: a history has no workload, so "deploy" takes a file and no number`,
      );
    case 'deployFile':
      return planner.deploy({ file: request.path, text: read(request.path) });
    case 'revoke':
      return [await planner.revoke(request.program)];
    case 'cases':
      return [await planner.changeCases({ file: request.path, text: read(request.path) })];
  }
}

const NS_PER_US = 1000;
const US_PER_SECOND = 1e6;

/** The first packet that arrives at a time after the first one, or later; the number of packets if none does. */
function packetAt(packets: PacketStore, atUs: number): number {
  if (packets.count === 0) return 0;
  const timeUs = (packet: number): number =>
    (packets.timeSeconds(packet) - packets.timeSeconds(0)) * US_PER_SECOND +
    (packets.timeNanoseconds(packet) - packets.timeNanoseconds(0)) / NS_PER_US;
  let packet = 0;
  while (packet < packets.count && timeUs(packet) < atUs) packet++;
  return packet;
}

async function runTo(recorder: HistoryRecorder, packet: number, { progress }: HistoryInput): Promise<void> {
  while (recorder.count < packet) {
    recorder.advance(Math.min(PACKETS_AT_ONCE, packet - recorder.count));
    await progress(recorder.count);
  }
}
