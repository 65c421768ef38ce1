/** The `p4runpro` command, for operators and for authors of programs. */
import { packageVersion } from '../../traces/system/package-root.js';
import { SESSION_COMMANDS } from './commands/session-commands.js';
import type { CommandRow, Program } from './kit/command.js';
import { runProgram } from './kit/run-program.js';

const COMMANDS: readonly CommandRow[] = [
  ...SESSION_COMMANDS,
  {
    usage: 'shell',
    describe: 'Read commands on a switch from the terminal; tab completes commands, programs and memories',
    load: async () => (await import('./commands/shell-command.js')).shellCommand,
  },
  {
    usage: 'check <files..>',
    describe: 'Report errors and warnings of programs',
    load: async () => (await import('./commands/check-command.js')).checkCommand,
  },
  {
    usage: 'compile <file>',
    describe: 'Compile programs to table entries',
    load: async () => (await import('./commands/compile-command.js')).compileCommand,
  },
  {
    usage: 'explain <file>',
    describe: 'Explain the RPB of each step, or why a program does not fit',
    load: async () => (await import('./commands/explain-command.js')).explainCommand,
  },
  {
    usage: 'try <file>',
    describe: 'Trace packets, made of field values, through programs',
    load: async () => (await import('./commands/try-command.js')).tryCommand,
  },
  {
    usage: 'studio [files..]',
    describe: 'Open a page to write programs, run packets and step through them',
    load: async () => (await import('./commands/studio-command.js')).studioCommand,
  },
  {
    usage: 'lsp',
    describe: 'Run a language server for editors, on standard input and output',
    load: async () => (await import('./commands/lsp-command.js')).lspCommand,
  },
  {
    usage: 'help [words..]',
    describe: 'Say what a word of the language means, or what a command takes',
    load: async () => (await import('./commands/help-command.js')).helpCommand(PROGRAM),
  },
  {
    usage: 'fields',
    describe: 'Say what programs can do with the fields of a data plane',
    load: async () => (await import('./commands/fields-command.js')).fieldsCommand,
  },
  {
    usage: 'primitives',
    describe: 'Say what the primitives do and take of a data plane',
    load: async () => (await import('./commands/primitives-command.js')).primitivesCommand,
  },
  {
    usage: 'dataplane [dataplane]',
    describe: 'Report the chip resources that a data plane uses',
    load: async () => (await import('./commands/dataplane-command.js')).dataplaneCommand,
  },
  {
    usage: 'p4',
    describe: 'Generate the P4 source of a data plane',
    load: async () => (await import('./commands/p4-command.js')).p4Command,
  },
  {
    usage: 'serve',
    describe: 'Run an emulated switch behind BF Runtime',
    load: async () => (await import('./commands/serve-command.js')).serveCommand,
  },
  {
    usage: 'cases',
    describe: 'Add cases to a running program, or remove them',
    commands: [
      {
        usage: 'add <file>',
        describe: 'Add cases, and report which entries change',
        load: async () => (await import('./commands/cases-command.js')).addCasesCommand,
      },
      {
        usage: 'remove <file>',
        describe: 'Remove cases, and report which entries change',
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

/** yargs takes `help` for --help where it is the last word without a dash, before it looks for commands. */
const askingForHelp = (words: readonly string[]): readonly string[] =>
  words[0] === 'help' ? ['help', '', ...words.slice(1)] : words;

/** Runs a command line without its first word, and returns the exit status. */
export const p4runpro = (words: readonly string[]): Promise<number> => runProgram(PROGRAM, askingForHelp(words));
