/** What happened to one packet of a replay: the entries it met, RPB by RPB. */
import { entrySteps, formatEntryStep, TracingSwitch } from '../../sim/index.js';
import { type CapturedPacket, timeText } from './captured-packets.js';
import type { MemoryContents } from './memory-contents.js';
import { type ReplayOptions, ReplaySwitch, type SourceText } from './replay.js';

/**
 * Takes the packets up to `index` through a tracing switch, so that packet `index` meets the memory that it met.
 * Several lines.
 */
export async function packetStory(
  sources: readonly SourceText[],
  options: ReplayOptions,
  before: MemoryContents,
  packets: readonly CapturedPacket[],
  index: number,
): Promise<string[]> {
  const tracing = new TracingSwitch(options.dataPlane);
  tracing.queue = options.queue;
  const replay = await ReplaySwitch.of(sources, options, tracing);
  await replay.writeMemory(before);
  replay.process(packets.slice(0, index));
  const packet = packets[index] as CapturedPacket;
  const [outcome] = replay.process([packet]);
  const met = replay.programs.find(({ compiled }) => compiled.programId === outcome?.programId);
  const steps = met === undefined ? [] : entrySteps(met.compiled.entries, options.dataPlane, tracing.visits);
  const end = outcome?.left === undefined ? 'it was dropped' : `it left by port ${outcome.left.port}`;
  return [
    `packet ${index + 1} of the trace, ${timeText(packet)}, came in by port ${packet.port ?? 0}`,
    met === undefined ? 'no program took it' : `program ${met.program.name} took it; registers after each entry:`,
    ...steps.map((step) => `  ${formatEntryStep(step)}`),
    end,
  ];
}
