/**
 * What the package exports as p4runpro-sim/sim, listed name by name: a promise, where index.ts is for the rooms above.
 * test/structure/exports.txt holds the list.
 */

// The switch, and drivers of it.
export type { Counters } from './blocks/counters.js';
export type { EngineName } from './engines/rpb-engine.js';
// Recorded runs.
export {
  type Condition,
  ConditionError,
  EntryHitCount,
  firstDifference,
  formatCondition,
  History,
  type HistoryChange,
  type HistoryEvent,
  HistoryRecorder,
  HistorySearch,
  type PacketDifference,
  type PacketOutcome,
  type PacketStory,
  parseCondition,
  type RecordedProgram,
  type SearchState,
  type WordPlace,
  type WordWrite,
  type WordWrites,
} from './history/index.js';
// Packets made of fields, snapshots, checks of translations.
export { type MadePacket, MadePacketError, madePacket } from './made-packet/index.js';
export { SwitchChain, type SwitchChainOptions } from './pipeline/chain/switch-chain.js';
export { TimedChain } from './pipeline/chain/timed-chain.js';
export type { PacketDriver } from './pipeline/drivers/packet-driver.js';
export { QueuedDriver, type QueueReading } from './pipeline/drivers/queued-driver.js';
export { TracingDriver } from './pipeline/drivers/tracing-driver.js';
export { InProcessTarget } from './pipeline/in-process-target.js';
export { createPacketProcessor, type PacketProcessor } from './pipeline/parallel/packet-processor.js';
export { Switch, type SwitchOptions } from './pipeline/switch.js';
export { SwitchTables } from './pipeline/switch-tables.js';
// Time.
export { TimedDriver } from './pipeline/time/timed-driver.js';
export { type TimedSwitchOptions, timedSwitchOptions } from './pipeline/time/timed-switch-options.js';
// What packets did.
export { formatPacketTrace, type PacketTrace, PacketTracer } from './pipeline/trace/index.js';
export {
  readSnapshot,
  restoreSnapshot,
  SnapshotError,
  type SwitchSnapshot,
  takeSnapshot,
} from './snapshot/snapshot.js';
export { ChainTarget } from './target/chain-target.js';
export { type SwitchTarget, TargetError, type TargetErrorCause, TargetUnreachable } from './target/target.js';
export { type Validation, type ValidationOptions, validateTranslation } from './validation/index.js';
