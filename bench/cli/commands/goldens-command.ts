/** `bench goldens`: replay of the goldens of the programs that ship. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { DEFAULT_RECIRCULATIONS } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { DATA_PLANE_OPTION, JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { ALLOCATOR_OPTIONS, allocatorFrom, EXIT, StatusLine, UsageError } from '../../../hw-driver/index.js';
import { makeFolders } from '../../../traces/system/index.js';
import {
  checkGolden,
  GOLDEN_FOLDER,
  type GoldenResult,
  goldenFiles,
  goldensOf,
  writeGolden,
} from '../../verify/goldens/check-goldens.js';
import { GOLDENS } from '../../verify/goldens/goldens.js';
import { beyondStudio, scenarioOfReplay } from '../../verify/replay/replay-scenario.js';
import { dataPlaneOf } from '../../workloads/program-data-planes.js';
import { goldenRows, goldenTable, isAgreed } from '../report/golden-table.js';
import { shellText, writeStudioFile } from '../report/studio-file.js';
import { ENGINE_OPTION } from './shared-options.js';

const goldensOptions = (yargs: Argv) =>
  yargs
    .positional('names', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'all',
      describe: `Goldens: ${GOLDENS.map(({ name }) => name).join(', ')}, or keys of programs`,
    })
    .option('folder', {
      type: 'string',
      default: GOLDEN_FOLDER,
      defaultDescription: 'traces/golden of the project',
      describe: 'Folder of the goldens',
    })
    .option('update', {
      type: 'boolean',
      default: false,
      describe: 'Write the goldens: input packets from their declarations, and the current output',
    })
    .option('studio', {
      type: 'string',
      describe: 'Folder for the page of the studio with each golden: one HTML file for each that the studio can show',
    })
    .options(ENGINE_OPTION)
    .options(ALLOCATOR_OPTIONS)
    .options(JSON_OPTION)
    .epilogue(
      'Goldens are recorded with the allocator price, on default, or on extended where a program needs it. Another allocator uses the hash functions of other RPBs, so ' +
        'sketches count in other buckets, and lb and hll compute other results.',
    )
    .example('$0 goldens', 'Compare all programs with their goldens');

type GoldensArguments = ArgumentsOf<typeof goldensOptions>;

async function goldens(args: GoldensArguments): Promise<number> {
  const chosen = goldensOf(args.names);
  const unknown = args.names.find((name) => goldensOf([name]).length === 0);
  if (unknown !== undefined) throw new UsageError(`there is no golden and no program '${unknown}'`);
  const common = {
    allocator: await allocatorFrom(args),
    recirculations: DEFAULT_RECIRCULATIONS,
    engine: args.engine,
  };
  const results: GoldenResult[] = [];
  const pages: string[] = [];
  const status = new StatusLine();
  for (const [i, golden] of chosen.entries()) {
    const options = { ...common, dataPlane: dataPlaneOf(golden.key) };
    status.show(`${i} of ${counted(chosen.length, 'golden')}`);
    if (args.update) await writeGolden(args.folder, golden, options);
    const result = await checkGolden(args.folder, golden, options);
    results.push(result);
    if (args.studio !== undefined) pages.push(await writePage(args.studio, result));
  }
  status.stop();
  const rows = goldenRows(results);
  if (args.json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/goldens@1', rows }, null, 2)}\n`);
  else process.stdout.write(`${[...goldenTable(rows), ...pages, ...hintsOf(args, results)].join('\n')}\n`);
  // Branches are only required to be covered by all goldens together.
  const isWhole = args.names.length === 0;
  const isCovered = rows.every(({ branches }) => branches.reached === branches.all);
  return rows.every(({ differ }) => differ.length === 0) && (isCovered || !isWhole) ? EXIT.done : EXIT.failed;
}

/** Writes the page with a golden. @returns a line for the user */
async function writePage(folder: string, { golden, input, outcome, options }: GoldenResult): Promise<string> {
  const beyond = beyondStudio(options);
  if (beyond !== undefined) return `${golden.name}: no page, as the studio has not what it has: ${beyond}`;
  makeFolders(folder);
  const scenario = scenarioOfReplay(golden.name, input, outcome, options, undefined);
  return writeStudioFile(join(folder, `${golden.name}.html`), scenario);
}

/** For each golden that differs, the command that writes the page in which it can be stepped through. */
function hintsOf(args: GoldensArguments, results: readonly GoldenResult[]): string[] {
  return results
    .filter((result) => !isAgreed(result) && beyondStudio(result.options) === undefined)
    .map(({ golden, outcome }) => {
      const { trace, expected, before, after } = goldenFiles(args.folder, golden);
      const memory = [
        ...(existsSync(before) ? ['--memory', before] : []),
        ...(outcome.after.size > 0 && existsSync(after) ? ['--expect-memory', after] : []),
      ];
      const { name } = dataPlaneOf(golden.key);
      const plane = name === DATA_PLANE_OPTION.dataplane.default ? [] : ['--dataplane', name];
      const page = ['--studio', `${golden.name}.html`];
      return `see: ${shellText(['bench', 'replay', golden.key, '--trace', trace, '--expect', expected, ...memory, ...plane, ...page])}`;
    });
}

/** Exit status 1 if a golden differs or a branch is not covered. */
export const goldensCommand = command(goldensOptions, goldens);
