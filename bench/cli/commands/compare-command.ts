/** `bench compare`: two runs, or two sets of microbenchmarks. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, isFancy, readJson, UsageError } from '../../../hw-driver/index.js';
import { compareMicro } from '../../measure/compare/compare-micro.js';
import {
  type Comparison,
  compareRuns,
  differentRuns,
  differentWays,
  overallVerdict,
} from '../../measure/compare/compare-runs.js';
import { MICRO_SCHEMA, type MicroDocument } from '../../measure/micro/micro-document.js';
import { RUN_SCHEMA, type RunSummary } from '../../measure/run/summary.js';
import { renderComparison } from '../report/compare-report.js';

const compareOptions = (yargs: Argv) =>
  yargs
    .positional('before', {
      type: 'string',
      demandOption: true,
      describe: 'summary.json of the first run, or its folder',
    })
    .positional('after', {
      type: 'string',
      demandOption: true,
      describe: 'summary.json of the second run, or its folder',
    })
    .options(JSON_OPTION)
    .epilogue(
      'Deterministic results are equal or differ. A ratio of speeds above 1 means that the second run is faster. It is ' +
        'better or worse if its 95 % confidence interval excludes 1, which needs at least four repeats of each run ' +
        '(bench run --repeat 5). Documents of bench micro --json can be compared too; their intervals do not include ' +
        'the variation of a machine between two runs. Exit status 1 if a result differs or a speed is worse.',
    )
    .example('$0 compare before/summary.json after/summary.json', 'Effect of a change on results and speed');

type CompareArguments = ArgumentsOf<typeof compareOptions>;

type Document =
  | { readonly kind: 'run'; readonly run: RunSummary }
  | { readonly kind: 'micro'; readonly micro: MicroDocument };

function compare({ before, after, json }: CompareArguments): number {
  const [a, b] = [document(before), document(after)];
  const comparison = comparisonOf(a, b, [before, after]);
  const verdict = overallVerdict(comparison);
  const text = json
    ? `${JSON.stringify({ schema: 'p4runpro-bench/compare@1', verdict, ...comparison }, null, 2)}\n`
    : renderComparison(comparison, isFancy(process.stdout));
  process.stdout.write(text);
  if (a.kind === 'run' && b.kind === 'run') {
    const ways = differentWays(a.run, b.run);
    if (ways.length > 0)
      process.stderr.write(
        `bench: warning: the runs differ, so that speeds cannot be compared directly: ${ways.join('; ')}\n`,
      );
  }
  return verdict === 'worse' ? EXIT.failed : EXIT.done;
}

export const compareCommand = command(compareOptions, compare);

function comparisonOf(a: Document, b: Document, names: readonly [string, string]): Comparison {
  if (a.kind === 'run' && b.kind === 'run') {
    const different = differentRuns(a.run, b.run, names);
    if (different.length > 0) throw new UsageError(`the runs differ and cannot be compared: ${different.join('; ')}`);
    return compareRuns(a.run, b.run);
  }
  if (a.kind !== 'micro' || b.kind !== 'micro') {
    throw new UsageError('a result of bench run cannot be compared with one of bench micro');
  }
  const comparison = compareMicro(a.micro, b.micro);
  if (comparison.speeds.length === 0) throw new UsageError('the two documents have no microbenchmark in common');
  return comparison;
}

/** @throws {UsageError} */
function document(path: string): Document {
  const file = isFolder(path) ? join(path, 'summary.json') : path;
  const json = readJson(file);
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema === RUN_SCHEMA && hasRepeats(json)) return { kind: 'run', run: json as RunSummary };
  if (schema === MICRO_SCHEMA) return { kind: 'micro', micro: json as MicroDocument };
  const found = typeof schema === 'string' ? `its schema is ${schema}` : 'it has no schema';
  throw new UsageError(`${file} is not a result of this version of bench run or bench micro: ${found}`);
}

const hasRepeats = (json: unknown): boolean =>
  Array.isArray((json as Partial<RunSummary>).repeats) && typeof (json as Partial<RunSummary>).rpb === 'object';

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
