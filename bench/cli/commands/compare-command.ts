/** `bench compare`: two runs, or two sets of micro benchmarks. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, isFancy, readJson, UsageError } from '../../../hw-driver/index.js';
import { compareMicro } from '../../measure/compare/compare-micro.js';
import { type Comparison, compareRuns, differentRuns, differentWays } from '../../measure/compare/compare-runs.js';
import { MICRO_SCHEMA, type MicroDocument } from '../../measure/micro/micro-document.js';
import { RUN_SCHEMA, type RunSummary } from '../../measure/run/summary.js';
import { renderComparison } from '../report/compare-report.js';

const compareOptions = (yargs: Argv) =>
  yargs
    .positional('before', { type: 'string', demandOption: true, describe: 'summary.json, or the folder that holds it' })
    .positional('after', { type: 'string', demandOption: true, describe: 'The same of the run to hold against it' })
    .options(JSON_OPTION)
    .epilogue(
      'Figures that do not depend on chance are equal or differ. Of speeds, a ratio above 1 says that the second is ' +
        'faster; it is better or worse if the 95 % interval of the ratio leaves out 1. That takes at least four repeats ' +
        'of each (bench run --repeat 5). Documents of bench micro --json can be compared too; their intervals know ' +
        'nothing of how a machine changes between two runs. Exit status 1 if a figure differs or a speed is worse.',
    )
    .example('$0 compare before/summary.json after/summary.json', 'What a change did to results and speed');

type CompareArguments = ArgumentsOf<typeof compareOptions>;

type Document =
  | { readonly kind: 'run'; readonly run: RunSummary }
  | { readonly kind: 'micro'; readonly micro: MicroDocument };

function compare({ before, after, json }: CompareArguments): number {
  const [a, b] = [document(before), document(after)];
  const comparison = comparisonOf(a, b);
  const text = json
    ? `${JSON.stringify({ schema: 'p4runpro-bench/compare@1', ...comparison }, null, 2)}\n`
    : renderComparison(comparison, isFancy(process.stdout));
  process.stdout.write(text);
  if (a.kind === 'run' && b.kind === 'run') {
    const ways = differentWays(a.run, b.run);
    if (ways.length > 0) process.stderr.write(`bench: speeds are of different runs: ${ways.join('; ')}\n`);
  }
  const { figures, speeds } = comparison;
  const isWorse =
    figures.some(({ verdict }) => verdict === 'differs') || speeds.some(({ verdict }) => verdict === 'worse');
  return isWorse ? EXIT.failed : EXIT.done;
}

export const compareCommand = command(compareOptions, compare);

function comparisonOf(a: Document, b: Document): Comparison {
  if (a.kind === 'run' && b.kind === 'run') {
    const different = differentRuns(a.run, b.run);
    if (different.length > 0) throw new UsageError(`these runs are of different things: ${different.join('; ')}`);
    return compareRuns(a.run, b.run);
  }
  if (a.kind !== 'micro' || b.kind !== 'micro') {
    throw new UsageError('one is of bench run, the other of bench micro: there is nothing to compare');
  }
  const comparison = compareMicro(a.micro, b.micro);
  if (comparison.speeds.length === 0) throw new UsageError('no micro benchmark is in both');
  return comparison;
}

/** @throws {UsageError} */
function document(path: string): Document {
  const file = isFolder(path) ? join(path, 'summary.json') : path;
  const json = readJson(file);
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema === RUN_SCHEMA && hasRepeats(json)) return { kind: 'run', run: json as RunSummary };
  if (schema === MICRO_SCHEMA) return { kind: 'micro', micro: json as MicroDocument };
  const said = typeof schema === 'string' ? `it says ${schema}` : 'it names no schema';
  throw new UsageError(`${file} is no result of bench run or bench micro of this version: ${said}`);
}

const hasRepeats = (json: unknown): boolean =>
  Array.isArray((json as Partial<RunSummary>).repeats) && typeof (json as Partial<RunSummary>).rpb === 'object';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
