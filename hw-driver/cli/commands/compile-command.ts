/** `p4runpro compile`: the compiled program, for an empty switch or one that runs other programs already. */
import type { Argv } from 'yargs';
import {
  type Analysis,
  analyse,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DoesNotFit,
  emptySwitchText,
  formatCompiledProgram,
  link,
  lower,
  onEmptySwitch,
} from '../../../compiler/index.js';
import { ALLOCATOR_OPTIONS, type AllocatorArguments, allocatorFrom } from '../kit/allocators.js';
import { EXIT, loadDataPlane, readText, wholeNumber } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { stateOf, writeResult } from '../kit/program-documents.js';
import { requireSeparateFiles } from '../kit/separate-files.js';

/** Passes of the compiler whose result can be printed. */
const STAGES = ['syntax', 'program', 'steps', 'entries'] as const;

export const compileOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'A P4runpro program' })
    .option('output', { alias: 'o', type: 'string', describe: 'Where the document goes; standard output if left out' })
    .option('state', { type: 'string', array: true, default: [], describe: 'Compiled programs that run already' })
    .option('dataplane', { type: 'string', default: 'default', describe: 'Data plane: a name, or a JSON file' })
    .options(ALLOCATOR_OPTIONS)
    .option('recirculations', {
      alias: 'R',
      type: 'string',
      default: String(DEFAULT_RECIRCULATIONS),
      describe: 'At most so many',
    })
    .option('priority', { type: 'string', default: '0', describe: 'Of the filter among overlapping ones: lower wins' })
    .option('print', { choices: STAGES, default: 'entries' as (typeof STAGES)[number], describe: 'Stop after a pass' })
    .requiresArg(['output', 'state', 'dataplane', 'allocator', 'recirculations', 'priority', 'print'])
    .example('$0 compile bench/programs/lb.p4runpro -o lb.json', 'Compiles for an empty switch')
    .example('$0 compile bench/programs/hh.p4runpro --state lb.json', 'Compiles for a switch that runs lb');

export interface CompileArguments extends AllocatorArguments {
  readonly file: string;
  readonly output: string | undefined;
  readonly state: readonly string[];
  readonly dataplane: string;
  readonly recirculations: string;
  readonly priority: string;
  readonly print: (typeof STAGES)[number];
}

export const MAX_PRIORITY = 2 ** 24 - 1;

export async function compile(args: CompileArguments): Promise<number> {
  const dataPlane = loadDataPlane(args.dataplane);
  requireSeparateFiles({ '--output': args.output }, [args.file, ...args.state]);
  const source = readText(args.file);
  const analysis = analyse(source, dataPlane);
  printFindings(analysis, args.file, source);
  if (analysis.hasErrors) return EXIT.badInput;
  writeResult(args.output, resultOf(args, analysis, dataPlane));
  return EXIT.done;
}

function resultOf(args: CompileArguments, analysis: Analysis, dataPlane: DataPlane): string {
  const mostPasses = 2 ** dataPlane.description.state.recirculationIdBits;
  const recirculations = wholeNumber('--recirculations', args.recirculations, 0, mostPasses - 1);
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  const options = {
    allocator: allocatorFrom(args),
    filterPriority: wholeNumber('--priority', args.priority, 0, MAX_PRIORITY),
  };
  // Read for every stage: what is wrong with it is said also where the stage does not depend on it.
  const state = stateOf(args.state, dataPlane);
  if (args.print === 'syntax') return json(analysis.syntax);
  if (args.print === 'program') return json(analysis.programs);
  const lowered = analysis.programs.map((program) => lower(program, dataPlane, recirculations));
  if (args.print === 'steps') return json(lowered.map(({ rows }) => rows.rows));
  const compiled = lowered.map((program) => {
    try {
      const document = link(program, state, analysis.sourceHash, options);
      state.commit(document);
      return document;
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      const empty = onEmptySwitch(program.program, dataPlane, { ...options, recirculations });
      error.message += `; ${emptySwitchText(empty, dataPlane.name, recirculations)}`;
      throw error;
    }
  });
  const [only] = compiled;
  return compiled.length === 1 && only !== undefined ? formatCompiledProgram(only) : json(compiled);
}
