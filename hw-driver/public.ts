/**
 * What the package exports as p4runpro-sim/hw-driver, listed name by name: its public interface. index.ts is for the
 * folders above. BF Runtime has its own entry point, bfruntime/index.ts. test/structure/exports.txt holds the list.
 */
export { Controller, type Recovered } from './control/controller.js';
export type { Difference } from './control/deployment/drift.js';
export { MemoryNotReset, NoSuchProgram, ProgramBusy, ProgramsGone, StillThere } from './control/errors.js';
export { JournalFile } from './control/journal/journal-file.js';
export { type Journal, JournalError, type JournalRecord, NO_JOURNAL } from './control/journal/records.js';
export {
  type Frame,
  ProgramTextError,
  type SentPacket,
  SimulatedSwitch,
  type SimulatedSwitchOptions,
} from './control/simulated-switch.js';
