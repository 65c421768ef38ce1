/** The check that a command's output files differ from its input files and from one another. */
import { destinationOf } from '../../../traces/system/index.js';
import { UsageError } from './command-line.js';

/**
 * @param outputs by the options that name them
 * @param inputs files that must not be overwritten, without those that the command updates in place
 * @throws {UsageError} for an output that would overwrite an input or another output
 */
export function requireSeparateFiles(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly (string | undefined)[],
): void {
  const taken = new Map(inputs.map((input) => [fileOf(input), `${input}, which the command reads`]));
  for (const [option, output] of Object.entries(outputs)) {
    const file = fileOf(output);
    if (file === undefined) continue;
    const other = taken.get(file);
    if (other !== undefined) throw new UsageError(`${option} ${output} would overwrite ${other}`);
    taken.set(file, `the output of ${option}`);
  }
}

/**
 * The path without symbolic links; undefined for anything but a file, and for an error, which is reported where the
 * file is used.
 */
function fileOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    const destination = destinationOf(path);
    return destination.kind === 'file' ? destination.path : undefined;
  } catch {
    return undefined;
  }
}
