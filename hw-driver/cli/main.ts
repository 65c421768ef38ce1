/** The `p4runpro` command: the operator's tool. */
import yargs, { type Argv } from 'yargs';
import { packageVersion } from '../../traces/system/package-root.js';
import { addCases, addCasesOptions, removeCases, removeCasesOptions } from './commands/cases-command.js';
import { check, checkOptions } from './commands/check-command.js';
import { compile, compileOptions } from './commands/compile-command.js';
import { dataplane, dataplaneOptions } from './commands/dataplane-command.js';
import { explainFile, explainOptions } from './commands/explain-command.js';
import { operatorCommands } from './commands/index.js';
import { p4, p4Options } from './commands/p4-command.js';
import { serveOptions } from './commands/serve-options.js';
import { tryFile, tryOptions } from './commands/try-command.js';
import { EXIT, rejectCommandLine, requireOnce } from './kit/command-line.js';
import { parseCommand } from './kit/unknown-command.js';

type Command = () => number | Promise<number>;

/** Runs a command line without its first word, and returns the exit status. */
export async function p4runpro(words: readonly string[]): Promise<number> {
  // Run when the line has been read: yargs would write its help for what takes time, in case it fails.
  let command: Command = () => EXIT.done;
  const parser = (line: readonly string[]): Argv =>
    commandLine(line, (chosen) => {
      command = chosen;
    });
  await parseCommand(words, parser, 'p4runpro', { first: [], second: { cases: ['add', 'remove'] } });
  return command();
}

/** @param choose takes what was asked for */
function commandLine(words: readonly string[], choose: (command: Command) => void): Argv {
  return (
    operatorCommands(yargs([...words]), choose)
      .scriptName('p4runpro')
      .usage('$0 COMMAND\n\nChecks, compiles, explains and changes P4runpro programs, and runs them on switches.')
      .command('check <files..>', 'Say what is wrong with programs', checkOptions, (args) => {
        choose(() => check(args));
      })
      .command('compile <file>', 'Compile a program to table entries', compileOptions, (args) => {
        choose(() => compile(args));
      })
      .command('explain <file>', 'Say where each step goes and why, or why it does not fit', explainOptions, (args) => {
        choose(() => explainFile(args));
      })
      .command('try <file>', 'Say what programs do to a packet made of field values', tryOptions, (args) => {
        choose(() => tryFile(args));
      })
      .command('dataplane [dataplane]', 'Say what a data plane takes of the chip', dataplaneOptions, (args) => {
        choose(() => dataplane(args));
      })
      .command('p4', 'Write the P4 source of a data plane', p4Options, (args) => {
        choose(() => p4(args));
      })
      .command('serve', 'An emulated switch behind BF Runtime', serveOptions, (args) => {
        // gRPC is loaded by what speaks it alone.
        choose(async () => (await import('./commands/serve-command.js')).serve(args));
      })
      .command('cases', 'Add or remove cases of a program that runs', (cases) =>
        cases
          .command('add <file>', 'Which entries change when cases come', addCasesOptions, (args) => {
            choose(() => addCases(args));
          })
          .command('remove <file>', 'Which entries change when cases go', removeCasesOptions, (args) => {
            choose(() => removeCases(args));
          })
          .demandCommand(1, 1, 'add or remove? See p4runpro cases --help'),
      )
      .demandCommand(1, 1, 'which command? See p4runpro --help')
      .strict()
      .check((args) =>
        requireOnce(args, [
          'print-after',
          'printAfter',
          'files',
          'packet',
          'memory',
          'state',
          'case',
          'line',
          'forward',
          'programs',
          'values',
          'memories',
        ]),
      )
      .version(packageVersion)
      // The status is returned: a process may run several command lines.
      .exitProcess(false)
      .fail(rejectCommandLine)
  );
}
