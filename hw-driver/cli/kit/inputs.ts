/** Readers of command arguments: files, data planes, numbers. */
import { BUILT_IN_DATA_PLANES, builtInDataPlane, type DataPlane, dataPlaneFromJson } from '../../../compiler/index.js';
import { readInput, reasonOf } from '../../../traces/system/index.js';
import { UsageError } from './command-line.js';

/** A text file that the user named. @throws {UsageError} */
export function readText(path: string): string {
  return readBytes(path).toString('utf8');
}

/** The longest source of programs that is read. */
const MAX_SOURCE_BYTES = 4 * 1024 * 1024;
/** One character of ten may be none of UTF-8, as in comments of other encodings. */
const MAX_FOREIGN = 10;

/** The source of programs in a file that the user named. @throws {UsageError} also for binary and for long files */
export function readSource(path: string): string {
  const bytes = readBytes(path, MAX_SOURCE_BYTES);
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const place = `byte ${zero.toLocaleString('en-US')} is 0`;
    throw new UsageError(`${path}: a binary file (${place}), and the source of a P4runpro program was expected`);
  }
  const text = bytes.toString('utf8');
  const foreign = text.split('\ufffd').length - 1;
  if (foreign > text.length / MAX_FOREIGN) {
    throw new UsageError(`${path}: a binary file (not UTF-8), and the source of a P4runpro program was expected`);
  }
  return text;
}

/** @param maxBytes the longest file that is read; any that fits into memory if left out @throws {UsageError} */
function readBytes(path: string, maxBytes?: number): Buffer {
  try {
    return readInput(path, maxBytes);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder, not a file' : reasonOf(error);
    throw new UsageError(`${path}: ${reason}`);
  }
}

/** JSON that the user named. @throws {UsageError} */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A data plane by name, or the JSON file that describes one. @throws {UsageError} or {@link DataPlaneError} */
export function loadDataPlane(nameOrFile: string): DataPlane {
  const builtIn = builtInDataPlane(nameOrFile);
  if (builtIn !== undefined) return builtIn;
  if (!nameOrFile.endsWith('.json')) {
    const names = BUILT_IN_DATA_PLANES.join(', ');
    throw new UsageError(`there is no data plane '${nameOrFile}': it is one of ${names}, or a .json file`);
  }
  return dataPlaneFromJson(readJson(nameOrFile));
}

/** Digits, or groups of thousands as help and messages write them: `1,000`. */
const WHOLE_NUMBER = /^(\d+|\d{1,3}(,\d{3})+)$/;

/** A whole number within bounds, with or without thousands separators. @throws {UsageError} naming the option */
export function wholeNumber(option: string, text: string, minimum: number, maximum: number): number {
  const value = WHOLE_NUMBER.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
  if (!(value >= minimum && value <= maximum)) {
    const [least, most] = [minimum, maximum].map((limit) => limit.toLocaleString('en-US'));
    throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}
