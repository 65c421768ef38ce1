/** The `bench` command: the harness. */
import type { CommandRow, Program } from '../../hw-driver/cli/kit/command.js';
import { runProgram } from '../../hw-driver/cli/kit/run-program.js';
import { packageVersion } from '../../traces/system/package-root.js';

const COMMANDS: readonly CommandRow[] = [
  {
    usage: 'run',
    describe: 'Deploy programs, run packets through them',
    load: async () => (await import('./commands/run-command.js')).runCommand,
  },
  {
    usage: 'capacity',
    describe: 'How many programs a switch holds',
    load: async () => (await import('./commands/capacity-command.js')).capacityCommand,
  },
  {
    usage: 'timing',
    describe: 'What recirculation costs in throughput and latency',
    load: async () => (await import('./commands/timing-command.js')).timingCommand,
  },
  {
    usage: 'conform [dirs..]',
    describe: 'Compare with independent implementations',
    load: async () => (await import('./commands/conform-command.js')).conformCommand,
  },
  {
    usage: 'verify [keys..]',
    describe: 'Compare the fifteen programs with plain implementations',
    load: async () => (await import('./commands/verify-command.js')).verifyCommand,
  },
  {
    usage: 'case-study [studies..]',
    describe: "The case studies of the paper's figure 13",
    load: async () => (await import('./commands/case-study-command.js')).caseStudyCommand,
  },
  {
    usage: 'reproduce <experiments..>',
    describe: "The paper's tables and figures",
    load: async () => (await import('./commands/reproduce-command.js')).reproduceCommand,
  },
  {
    usage: 'replay <programs..>',
    describe: 'Hold a capture through programs against a golden',
    load: async () => (await import('./commands/replay-command.js')).replayCommand,
  },
  {
    usage: 'goldens [names..]',
    describe: 'Replay the goldens of the fifteen programs',
    load: async () => (await import('./commands/goldens-command.js')).goldensCommand,
  },
  {
    usage: 'trace',
    describe: 'Make and describe captures',
    commands: [
      {
        usage: 'generate <file>',
        describe: 'Write seeded traffic for a workload',
        load: async () => (await import('./commands/trace-command.js')).traceGenerateCommand,
      },
      {
        usage: 'info <file>',
        describe: 'Say what a capture holds',
        load: async () => (await import('./commands/trace-command.js')).traceInfoCommand,
      },
    ],
  },
  {
    usage: 'compare <before> <after>',
    describe: 'What differs between two runs',
    load: async () => (await import('./commands/compare-command.js')).compareCommand,
  },
  {
    usage: 'micro',
    describe: 'Microbenchmarks of the hot paths',
    load: async () => (await import('./commands/micro-command.js')).microCommand,
  },
];

const PROGRAM: Program = {
  name: 'bench',
  summary: '$0 COMMAND\n\nRuns P4runpro programs in an emulated switch and measures.',
  commands: COMMANDS,
  epilogue:
    'Is it right? Five commands ask, each of something else: conform, whether the emulator agrees with independent ' +
    'implementations; p4runpro check --verify, whether the entries of a program do what its text means; verify, whether ' +
    'the fifteen programs compute what they are for; replay, whether a program still does what a golden says; goldens, ' +
    'the same for the goldens of the fifteen programs.',
  version: packageVersion,
};

/** Runs a command line without its first word, and returns the exit status. */
export const bench = (words: readonly string[]): Promise<number> => runProgram(PROGRAM, words);
