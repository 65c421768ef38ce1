/** Validation of compiled programs against the meaning of their text. */

export { type EntryStep, entrySteps } from '../pipeline/trace/entry-trace.js';
export { BranchCoverage, type CoverageCount, type CoveragePoint, MeaningRun } from './branch-coverage.js';
export type { Failure, Translation } from './failure.js';
export { describeMismatch, type Mismatch } from './mismatch.js';
export type { Random } from './random.js';
export { PacketGenerator, type TestPacket } from './random-packet.js';
export { recompileAlone } from './recompile.js';
export { formatFailure } from './report.js';
export { type Validation, type ValidationOptions, validateTranslation } from './validate.js';
export { type Verification, verificationText, verifyPrograms } from './verify-programs.js';
