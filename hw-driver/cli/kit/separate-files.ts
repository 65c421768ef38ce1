/** Files that a command writes are none that it reads, and differ from one another. */
import { destinationOf } from '../../../traces/system/index.js';
import { UsageError } from './command-line.js';

/**
 * @param outputs by the options that name them
 * @param inputs files that are to stay; those that a command updates in place do not belong here
 * @throws {UsageError} for an output that would take the place of an input or of another output
 */
export function requireSeparateFiles(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[],
): void {
  const taken = new Map(inputs.map((input) => [fileOf(input), `${input}, which is read`]));
  for (const [option, output] of Object.entries(outputs)) {
    const file = fileOf(output);
    if (file === undefined) continue;
    const other = taken.get(file);
    if (other !== undefined) throw new UsageError(`${option} ${output} would take the place of ${other}`);
    taken.set(file, `what ${option} writes`);
  }
}

/** Where links lead; undefined for what is no file, and for what cannot be, which is said where it is read or written. */
function fileOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const destination = destinationOf(path);
    return destination.kind === 'file' ? destination.path : undefined;
  } catch {
    return undefined;
  }
}
