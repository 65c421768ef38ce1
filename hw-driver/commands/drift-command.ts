/** `p4runpro drift`: where a switch differs from what was deployed on it. */
import type { Argv } from 'yargs';
import { entryMeaning } from '../../compiler/index.js';
import { EXIT } from '../command-line.js';
import { driftOf, hasDrift, repairOperations } from '../deploy/drift.js';
import { changeSwitch, type TargetArguments, targetOptions } from '../deploy/operated-switch.js';

export const driftOptions = (yargs: Argv) =>
  targetOptions(yargs)
    .option('repair', { type: 'boolean', default: false, describe: 'Put the switch right' })
    .epilogue(
      'Missing: entries of programs that are not there. Foreign: entries of no program. Changed: entries that do something ' +
        'else. Default forwarding is left alone. Exit status 1 if there is any that has not been repaired.',
    )
    .example('$0 drift --target 127.0.0.1:50052 --repair', 'After somebody else has written to the switch');

export interface DriftArguments extends TargetArguments {
  readonly repair: boolean;
}

export async function drift(args: DriftArguments): Promise<number> {
  const found = await changeSwitch(args, async ({ programs, target }) => {
    const expected = programs().flatMap(({ entries }) => entries);
    const difference = driftOf(expected, await target.entries());
    if (args.repair) await target.apply(repairOperations(difference));
    return difference;
  });
  const { missing, foreign, changed } = found;
  if (args.json) {
    const document = { schema: 'p4runpro/drift@1', repaired: args.repair, missing, foreign, changed };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (!hasDrift(found)) process.stdout.write('the switch has what was deployed\n');
  else {
    for (const entry of missing) process.stdout.write(`missing  ${entryMeaning(entry)}\n`);
    for (const entry of foreign) process.stdout.write(`foreign  ${entryMeaning(entry)}\n`);
    for (const entry of changed) process.stdout.write(`changed  ${entryMeaning(entry.found)}\n`);
    if (args.repair) process.stdout.write('repaired\n');
  }
  return hasDrift(found) && !args.repair ? EXIT.failed : EXIT.done;
}
