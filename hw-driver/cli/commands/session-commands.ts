/** The commands that work on a switch, for the command line and for the shell. */
import type { CommandRow } from '../kit/command.js';
import type { SessionCommand } from './session-command.js';

export const SESSION_COMMANDS: readonly CommandRow<SessionCommand>[] = [
  {
    usage: 'deploy <files..>',
    describe: 'Install programs',
    load: async () => (await import('./deploy-command.js')).deployCommand,
  },
  {
    usage: 'revoke <programs..>',
    describe: 'Remove programs and reset their memory',
    load: async () => (await import('./deploy-command.js')).revokeCommand,
  },
  {
    usage: 'replace <file>',
    describe: 'Replace a program by another version of it, under traffic',
    load: async () => (await import('./deploy-command.js')).replaceCommand,
  },
  {
    usage: 'change <file>',
    describe: 'Change the cases of a running program, entry by entry, under traffic',
    load: async () => (await import('./deploy-command.js')).changeCommand,
  },
  {
    usage: 'show [part] [program]',
    describe: 'Show programs, entries, memory, utilisation, or drift (differences from the journal)',
    load: async () => (await import('./show-command.js')).showCommand,
  },
  {
    usage: 'memory <verb> <program> <memory> [values..]',
    describe: 'Read, write or reset the memory of a program',
    load: async () => (await import('./memory-command.js')).memoryCommand,
  },
  {
    usage: 'group <verb> [group] [ports..]',
    describe: 'Add, remove or show multicast groups',
    load: async () => (await import('./group-command.js')).groupCommand,
  },
  {
    usage: 'watch <program> [memories..]',
    describe: 'Print changes of the memory of a program as they occur',
    load: async () => (await import('./memory-command.js')).watchCommand,
  },
  {
    usage: 'repair',
    describe: 'Make the entries of the switch those of the journal: insert missing ones, delete foreign ones',
    load: async () => (await import('./repair-command.js')).repairCommand,
  },
  {
    usage: 'forget [programs..]',
    describe: 'Drop programs that the switch has lost from the journal',
    load: async () => (await import('./repair-command.js')).forgetCommand,
  },
];
