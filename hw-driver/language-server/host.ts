/** What the command supplies to the language server: files, allocators, random numbers. */
import type { Allocator, CompiledProgram, DataPlane } from '../../compiler/index.js';

export interface ServerHost {
  readonly version: string;
  /** @param folder base of relative file names @throws Error with a sentence for the user */
  dataPlane(nameOrFile: string, folder: string | undefined): DataPlane;
  /** The programs of compiled documents. @throws Error with a sentence for the user */
  running(files: readonly string[], dataPlane: DataPlane, folder: string | undefined): readonly CompiledProgram[];
  /** By name, or from a module; undefined is the default of the commands. @throws Error with a sentence for the user */
  allocator(nameOrModule: string | undefined, folder: string | undefined): Promise<Allocator>;
  /** The random numbers for the verification of a program. */
  randomOf(program: string): () => number;
  /** Writes a text to a file that is removed when the server ends, and returns its URI. */
  keepText(name: string, text: string): string;
}
