/**
 * What the package exports as p4runpro-sim/hw-driver, listed name by name: a promise, where index.ts is for the rooms
 * above. BF Runtime is apart from it, in bfruntime/index.ts. test/structure/exports.txt holds the list.
 */
export { Controller, type Settled } from './control/controller.js';
export type { Difference } from './control/deployment/drift.js';
export { MemoryNotReset, NoSuchProgram, ProgramBusy, ProgramsGone, StillThere } from './control/errors.js';
export { JournalFile } from './control/journal/journal-file.js';
export { type Journal, JournalError, type JournalRecord, NO_JOURNAL } from './control/journal/records.js';
