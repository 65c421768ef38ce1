#!/usr/bin/env node
/** The `p4runpro` command: the operator's tool. */
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { addCases, addCasesOptions, removeCases, removeCasesOptions } from './cases-command.js';
import { check, checkOptions } from './check-command.js';
import { EXIT, rejectCommandLine, requireOnce, runMain } from './command-line.js';
import { deploy, deployOptions, revoke, revokeOptions } from './commands/deploy-command.js';
import { drift, driftOptions } from './commands/drift-command.js';
import {
  memoryRead,
  memoryReadOptions,
  memoryReset,
  memoryResetOptions,
  memoryWrite,
  memoryWriteOptions,
  watch,
  watchOptions,
} from './commands/memory-command.js';
import { shell, shellOptions } from './commands/shell-command.js';
import { show, showOptions } from './commands/show-command.js';
import { compile, compileOptions } from './compile-command.js';
import { dataplane, dataplaneOptions } from './dataplane-command.js';
import { explainFile, explainOptions } from './explain-command.js';
import { p4, p4Options } from './p4-command.js';
import { packageVersion } from './package-root.js';
import { serveOptions } from './serve-options.js';

type SetStatus = (status: number) => void;

/** Those that act on a switch. */
function switchCommands(cli: Argv, done: SetStatus): Argv {
  return cli
    .command('deploy <files..>', 'Compile programs and run them on a switch', deployOptions, async (args) => {
      done(await deploy(args));
    })
    .command('revoke <names..>', 'Take programs off a switch', revokeOptions, async (args) => {
      done(await revoke(args));
    })
    .command('show [what]', 'What runs on a switch', showOptions, async (args) => {
      done(await show(args));
    })
    .command('memory', 'Memory of programs that run', (memory) =>
      memory
        .command('read <program> <memory>', 'Print words', memoryReadOptions, async (args) => {
          done(await memoryRead(args));
        })
        .command('write <program> <memory> <values..>', 'Write words', memoryWriteOptions, async (args) => {
          done(await memoryWrite(args));
        })
        .command('reset <program> <memory>', 'Set all words to 0', memoryResetOptions, async (args) => {
          done(await memoryReset(args));
        })
        .demandCommand(1, 1, 'read, write or reset? See p4runpro memory --help'),
    )
    .command('watch <program> <memory>', 'Print words as they change', watchOptions, async (args) => {
      done(await watch(args));
    })
    .command('drift', 'Where a switch differs from what was deployed', driftOptions, async (args) => {
      done(await drift(args));
    });
}

async function main(words: readonly string[]): Promise<number> {
  let status: number = EXIT.done;
  const cli = switchCommands(yargs([...words]), (ended) => {
    status = ended;
  });
  await cli
    .scriptName('p4runpro')
    .usage('$0 COMMAND\n\nChecks, compiles, explains and changes P4runpro programs, and runs them on switches.')
    .command('check <files..>', 'Say what is wrong with programs', checkOptions, async (args) => {
      status = await check(args);
    })
    .command('compile <file>', 'Compile a program to table entries', compileOptions, async (args) => {
      status = await compile(args);
    })
    .command(
      'explain <file>',
      'Say where each step goes and why, or why it does not fit',
      explainOptions,
      async (args) => {
        status = await explainFile(args);
      },
    )
    .command('dataplane [dataplane]', 'Say what a data plane takes of the chip', dataplaneOptions, (args) => {
      status = dataplane(args);
    })
    .command('p4', 'Write the P4 source of a data plane', p4Options, (args) => {
      status = p4(args);
    })
    .command('serve', 'An emulated switch behind BF Runtime', serveOptions, async (args) => {
      // gRPC is loaded by what speaks it alone.
      status = await (await import('./serve-command.js')).serve(args);
    })
    .command('shell', 'Commands for one switch, line by line', shellOptions, async (args) => {
      status = await shell(args, main);
    })
    .command('cases', 'Add or remove cases of a program that runs', (cases) =>
      cases
        .command('add <file>', 'Which entries change when cases come', addCasesOptions, async (args) => {
          status = await addCases(args);
        })
        .command('remove <file>', 'Which entries change when cases go', removeCasesOptions, async (args) => {
          status = await removeCases(args);
        })
        .demandCommand(1, 1, 'add or remove? See p4runpro cases --help'),
    )
    .demandCommand(1, 1, 'which command? See p4runpro --help')
    .strict()
    .check((args) => requireOnce(args, ['files', 'state', 'case', 'line', 'forward', 'names', 'values']))
    .version(packageVersion)
    .fail(rejectCommandLine)
    .exitProcess(false)
    .parseAsync();
  return status;
}

await runMain('p4runpro', () => main(hideBin(process.argv)));
