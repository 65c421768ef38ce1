/** `bench goldens`: replay of the goldens of the programs that ship. */

import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { DEFAULT_RECIRCULATIONS } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { ALLOCATOR_OPTIONS, allocatorFrom, EXIT, StatusLine, UsageError } from '../../../hw-driver/index.js';
import {
  checkGolden,
  GOLDEN_FOLDER,
  type GoldenResult,
  goldensOf,
  writeGolden,
} from '../../verify/goldens/check-goldens.js';
import { GOLDENS } from '../../verify/goldens/goldens.js';
import { dataPlaneOf } from '../../workloads/program-data-planes.js';
import { goldenRows, goldenTable } from '../report/golden-table.js';
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
  const status = new StatusLine();
  for (const [i, golden] of chosen.entries()) {
    const options = { ...common, dataPlane: dataPlaneOf(golden.key) };
    status.show(`${i} of ${counted(chosen.length, 'golden')}`);
    if (args.update) await writeGolden(args.folder, golden, options);
    results.push(await checkGolden(args.folder, golden, options));
  }
  status.stop();
  const rows = goldenRows(results);
  if (args.json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/goldens@1', rows }, null, 2)}\n`);
  else process.stdout.write(`${goldenTable(rows).join('\n')}\n`);
  // Branches are only required to be covered by all goldens together.
  const isWhole = args.names.length === 0;
  const isCovered = rows.every(({ branches }) => branches.reached === branches.all);
  return rows.every(({ differ }) => differ.length === 0) && (isCovered || !isWhole) ? EXIT.done : EXIT.failed;
}

/** Exit status 1 if a golden differs or a branch is not covered. */
export const goldensCommand = command(goldensOptions, goldens);
