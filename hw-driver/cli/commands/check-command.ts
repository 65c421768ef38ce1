/** `p4runpro check`: every finding about the files, underlined; and whether the compiler does them justice. */
import seedrandom from 'seedrandom';
import type { Argv } from 'yargs';
import {
  type Analysis,
  analyse,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DIAGNOSTIC_CODES,
  type Diagnostic,
  type DiagnosticCode,
  DoesNotFit,
  link,
  lower,
  type Program,
  SwitchState,
} from '../../../compiler/index.js';
import {
  describeMismatch,
  formatFailure,
  recompileAlone,
  type Validation,
  validateTranslation,
} from '../../../sim/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { loadDataPlane, wholeNumber } from '../kit/inputs.js';
import { readPrograms } from '../kit/program-documents.js';
import { DATA_PLANE_OPTION, JSON_OPTION, recirculationsFrom } from '../kit/shared-options.js';

interface CheckedFile {
  readonly file: string;
  readonly programs: readonly string[];
  /** In the order of the text; of one kind at most a hundred. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many of each kind there are beside those. */
  readonly unlisted: Partial<Record<DiagnosticCode, number>>;
  /** With --verify, one per program of a file without errors. */
  readonly verification?: readonly Verification[];
}

/** A program's entries against its text, on an empty switch. */
type Verification =
  | {
      readonly program: string;
      readonly kind: 'verified';
      readonly packets: number;
      readonly ran: number;
      readonly undefined: number;
      readonly statements: { readonly ran: number; readonly all: number };
    }
  | { readonly program: string; readonly kind: 'failed'; readonly reason: string; readonly report: string }
  /** No packet told anything. */
  | { readonly program: string; readonly kind: 'nothing-ran'; readonly packets: number; readonly reason: string }
  | { readonly program: string; readonly kind: 'does-not-fit'; readonly reason: string };

const checkOptions = (yargs: Argv) =>
  yargs
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'P4runpro programs' })
    .options(DATA_PLANE_OPTION)
    .option('verify', {
      type: 'boolean',
      default: false,
      describe: 'Compile, and run random packets through the text and through the entries',
    })
    .option('seed', { type: 'string', default: '1', describe: 'Of the packets (with --verify)' })
    .option('packets', { type: 'string', default: '1000', describe: 'For each program (with --verify)' })
    .options(JSON_OPTION)
    .option('recirculations', {
      type: 'string',
      describe: `Maximum recirculations of a program (with --verify; ${DEFAULT_RECIRCULATIONS})`,
    })
    .requiresArg(['seed', 'packets', 'recirculations'])
    .example('$0 check bench/programs/cache.p4runpro', 'Says what is wrong with a program')
    .example('$0 check --verify bench/programs/lb.p4runpro', 'Says whether its entries do what it says');

type CheckArguments = ArgumentsOf<typeof checkOptions>;

const MAX_PACKETS = 1e7;

async function check(args: CheckArguments): Promise<number> {
  const { files, json } = args;
  const dataPlane = loadDataPlane(args.dataplane);
  const packets = wholeNumber('--packets', args.packets, 1, MAX_PACKETS);
  const recirculations = recirculationsOf(args, dataPlane);
  const texts = files.map((file) => ({ file, source: readPrograms(file) }));
  const results: CheckedFile[] = [];
  for (const { file, source } of texts) {
    const analysis = analyse(source, dataPlane);
    const { programs, diagnostics } = analysis;
    const unlisted = Object.fromEntries(analysis.unlisted);
    const found = { file, programs: programs.map(({ name }) => name), diagnostics, unlisted };
    if (!json) printFindings(analysis, file, source);
    const verifies = args.verify && !analysis.hasErrors;
    const verification = verifies
      ? verifyPrograms(analysis, dataPlane, { packets, seed: args.seed, recirculations })
      : undefined;
    results.push(verification === undefined ? found : { ...found, verification });
    if (!json) for (const verified of verification ?? []) process.stdout.write(`${verificationText(verified)}\n`);
  }
  const errors = countOf('error', results);
  if (json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro/check@1', files: results }, null, 2)}\n`);
  else {
    const programs = results.reduce((sum, result) => sum + result.programs.length, 0);
    const verdict = errors > 0 ? `${plural(errors, 'error')}` : `${plural(programs, 'program')} checked`;
    process.stdout.write(`${verdict}, ${plural(countOf('warning', results), 'warning')}\n`);
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
  if (recirculations === undefined) return DEFAULT_RECIRCULATIONS;
  if (!verify) throw new UsageError('--recirculations belongs to check --verify');
  return recirculationsFrom(recirculations, dataPlane);
}

function verifyPrograms(
  { programs, sourceHash }: Analysis,
  dataPlane: DataPlane,
  { packets, seed, recirculations }: { packets: number; seed: string; recirculations: number },
): Verification[] {
  return programs.map((program) => {
    try {
      const lowered = lower(program, dataPlane, recirculations);
      const compiled = link(lowered, new SwitchState(dataPlane), sourceHash);
      const result = validateTranslation({ program, compiled }, dataPlane, {
        packets,
        random: seedrandom.alea(`${seed}/${program.name}`),
        recompile: (smaller: Program) => recompileAlone(smaller, dataPlane, recirculations),
      });
      if (result.kind === 'verified') return verdictOf(program.name, result);
      const { failure } = result;
      const reason = describeMismatch(failure.mismatch);
      return { program: program.name, kind: 'failed', reason, report: formatFailure(failure, dataPlane) };
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      return { program: program.name, kind: 'does-not-fit', reason: error.message };
    }
  });
}

/** Packets that the program did not run on say nothing of it. */
function verdictOf(program: string, result: Extract<Validation, { kind: 'verified' }>): Verification {
  if (result.ran > 0) return { program, ...result };
  const { packets, undefined: skipped } = result;
  const reason =
    skipped > 0
      ? `it leaves its memory on all of the ${plural(skipped, 'packet')} that it ran on`
      : `it ran on none of ${plural(packets, 'packet')} made to match its filters: no packet of its parsing path can match them`;
  return { program, kind: 'nothing-ran', packets, reason };
}

function verificationText(verified: Verification): string {
  const { program } = verified;
  switch (verified.kind) {
    case 'verified': {
      const { packets, ran, statements, undefined: skipped } = verified;
      const apart = skipped === 0 ? '' : `; left out: ${plural(skipped, 'packet')} on which it leaves its memory`;
      return (
        `${program}: verified on ${plural(packets, 'packet')}; it ran on ${ran} of them, ` +
        `which came to ${statements.ran} of ${plural(statements.all, 'statement')}${apart}`
      );
    }
    case 'failed':
      return `${program}: its entries do not do what it says\n\n${verified.report}\n`;
    case 'nothing-ran':
    case 'does-not-fit':
      return `${program}: not verified: ${verified.reason}`;
  }
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
