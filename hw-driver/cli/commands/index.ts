/** The commands that work on a switch, as a list. */
import type { Argv } from 'yargs';
import { changeCommand, deployCommand, replaceCommand, revokeCommand } from './deploy-command.js';
import { memoryCommand, watchCommand } from './memory-command.js';
import type { OperatorCommand } from './operator-command.js';
import { forgetCommand, repairCommand } from './repair-command.js';
import { openSession, type TargetArguments, targetOptions } from './session.js';
import { shellCommand } from './shell-command.js';
import { showCommand } from './show-command.js';

const COMMANDS: readonly OperatorCommand[] = [
  deployCommand,
  revokeCommand,
  replaceCommand,
  changeCommand,
  showCommand,
  memoryCommand,
  watchCommand,
  repairCommand,
  forgetCommand,
];

/** Each opens the switch that its options name, and closes it. @param choose takes what was asked for */
export function operatorCommands(yargs: Argv, choose: (command: () => Promise<number>) => void): Argv {
  const all = [...COMMANDS, shellCommand(COMMANDS)];
  return all.reduce(
    (registered, command) =>
      command.register(registered, {
        options: targetOptions,
        choose: (args, access, body) =>
          choose(async () => {
            // The options of the target are among those that were read.
            const session = await openSession(args as TargetArguments, access);
            try {
              return await body(session);
            } finally {
              await session.close();
            }
          }),
      }),
    yargs,
  );
}
