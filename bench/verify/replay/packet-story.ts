/** What happened to one packet of a replay: all that a packet trace says. */
import { formatPacketTrace } from '../../../sim/index.js';
import { PacketSelection } from '../../measure/run/packet-selection.js';
import type { MemoryContents } from '../../workloads/memory-contents.js';
import type { CapturedPacket } from './captured-packets.js';
import { type ReplayOptions, ReplaySwitch, type SourceText } from './replay.js';

/** Takes the packets up to `index` through a switch, so that packet `index` meets the memory that it met. Lines. */
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
