/** `p4runpro explain`: the RPB of each step and the reason; why a program does not fit, and what would make it fit. */

import type { Argv } from 'yargs';
import { explainedText, explainPrograms, explanationSvg, type ProgramResult } from '../../../compiler/explain/index.js';
import { type Analysis, analyse, type DataPlane } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { loadDataPlane } from '../kit/inputs.js';
import { readPrograms, stateOf, writeResult } from '../kit/program-documents.js';
import { requireSeparateFiles } from '../kit/separate-files.js';
import {
  chainFrom,
  DATA_PLANE_OPTION,
  JSON_OPTION,
  LINK_OPTIONS,
  linkOptionsFrom,
  STATE_OPTION,
  SWITCHES_OPTION,
} from '../kit/shared-options.js';
import { textWidth } from '../kit/text-width.js';

export const EXPLAIN_SCHEMA = 'p4runpro/explain@1';

const explainOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'P4runpro source file' })
    .options(STATE_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(LINK_OPTIONS)
    .options(SWITCHES_OPTION)
    .option('svg', { type: 'string', describe: 'Output file of a figure of the programs that fit (SVG)' })
    .options(JSON_OPTION)
    .example('$0 explain bench/programs/nc.p4runpro', 'The RPB of each step, and why')
    .example('$0 explain bench/programs/nc.p4runpro --svg nc.svg', 'The same as a figure')
    .example('$0 explain bench/programs/hh.p4runpro --switches 2', 'On two switches in a row');

type ExplainArguments = ArgumentsOf<typeof explainOptions>;

async function explainFile(args: ExplainArguments): Promise<number> {
  const dataPlane = chainFrom(args, loadDataPlane(args.dataplane));
  const options = await linkOptionsFrom(args, dataPlane);
  const { recirculations } = options;
  requireSeparateFiles({ '--svg': args.svg }, [args.file, ...args.state]);
  const source = readPrograms(args.file);
  const analysis = analyse(source, dataPlane);
  const state = stateOf(args.state, dataPlane);
  const results = analysis.hasErrors ? [] : explainPrograms(analysis, dataPlane, state, options);
  const fitting = results.flatMap((result) => (result.fits ? [result] : []));
  if (args.svg !== undefined && fitting.length > 0) writeResult(args.svg, explanationSvg(fitting, dataPlane));
  if (args.json) process.stdout.write(jsonOf(args.file, analysis, dataPlane, recirculations, results));
  else {
    printFindings(analysis, args.file, source);
    const width = textWidth(process.stdout);
    const texts = results.map((result) => explainedText(result, dataPlane, recirculations, width));
    process.stdout.write(texts.join('\n'));
  }
  if (analysis.hasErrors) return EXIT.badInput;
  return fitting.length === results.length ? EXIT.done : EXIT.failed;
}

/** Exit status 1 if a program does not fit, 2 if the file has errors. */
export const explainCommand = command(explainOptions, explainFile);

function jsonOf(
  file: string,
  { diagnostics }: Analysis,
  { name, hash }: DataPlane,
  recirculations: number,
  programs: readonly ProgramResult[],
): string {
  const document = { schema: EXPLAIN_SCHEMA, file, dataPlane: { name, hash }, recirculations, diagnostics, programs };
  return `${JSON.stringify(document, null, 1)}\n`;
}
