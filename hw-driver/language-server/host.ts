/** What the language server asks of the command that runs it: files, allocators by name, random numbers. */
import type { Allocator, CompiledProgram, DataPlane } from '../../compiler/index.js';

export interface ServerHost {
  readonly version: string;
  /** @param folder that names of files are relative to @throws with a sentence for the user */
  dataPlane(nameOrFile: string, folder: string | undefined): DataPlane;
  /** What compiled documents hold. @throws with a sentence for the user */
  running(files: readonly string[], dataPlane: DataPlane, folder: string | undefined): readonly CompiledProgram[];
  /** By name, or from a module; undefined is the default of the commands. @throws with a sentence for the user */
  allocator(nameOrModule: string | undefined, folder: string | undefined): Promise<Allocator>;
  /** The random numbers for the verification of a program. */
  randomOf(program: string): () => number;
  /** Keeps a text in a file for as long as the server runs, and returns the file's URI. */
  keepText(name: string, text: string): string;
}
