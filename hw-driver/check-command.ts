/** `p4runpro check`: every finding about the files, underlined. */
import type { Argv } from 'yargs';
import { analyse, type Diagnostic, renderDiagnostic } from '../compiler/index.js';
import { EXIT, loadDataPlane, readText } from './command-line.js';

interface CheckedFile {
  readonly file: string;
  readonly programs: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export const checkOptions = (yargs: Argv) =>
  yargs
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'P4runpro programs' })
    .option('dataplane', { type: 'string', default: 'default', describe: 'Data plane: a name, or a JSON file' })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document' })
    .example('$0 check bench/programs/cache.p4runpro', 'Says what is wrong with a program');

export interface CheckArguments {
  readonly files: readonly string[];
  readonly dataplane: string;
  readonly json: boolean;
}

/** Exit status 2 if a file has errors; warnings alone do not fail. */
export async function check({ files, dataplane, json }: CheckArguments): Promise<number> {
  const dataPlane = loadDataPlane(dataplane);
  const texts = files.map((file) => ({ file, source: readText(file) }));
  const results: CheckedFile[] = [];
  for (const { file, source } of texts) {
    const { programs, diagnostics } = analyse(source, dataPlane);
    results.push({ file, programs: programs.map(({ name }) => name), diagnostics });
    if (json) continue;
    for (const finding of diagnostics) process.stderr.write(`${renderDiagnostic(finding, file, source)}\n\n`);
  }
  const found = results.flatMap(({ diagnostics }) => diagnostics);
  const errors = found.filter(({ severity }) => severity === 'error').length;
  if (json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro/check@1', files: results }, null, 2)}\n`);
  else {
    const programs = results.reduce((sum, result) => sum + result.programs.length, 0);
    const verdict = errors > 0 ? `${plural(errors, 'error')}` : `${plural(programs, 'program')} checked`;
    process.stdout.write(`${verdict}, ${plural(found.length - errors, 'warning')}\n`);
  }
  return errors > 0 ? EXIT.badInput : EXIT.done;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
