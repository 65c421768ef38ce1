#!/usr/bin/env node
/** The `p4runpro` command: the operator's tool. */
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import yargs from 'yargs';
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
import { serve, serveOptions } from './serve-command.js';

async function main(words: readonly string[]): Promise<number> {
  let status: number = EXIT.done;
  await yargs([...words])
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
      status = await serve(args);
    })
    .command('deploy <files..>', 'Compile programs and run them on a switch', deployOptions, async (args) => {
      status = await deploy(args);
    })
    .command('revoke <names..>', 'Take programs off a switch', revokeOptions, async (args) => {
      status = await revoke(args);
    })
    .command('show [what]', 'What runs on a switch', showOptions, async (args) => {
      status = await show(args);
    })
    .command('memory', 'Memory of programs that run', (memory) =>
      memory
        .command('read <program> <memory>', 'Print words', memoryReadOptions, async (args) => {
          status = await memoryRead(args);
        })
        .command('write <program> <memory> <values..>', 'Write words', memoryWriteOptions, async (args) => {
          status = await memoryWrite(args);
        })
        .command('reset <program> <memory>', 'Set all words to 0', memoryResetOptions, async (args) => {
          status = await memoryReset(args);
        })
        .demandCommand(1, 1, 'read, write or reset? See p4runpro memory --help'),
    )
    .command('watch <program> <memory>', 'Print words as they change', watchOptions, async (args) => {
      status = await watch(args);
    })
    .command('drift', 'Where a switch differs from what was deployed', driftOptions, async (args) => {
      status = await drift(args);
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

// What goes wrong with a connection is said once, by the command.
setLogVerbosity(logVerbosity.NONE);

await runMain('p4runpro', () => main(hideBin(process.argv)));
