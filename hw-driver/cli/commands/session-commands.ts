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
    describe: 'Remove programs; their memory is reset',
    load: async () => (await import('./deploy-command.js')).revokeCommand,
  },
  {
    usage: 'replace <file>',
    describe: 'Put another version into the place of a program, under traffic',
    load: async () => (await import('./deploy-command.js')).replaceCommand,
  },
  {
    usage: 'change <file>',
    describe: 'Give a program other cases, entry by entry, under traffic; all else of it stays',
    load: async () => (await import('./deploy-command.js')).changeCommand,
  },
  {
    usage: 'show [part] [program]',
    describe: 'Programs, entries, memory, utilisation, or drift: what differs from the journal',
    load: async () => (await import('./show-command.js')).showCommand,
  },
  {
    usage: 'memory <verb> <program> <memory> [values..]',
    describe: 'Read, write or reset the memory of a program',
    load: async () => (await import('./memory-command.js')).memoryCommand,
  },
  {
    usage: 'watch <program> [memories..]',
    describe: 'Say which words of its memory change',
    load: async () => (await import('./memory-command.js')).watchCommand,
  },
  {
    usage: 'repair',
    describe: 'Make the switch what the journal says: missing entries come back, foreign ones go',
    load: async () => (await import('./repair-command.js')).repairCommand,
  },
  {
    usage: 'forget [programs..]',
    describe: 'Drop programs from the journal that the switch has lost',
    load: async () => (await import('./repair-command.js')).forgetCommand,
  },
];
