/** The driver's public surface; BF Runtime is apart from it, in bfruntime/index.ts. */

export * from './allocators.js';
export * from './command-line.js';
export * from './controller.js';
export type { Difference } from './deployment/drift.js';
export type { Outcome, Transaction } from './deployment/transaction.js';
export { JournalFile } from './journal/journal-file.js';
export { type Journal, JournalError, type JournalRecord, NO_JOURNAL } from './journal/records.js';
export type { JournalState } from './journal/replay.js';
export { isFancy, StatusLine, type StatusStream } from './status-line.js';
