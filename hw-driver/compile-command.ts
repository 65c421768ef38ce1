/** `p4runpro compile`: the compiled program, for an empty switch or one that runs other programs already. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import {
  type Analysis,
  analyse,
  type CompiledProgram,
  compiledProgramFromJson,
  type DataPlane,
  DEFAULT_RECIRCULATIONS,
  DocumentError,
  formatCompiledProgram,
  link,
  lower,
  renderDiagnostic,
  SwitchState,
} from '../compiler/index.js';
import { ALLOCATOR_OPTIONS, type AllocatorArguments, allocatorFrom } from './allocators.js';
import { EXIT, loadDataPlane, readJson, readText, UsageError, wholeNumber } from './command-line.js';

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

const MAX_PRIORITY = 2 ** 24 - 1;

export async function compile(args: CompileArguments): Promise<number> {
  const dataPlane = loadDataPlane(args.dataplane);
  const source = readText(args.file);
  const analysis = analyse(source, dataPlane);
  for (const finding of analysis.diagnostics) {
    process.stderr.write(`${renderDiagnostic(finding, args.file, source)}\n\n`);
  }
  if (analysis.hasErrors) return EXIT.badInput;
  emit(args.output, resultOf(args, analysis, dataPlane));
  return EXIT.done;
}

function resultOf(args: CompileArguments, analysis: Analysis, dataPlane: DataPlane): string {
  const mostPasses = 2 ** dataPlane.description.state.recirculationIdBits;
  const recirculations = wholeNumber('--recirculations', args.recirculations, 0, mostPasses - 1);
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  if (args.print === 'syntax') return json(analysis.syntax);
  if (args.print === 'program') return json(analysis.programs);
  const lowered = analysis.programs.map((program) => lower(program, dataPlane, recirculations));
  if (args.print === 'steps') return json(lowered.map(({ rows }) => rows.rows));
  const options = {
    allocator: allocatorFrom(args),
    filterPriority: wholeNumber('--priority', args.priority, 0, MAX_PRIORITY),
  };
  const state = stateOf(args.state, dataPlane);
  const compiled = lowered.map((program) => {
    const document = link(program, state, analysis.sourceHash, options);
    state.commit(document);
    return document;
  });
  const [only] = compiled;
  return compiled.length === 1 && only !== undefined ? formatCompiledProgram(only) : json(compiled);
}

/** A switch that runs these documents; a file may hold one or a list of them. @throws {UsageError} and others */
function stateOf(files: readonly string[], dataPlane: DataPlane): SwitchState {
  const state = new SwitchState(dataPlane);
  for (const file of files) {
    const json = readJson(file);
    const documents: unknown[] = Array.isArray(json) ? json : [json];
    for (const document of documents) state.commit(documentOf(document, file, dataPlane));
  }
  return state;
}

/** @throws {UsageError} naming the file */
function documentOf(json: unknown, file: string, dataPlane: DataPlane): CompiledProgram {
  try {
    return compiledProgramFromJson(json, dataPlane);
  } catch (error) {
    throw error instanceof DocumentError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

function emit(output: string | undefined, text: string): void {
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  const temporary = `${output}.partial`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, output);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(`cannot write ${output}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
