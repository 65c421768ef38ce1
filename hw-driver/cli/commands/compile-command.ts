/** `p4runpro compile`: compiles a program for an empty switch, or for one that already runs other programs. */

import type { Argv } from 'yargs';
import { emptySwitchText, onEmptySwitch } from '../../../compiler/explain/index.js';
import {
  type Analysis,
  analyse,
  type CompiledProgram,
  type DataPlane,
  DoesNotFit,
  type Form,
  formatCompiledProgram,
  link,
  lower,
  PASS_NAMES,
  type PassName,
  type PassObserver,
} from '../../../compiler/index.js';
import { formText, PassPrinter, programOf } from '../../../compiler/passes/print/print-form.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { loadDataPlane } from '../kit/inputs.js';
import { readPrograms, stateOf, writeResult } from '../kit/program-documents.js';
import { requireSeparateFiles } from '../kit/separate-files.js';
import {
  chainFrom,
  DATA_PLANE_OPTION,
  LINK_OPTIONS,
  linkOptionsFrom,
  STATE_OPTION,
  SWITCHES_OPTION,
} from '../kit/shared-options.js';

/** What `--print` can print as text, each with the last pass that makes or changes it. */
const PRINTED_FORMS = {
  syntax: { kind: 'syntax', last: 'parse' },
  program: { kind: 'programs', last: 'check' },
  steps: { kind: 'steps', last: 'join-ends' },
  branches: { kind: 'branches', last: 'branches' },
  rows: { kind: 'rows', last: 'rows' },
  placement: { kind: 'placement', last: 'place' },
} as const satisfies Record<string, { readonly kind: Form['kind']; readonly last: PassName }>;

type Printed = keyof typeof PRINTED_FORMS | 'entries';
const PRINTED: readonly Printed[] = [...(Object.keys(PRINTED_FORMS) as (keyof typeof PRINTED_FORMS)[]), 'entries'];

const compileOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'P4runpro source file' })
    .option('output', {
      alias: 'o',
      type: 'string',
      describe: 'Output file of the compiled program (JSON)',
      defaultDescription: 'standard output',
    })
    .options(STATE_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(LINK_OPTIONS)
    .options(SWITCHES_OPTION)
    .option('print', {
      choices: PRINTED,
      describe:
        'Form of the program to print as text in place of the compiled program; the compiler stops after it. entries: the compiled program, as without the option',
    })
    .option('print-after', {
      array: true,
      nargs: 1,
      choices: [...PASS_NAMES, 'all'] as const,
      describe: 'Compiler pass whose result is printed as text in place of the compiled program (repeatable)',
    })
    .example('$0 compile bench/programs/lb.p4runpro -o lb.json', 'Compiles for an empty switch')
    .example('$0 compile bench/programs/hh.p4runpro --state lb.json', 'Compiles for a switch that runs lb')
    .example('$0 compile bench/programs/hh.p4runpro --print-after align', 'Prints the steps after the pass align');

type CompileArguments = ArgumentsOf<typeof compileOptions>;

async function compile(args: CompileArguments): Promise<number> {
  const dataPlane = chainFrom(args, loadDataPlane(args.dataplane));
  requireSeparateFiles({ '--output': args.output }, [args.file, ...args.state]);
  const source = readPrograms(args.file);
  const printing = printingOf(args);
  const analysis = analyse(source, dataPlane, printing?.observe);
  printFindings(analysis, args.file, source);
  if (analysis.hasErrors) return EXIT.badInput;
  writeResult(args.output, await resultOf(args, analysis, dataPlane, printing));
  return EXIT.done;
}

export const compileCommand = command(compileOptions, compile);

/** The text that is printed in place of the compiled program. */
interface Printing {
  readonly observe: PassObserver;
  /** The last pass whose form is needed: the compiler stops after it. */
  readonly last: PassName;
  text(): string;
}

function printingOf({ print, printAfter }: CompileArguments): Printing | undefined {
  if (print !== undefined && printAfter !== undefined) {
    throw new UsageError('--print and --print-after exclude each other: give one of them');
  }
  if (printAfter !== undefined) {
    const wanted = new Set(PASS_NAMES.filter((name) => printAfter.includes(name) || printAfter.includes('all')));
    const printer = new PassPrinter(wanted);
    const last = PASS_NAMES.findLast((name) => wanted.has(name)) ?? 'emit';
    return { observe: printer.observe, last, text: () => printer.text() };
  }
  if (print === undefined || print === 'entries') return undefined;
  const { kind, last } = PRINTED_FORMS[print];
  const texts = new Map<string, string>();
  const observe: PassObserver = (_, form) => {
    if (form?.kind === kind) texts.set(programOf(form) ?? '', formText(form));
  };
  return { observe, last, text: () => [...texts.values()].join('\n') };
}

async function resultOf(
  args: CompileArguments,
  analysis: Analysis,
  dataPlane: DataPlane,
  printing: Printing | undefined,
): Promise<string> {
  const options = await linkOptionsFrom(args, dataPlane);
  const { recirculations } = options;
  // Read before every stage, so that errors in it are reported even where the stage does not depend on it.
  const state = stateOf(args.state, dataPlane);
  const stopsBefore = (pass: PassName): boolean =>
    printing !== undefined && PASS_NAMES.indexOf(printing.last) < PASS_NAMES.indexOf(pass);
  const compiled: CompiledProgram[] = [];
  for (const program of stopsBefore('expand') ? [] : analysis.programs) {
    const lowered = lower(program, dataPlane, recirculations, printing?.observe);
    if (stopsBefore('place')) continue;
    try {
      const document = link(lowered, state, analysis.sourceHash, options, printing?.observe);
      state.commit(document);
      compiled.push(document);
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      const empty = onEmptySwitch(program, dataPlane, options);
      error.message += `; ${emptySwitchText(empty, dataPlane, recirculations)}`;
      throw error;
    }
  }
  if (printing !== undefined) return printing.text();
  const [only] = compiled;
  return compiled.length === 1 && only !== undefined
    ? formatCompiledProgram(only)
    : `${JSON.stringify(compiled, null, 1)}\n`;
}
