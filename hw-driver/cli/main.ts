/** The `p4runpro` command: the operator's tool. */
import { packageVersion } from '../../traces/system/package-root.js';
import { SESSION_COMMANDS } from './commands/session-commands.js';
import type { CommandRow, Program } from './kit/command.js';
import { runProgram } from './kit/run-program.js';

const COMMANDS: readonly CommandRow[] = [
  ...SESSION_COMMANDS,
  {
    usage: 'shell',
    describe: 'The same commands, typed one after another; tab completes commands, programs and memories',
    load: async () => (await import('./commands/shell-command.js')).shellCommand,
  },
  {
    usage: 'check <files..>',
    describe: 'Say what is wrong with programs',
    load: async () => (await import('./commands/check-command.js')).checkCommand,
  },
  {
    usage: 'compile <file>',
    describe: 'Compile a program to table entries',
    load: async () => (await import('./commands/compile-command.js')).compileCommand,
  },
  {
    usage: 'explain <file>',
    describe: 'Say where each step goes and why, or why it does not fit',
    load: async () => (await import('./commands/explain-command.js')).explainCommand,
  },
  {
    usage: 'try <file>',
    describe: 'Say what programs do to a packet made of field values',
    load: async () => (await import('./commands/try-command.js')).tryCommand,
  },
  {
    usage: 'dataplane [dataplane]',
    describe: 'Say what a data plane takes of the chip',
    load: async () => (await import('./commands/dataplane-command.js')).dataplaneCommand,
  },
  {
    usage: 'p4',
    describe: 'Write the P4 source of a data plane',
    load: async () => (await import('./commands/p4-command.js')).p4Command,
  },
  {
    usage: 'serve',
    describe: 'An emulated switch behind BF Runtime',
    load: async () => (await import('./commands/serve-command.js')).serveCommand,
  },
  {
    usage: 'cases',
    describe: 'Add or remove cases of a program that runs',
    commands: [
      {
        usage: 'add <file>',
        describe: 'Which entries change when cases come',
        load: async () => (await import('./commands/cases-command.js')).addCasesCommand,
      },
      {
        usage: 'remove <file>',
        describe: 'Which entries change when cases go',
        load: async () => (await import('./commands/cases-command.js')).removeCasesCommand,
      },
    ],
  },
];

const PROGRAM: Program = {
  name: 'p4runpro',
  summary: '$0 COMMAND\n\nChecks, compiles, explains and changes P4runpro programs, and runs them on switches.',
  commands: COMMANDS,
  version: packageVersion,
};

/** Runs a command line without its first word, and returns the exit status. */
export const p4runpro = (words: readonly string[]): Promise<number> => runProgram(PROGRAM, words);
