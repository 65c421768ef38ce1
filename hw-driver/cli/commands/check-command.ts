/**
 * `p4runpro check`: errors and warnings of programs; with --verify, whether the compiled entries do what the source
 * says.
 */

import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import {
  analyse,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DIAGNOSTIC_CODES,
  type Diagnostic,
  type DiagnosticCode,
} from '../../../compiler/index.js';
import { type Verification, verificationText, verifyPrograms } from '../../../sim/validation/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { loadDataPlane, wholeNumber } from '../kit/inputs.js';
import { readPrograms } from '../kit/program-documents.js';
import { randomNumbers } from '../kit/random-numbers.js';
import {
  chainFrom,
  DATA_PLANE_OPTION,
  JSON_OPTION,
  REQUIRED_WORDS,
  recirculationsFrom,
  SWITCHES_OPTION,
} from '../kit/shared-options.js';
import { StatusLine } from '../kit/status-line.js';

interface CheckedFile {
  readonly file: string;
  readonly programs: readonly string[];
  /** In the order of the source; at most a hundred with one code. */
  readonly diagnostics: readonly Diagnostic[];
  /** By code, the number of findings beyond those. */
  readonly unlisted: Partial<Record<DiagnosticCode, number>>;
  /** With --verify, one per program of a file without errors. */
  readonly verification?: readonly Verification[];
}

const checkOptions = (yargs: Argv) =>
  yargs
    .positional('files', { ...REQUIRED_WORDS, describe: 'P4runpro source files' })
    .options(DATA_PLANE_OPTION)
    .option('verify', {
      type: 'boolean',
      default: false,
      describe: 'Compile each program, and compare its entries with its source on random packets',
    })
    .option('seed', { type: 'string', default: '1', describe: 'Seed of the random packets (with --verify)' })
    .option('packets', {
      type: 'string',
      default: '1000',
      defaultDescription: '1,000',
      describe: 'Number of random packets for each program (with --verify)',
    })
    .options(JSON_OPTION)
    .option('recirculations', {
      alias: 'R',
      type: 'string',
      describe: `Maximum recirculations of a program (with --verify)`,
      defaultDescription: String(DEFAULT_RECIRCULATIONS),
    })
    .options(SWITCHES_OPTION)
    .example('$0 check bench/programs/cache.p4runpro', 'The errors and warnings of a program')
    .example('$0 check --verify bench/programs/lb.p4runpro', 'Whether its entries do what its source says');

type CheckArguments = ArgumentsOf<typeof checkOptions>;

const MAX_PACKETS = 1e7;

async function check(args: CheckArguments): Promise<number> {
  const { files, json } = args;
  const dataPlane = chainFrom(args, loadDataPlane(args.dataplane));
  if (args.switches !== '1' && !args.verify) throw new UsageError('--switches belongs to check --verify');
  const packets = wholeNumber('--packets', args.packets, 1, MAX_PACKETS);
  const recirculations = recirculationsOf(args, dataPlane);
  const texts = files.map((file) => ({ file, source: readPrograms(file) }));
  const results: CheckedFile[] = [];
  const status = new StatusLine();
  for (const { file, source } of texts) {
    const analysis = analyse(source, dataPlane);
    const { programs, diagnostics } = analysis;
    const unlisted = Object.fromEntries(analysis.unlisted);
    const found = { file, programs: programs.map(({ name }) => name), diagnostics, unlisted };
    if (!json) printFindings(analysis, file, source);
    const verifies = args.verify && !analysis.hasErrors;
    const verification = verifies
      ? verifyPrograms(analysis, dataPlane, {
          packets,
          recirculations,
          randomOf: randomNumbers(args.seed),
          progress: (program, tried) =>
            status.show(`${program}: ${tried.toLocaleString('en-US')} of ${counted(packets, 'packet')}`),
        })
      : undefined;
    status.stop();
    results.push(verification === undefined ? found : { ...found, verification });
    if (!json) for (const verified of verification ?? []) process.stdout.write(`${verificationText(verified)}\n`);
  }
  const errors = countOf('error', results);
  if (json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro/check@1', files: results }, null, 2)}\n`);
  else {
    const programs = results.reduce((sum, result) => sum + result.programs.length, 0);
    const verdict = errors > 0 ? `${counted(errors, 'error')}` : `${counted(programs, 'program')} checked`;
    process.stdout.write(`${verdict}, ${counted(countOf('warning', results), 'warning')}\n`);
  }
  if (errors > 0) return EXIT.badInput;
  const isSound = results.every(({ verification = [] }) => verification.every(({ kind }) => kind === 'verified'));
  return isSound ? EXIT.done : EXIT.failed;
}

/** Exit status 2 if a file has errors, 1 if a program could not be verified; warnings alone do not fail. */
export const checkCommand = command(checkOptions, check);

const countOf = (severity: Diagnostic['severity'], results: readonly CheckedFile[]): number =>
  results.reduce((sum, { diagnostics, unlisted }) => {
    const others = Object.entries(unlisted).filter(([code]) => DIAGNOSTIC_CODES[code as DiagnosticCode] === severity);
    const listed = diagnostics.filter((finding) => finding.severity === severity).length;
    return sum + listed + others.reduce((all, [, count]) => all + count, 0);
  }, 0);

/** @throws {UsageError} */
function recirculationsOf({ recirculations, verify }: CheckArguments, dataPlane: DataPlane): number {
  if (recirculations !== undefined && !verify) throw new UsageError('--recirculations belongs to check --verify');
  return recirculationsFrom(recirculations, dataPlane);
}
