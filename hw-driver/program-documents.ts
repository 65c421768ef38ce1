/** Compiled programs as files: those that run already, and the result of a command. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  type CompiledProgram,
  compiledProgramFromJson,
  type DataPlane,
  DocumentError,
  SwitchState,
} from '../compiler/index.js';
import { readJson, UsageError } from './command-line.js';

/** A switch that runs these documents; a file may hold one or a list of them. @throws {UsageError} and others */
export function stateOf(files: readonly string[], dataPlane: DataPlane): SwitchState {
  const state = new SwitchState(dataPlane);
  for (const file of files) {
    const json = readJson(file);
    const documents: unknown[] = Array.isArray(json) ? json : [json];
    for (const document of documents) state.commit(documentOf(document, file, dataPlane));
  }
  return state;
}

/** The one compiled program that a file holds. @throws {UsageError} naming the file */
export function readDocument(file: string, dataPlane: DataPlane): CompiledProgram {
  return documentOf(readJson(file), file, dataPlane);
}

/** @throws {UsageError} naming the file */
function documentOf(json: unknown, file: string, dataPlane: DataPlane): CompiledProgram {
  try {
    return compiledProgramFromJson(json, dataPlane);
  } catch (error) {
    throw error instanceof DocumentError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

/** Writes to a file as a whole or not at all; to standard output if no file is named. @throws {UsageError} */
export function writeResult(output: string | undefined, text: string): void {
  if (output === undefined) process.stdout.write(text);
  else writeResults([{ output, text }]);
}

/** A text and the file that it goes to. */
export interface FileResult {
  readonly output: string;
  readonly text: string;
}

/** Writes all of the files or, where one cannot be written, none. @throws {UsageError} */
export function writeResults(results: readonly FileResult[]): void {
  const temporary = (output: string): string => `${output}.partial`;
  let failing = '';
  try {
    for (const { output, text } of results) {
      failing = output;
      if (statSync(output, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('a folder, not a file');
      writeFileSync(temporary(output), text);
    }
    for (const { output } of results) {
      failing = output;
      renameSync(temporary(output), output);
    }
  } catch (error) {
    for (const { output } of results) rmSync(temporary(output), { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot write ${failing}: ${code ?? message}`);
  }
}
