/** Compiled programs in files: those that already run, and the result of a command. */
import {
  type CompiledProgram,
  type DataPlane,
  DocumentError,
  installableProgramFromJson,
  SwitchState,
} from '../../../compiler/index.js';
import { type FileText, NotWritten, reasonOf, writeFiles } from '../../../traces/system/index.js';
import { UsageError } from './command-line.js';
import { readJson, readSource } from './inputs.js';

/**
 * The books of a switch that runs these compiled programs; a file has one or a list of them.
 * @throws {UsageError} {@link DoesNotFit}
 */
export function stateOf(files: readonly string[], dataPlane: DataPlane): SwitchState {
  const state = new SwitchState(dataPlane);
  for (const file of files) {
    const json = readJson(file);
    const documents: unknown[] = Array.isArray(json) ? json : [json];
    for (const document of documents) state.commit(documentOf(document, file, dataPlane));
  }
  return state;
}

/** The one compiled program in a file. @throws {UsageError} naming the file */
export function readDocument(file: string, dataPlane: DataPlane): CompiledProgram {
  return documentOf(readJson(file), file, dataPlane);
}

/** @throws {UsageError} naming the file */
function documentOf(json: unknown, file: string, dataPlane: DataPlane): CompiledProgram {
  try {
    return installableProgramFromJson(json, dataPlane);
  } catch (error) {
    throw error instanceof DocumentError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

/** Writes a file completely or not at all; writes to standard output if no file is named. @throws {UsageError} */
export function writeResult(output: string | undefined, text: string): void {
  if (output === undefined) process.stdout.write(text);
  else writeResults([{ path: output, text }]);
}

/** Writes all of the files or, where one cannot be written, none. @throws {UsageError} */
export function writeResults(results: readonly FileText[]): void {
  try {
    writeFiles(results);
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    throw new UsageError(`${error.message}: ${reasonOf(error.cause)}`);
  }
}

/**
 * The source of programs in a file that the user named; a compiled program is refused with a message of its own.
 * @throws {UsageError}
 */
export function readPrograms(path: string): string {
  const text = readSource(path);
  if (!/^\s*[[{]/.test(text)) return text;
  throw new UsageError(`${path} is JSON, perhaps a compiled program: the source of a P4runpro program is expected`);
}
