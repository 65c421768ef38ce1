/** Files, locks and signals. */
export { type Destination, destinationOf, isStandardOutput } from './destination.js';
export { makeFolders, removeFolders } from './folders.js';
export { readInput } from './input-file.js';
export { Locked, lock } from './lock.js';
export { type FileText, NotWritten, OutputFile, writeFile, writeFiles } from './output-file.js';
export { isSystemError, reasonOf, type SystemError } from './reason.js';
export { interruptedStatus, interruptible } from './signals.js';
export { writeBytes } from './write-bytes.js';
