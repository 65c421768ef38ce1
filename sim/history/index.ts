/** The history of a run: recording it, and asking about it. */
export {
  COMPARISONS,
  type Compared,
  type Comparison,
  type Condition,
  compares,
  type NamedWords,
} from './conditions/condition.js';
export { ConditionError } from './conditions/condition-error.js';
export { formatCondition, parseCondition } from './conditions/condition-text.js';
export { EntryHitCount } from './entry-hits.js';
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
export { type DifferentPart, firstDifference, type PacketDifference } from './search/first-difference.js';
export { HistorySearch, type SearchDirection, type SearchState } from './search/history-search.js';
export type { WordPlace, WordWrite } from './word-write.js';
export type { WordWrites } from './word-writes.js';
