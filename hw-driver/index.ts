/** The driver's public surface. */

export * from './allocators.js';
export {
  type BfRuntimeOptions,
  type BfRuntimeTarget,
  connectBfRuntime,
} from './bfruntime/bfruntime-target.js';
export { type RunningServer, type ServeOptions, serveBfRuntime } from './bfruntime/server.js';
export { NotUsable } from './bfruntime/session.js';
export * from './command-line.js';
export * from './controller.js';
export type { Difference } from './deployment/drift.js';
export type { Outcome, Transaction } from './deployment/transaction.js';
export { JournalFile } from './journal/journal-file.js';
export { type Journal, JournalError, type JournalRecord, NO_JOURNAL } from './journal/records.js';
export type { JournalState } from './journal/replay.js';
