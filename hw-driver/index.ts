/** What bench uses of this folder, without BF Runtime; the package exports public.ts. */

export { guardedAllocator, placementCall } from './cli/kit/allocator-modules.js';
export * from './cli/kit/allocators.js';
export * from './cli/kit/command-line.js';
export * from './cli/kit/inputs.js';
export { isFancy, StatusLine, type StatusStream } from './cli/kit/status-line.js';
export * from './cli/kit/user-modules.js';
export * from './control/controller.js';
export type { Difference } from './control/deployment/drift.js';
export type { Outcome, Transaction } from './control/deployment/transaction.js';
export * from './control/errors.js';
export { FRONT_PORTS, frontPortForwarding } from './control/front-ports.js';
export { type Journal, JournalError, type JournalRecord, NO_JOURNAL } from './control/journal/records.js';
export type { JournalState } from './control/journal/replay.js';
