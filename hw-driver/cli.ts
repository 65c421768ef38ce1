#!/usr/bin/env node
/** The `p4runpro` command: the operator's tool. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { check, checkOptions } from './check-command.js';
import { EXIT, rejectCommandLine, requireOnce, runMain } from './command-line.js';
import { compile, compileOptions } from './compile-command.js';
import { packageVersion } from './package-root.js';

async function main(): Promise<number> {
  let status: number = EXIT.done;
  await yargs(hideBin(process.argv))
    .scriptName('p4runpro')
    .usage('$0 COMMAND\n\nChecks and compiles P4runpro programs.')
    .command('check <files..>', 'Say what is wrong with programs', checkOptions, async (args) => {
      status = await check(args);
    })
    .command('compile <file>', 'Compile a program to table entries', compileOptions, async (args) => {
      status = await compile(args);
    })
    .demandCommand(1, 1, 'which command? See p4runpro --help')
    .strict()
    .check((args) => requireOnce(args, ['files', 'state']))
    .version(packageVersion)
    .fail(rejectCommandLine)
    .parseAsync();
  return status;
}

await runMain('p4runpro', main);
