/** Packet trace of one packet of a replay. */
import { formatPacketTrace } from '../../../sim/index.js';
import { PacketSelection } from '../../measure/run/packet-selection.js';
import type { MemoryContents } from '../../workloads/memory-contents.js';
import type { CapturedPacket } from './captured-packets.js';
import { type ReplayOptions, ReplaySwitch, type SourceText } from './replay.js';

/** Replays the packets up to `index` and traces packet `index` with the same memory as in the run. @returns lines */
export async function packetStory(
  sources: readonly SourceText[],
  options: ReplayOptions,
  before: MemoryContents,
  packets: readonly CapturedPacket[],
  index: number,
): Promise<string[]> {
  const replay = await ReplaySwitch.of(sources, options);
  await replay.writeMemory(before);
  const selection = new PacketSelection([String(index + 1)], options.dataPlane);
  replay.process(packets.slice(0, index));
  replay.process(packets.slice(index, index + 1), { selection, limit: 1 });
  return replay.traces.flatMap((trace) => formatPacketTrace(trace).trimEnd().split('\n'));
}
