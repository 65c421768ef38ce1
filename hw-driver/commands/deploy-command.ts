/** `p4runpro deploy` and `p4runpro revoke`. */
import type { Argv } from 'yargs';
import {
  analyse,
  type CompiledProgram,
  DEFAULT_RECIRCULATIONS,
  type LoweredProgram,
  lower,
  renderDiagnostic,
} from '../../compiler/index.js';
import { ALLOCATOR_OPTIONS, type AllocatorArguments, allocatorFrom } from '../allocators.js';
import { EXIT, loadDataPlane, readText, wholeNumber } from '../command-line.js';
import { MAX_PRIORITY } from '../compile-command.js';
import { changeSwitch, type TargetArguments, targetOptions } from '../deploy/operated-switch.js';

export const deployOptions = (yargs: Argv) =>
  targetOptions(yargs)
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'P4runpro programs' })
    .options(ALLOCATOR_OPTIONS)
    .option('recirculations', {
      alias: 'R',
      type: 'string',
      default: String(DEFAULT_RECIRCULATIONS),
      describe: 'At most so many for each program',
    })
    .option('priority', { type: 'string', default: '0', describe: 'Of the filters among overlapping ones: lower wins' })
    .requiresArg(['allocator', 'recirculations', 'priority'])
    .epilogue('All of the programs are checked before the first is deployed. One that does not fit ends it, status 1.')
    .example('$0 deploy bench/programs/cache.p4runpro', 'On an emulated switch, kept in switch.snapshot')
    .example('$0 deploy lb.p4runpro --target 127.0.0.1:50052', 'On the switch that p4runpro serve, or a real one, is');

export interface DeployArguments extends TargetArguments, AllocatorArguments {
  readonly files: readonly string[];
  readonly recirculations: string;
  readonly priority: string;
}

interface Checked {
  readonly lowered: LoweredProgram;
  readonly sourceHash: string;
}

export async function deploy(args: DeployArguments): Promise<number> {
  const checked = checkedPrograms(args);
  if (checked === undefined) return EXIT.badInput;
  const options = {
    allocator: allocatorFrom(args),
    filterPriority: wholeNumber('--priority', args.priority, 0, MAX_PRIORITY),
  };
  const deployed: CompiledProgram[] = [];
  await changeSwitch(args, async ({ controller, save }) => {
    for (const { lowered, sourceHash } of checked) {
      deployed.push(await controller.deploy(lowered, sourceHash, options));
      // Those that are in stay in, whatever becomes of the next.
      save();
    }
  });
  const rows = deployed.map(({ program, programId, entries, passes }) => {
    return { program, programId, entries: entries.length, passes };
  });
  if (args.json) process.stdout.write(`${JSON.stringify({ schema: 'p4runpro/deploy@1', deployed: rows }, null, 2)}\n`);
  else
    for (const row of rows) process.stdout.write(`${row.program}: ${row.entries} entries, ${passesText(row.passes)}\n`);
  return EXIT.done;
}

const passesText = (passes: number): string => (passes === 1 ? '1 pass' : `${passes} passes`);

/** Undefined if one of them has errors; they have been said then. */
function checkedPrograms(args: DeployArguments): Checked[] | undefined {
  const dataPlane = loadDataPlane(args.dataplane);
  const mostPasses = 2 ** dataPlane.description.state.recirculationIdBits;
  const recirculations = wholeNumber('--recirculations', args.recirculations, 0, mostPasses - 1);
  const analyses = args.files.map((file) => {
    const source = readText(file);
    const analysis = analyse(source, dataPlane);
    for (const finding of analysis.diagnostics) process.stderr.write(`${renderDiagnostic(finding, file, source)}\n\n`);
    return analysis;
  });
  if (analyses.some(({ hasErrors }) => hasErrors)) return undefined;
  return analyses.flatMap(({ programs, sourceHash }) =>
    programs.map((program) => ({ lowered: lower(program, dataPlane, recirculations), sourceHash })),
  );
}

export const revokeOptions = (yargs: Argv) =>
  targetOptions(yargs)
    .positional('names', { type: 'string', array: true, demandOption: true, describe: 'Programs that run' })
    .example('$0 revoke cache', 'Packets that are under way finish, then its entries and memory are freed');

export interface RevokeArguments extends TargetArguments {
  readonly names: readonly string[];
}

export async function revoke(args: RevokeArguments): Promise<number> {
  await changeSwitch(args, async ({ controller, save }) => {
    for (const name of args.names) {
      await controller.revoke(name);
      save();
    }
  });
  if (args.json)
    process.stdout.write(`${JSON.stringify({ schema: 'p4runpro/revoke@1', revoked: args.names }, null, 2)}\n`);
  else process.stdout.write(args.names.map((name) => `${name}: revoked\n`).join(''));
  return EXIT.done;
}
