/** The `bench` command: the harness. */
import type { CommandRow, Program } from '../../hw-driver/cli/kit/command.js';
import { runProgram } from '../../hw-driver/cli/kit/run-program.js';
import { packageVersion } from '../../traces/system/package-root.js';
import { keepYoungGenerationSmall } from './young-generation.js';

const COMMANDS: readonly CommandRow[] = [
  {
    usage: 'run',
    describe: 'Deploy programs and run packets through them',
    load: async () => {
      keepYoungGenerationSmall();
      return (await import('./commands/run-command.js')).runCommand;
    },
  },
  {
    usage: 'capacity',
    describe: 'Measure the number of programs that a switch holds',
    load: async () => (await import('./commands/capacity-command.js')).capacityCommand,
  },
  {
    usage: 'churn',
    describe: 'Measure a switch on which programs come and go for a long time',
    load: async () => (await import('./commands/churn-command.js')).churnCommand,
  },
  {
    usage: 'allocator',
    describe: 'Check allocators',
    commands: [
      {
        usage: 'check <allocator>',
        describe: 'Compare an allocator with the rules of placement, other allocators and the bounds',
        load: async () => (await import('./commands/allocator-command.js')).allocatorCheckCommand,
      },
    ],
  },
  {
    usage: 'timing',
    describe: 'Measure throughput and latency for each number of recirculations',
    load: async () => (await import('./commands/timing-command.js')).timingCommand,
  },
  {
    usage: 'network',
    describe: 'Run and check networks of switches, hosts and links',
    commands: [
      {
        usage: 'run <file>',
        describe: 'Run a network in virtual time',
        load: async () => {
          keepYoungGenerationSmall();
          return (await import('./commands/network-run-command.js')).networkRunCommand;
        },
      },
      {
        usage: 'check <file>',
        describe: 'Find the mistakes of a network file',
        load: async () => (await import('./commands/network-check-command.js')).networkCheckCommand,
      },
      {
        usage: 'study [studies..]',
        describe: 'Run the networks that ship, each as a table and a figure',
        load: async () => (await import('./commands/network-study-command.js')).networkStudyCommand,
      },
    ],
  },
  {
    usage: 'conform [dirs..]',
    describe: 'Compare the emulator with independent implementations',
    load: async () => (await import('./commands/conform-command.js')).conformCommand,
  },
  {
    usage: 'verify [keys..]',
    describe: 'Compare the programs that ship with plain implementations',
    load: async () => (await import('./commands/verify-command.js')).verifyCommand,
  },
  {
    usage: 'case-study [studies..]',
    describe: "Run the case studies of the paper's figure 13",
    load: async () => (await import('./commands/case-study-command.js')).caseStudyCommand,
  },
  {
    usage: 'reproduce <experiments..>',
    describe: 'Reproduce the tables and figures of the paper',
    load: async () => (await import('./commands/reproduce-command.js')).reproduceCommand,
  },
  {
    usage: 'sweep <file> [id]',
    describe: 'Measure all cells of a grid',
    load: async () => (await import('./commands/sweep-command.js')).sweepCommand,
  },
  {
    usage: 'worker',
    describe: 'Compute cells of sweeps on this machine, from a queue',
    load: async () => (await import('./commands/worker-command.js')).workerCommand,
  },
  {
    usage: 'replay <programs..>',
    describe: 'Run a capture through programs and compare the output with a golden',
    load: async () => (await import('./commands/replay-command.js')).replayCommand,
  },
  {
    usage: 'history <programs..>',
    describe: 'Record a run and ask about any packet, word and moment of it',
    load: async () => (await import('./commands/history-command.js')).historyCommand,
  },
  {
    usage: 'goldens [names..]',
    describe: 'Replay the goldens of the programs that ship',
    load: async () => (await import('./commands/goldens-command.js')).goldensCommand,
  },
  {
    usage: 'trace',
    describe: 'Generate and describe captures',
    commands: [
      {
        usage: 'generate <file>',
        describe: 'Generate traffic for a workload or from traffic sources',
        load: async () => (await import('./commands/trace-command.js')).traceGenerateCommand,
      },
      {
        usage: 'info <file>',
        describe: 'Describe the packets of a capture',
        load: async () => (await import('./commands/trace-command.js')).traceInfoCommand,
      },
    ],
  },
  {
    usage: 'compare <before> <after>',
    describe: 'Compare the results and speeds of two runs',
    load: async () => (await import('./commands/compare-command.js')).compareCommand,
  },
  {
    usage: 'micro',
    describe: 'Time the blocks of the packet path one by one',
    load: async () => (await import('./commands/micro-command.js')).microCommand,
  },
];

const PROGRAM: Program = {
  name: 'bench',
  summary: '$0 COMMAND\n\nRuns P4runpro programs in an emulated switch and measures the switch.',
  commands: COMMANDS,
  epilogue:
    'Five commands verify correctness. conform compares the emulator with independent implementations. p4runpro check ' +
    '--verify compares the entries of a program with the meaning of its text. verify compares the programs that ship with ' +
    'plain implementations. replay compares the output of a program with a golden. goldens does so for those that ' +
    'ship.',
  version: packageVersion,
};

/** Runs a command line without its first word, and returns the exit status. */
export const bench = (words: readonly string[]): Promise<number> => runProgram(PROGRAM, words);
