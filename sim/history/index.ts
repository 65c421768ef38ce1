/** The history of a run: recording it, and asking about it. */
export { History } from './history.js';
export {
  type HistoryChange,
  type HistoryEvent,
  programOf as programOfChange,
  programsAfter as programsAfterChange,
  type RecordedProgram,
} from './history-event.js';
export { PACKET_VERDICTS, type PacketOutcome, type PacketVerdict } from './packet-outcome.js';
export type { PacketStory } from './packet-story.js';
export { HistoryRecorder, type RecorderOptions } from './recording/history-recorder.js';
export type { PacketColumns } from './recording/packet-columns.js';
export type { WordPlace, WordWrite } from './word-write.js';
export type { WordWrites } from './word-writes.js';
