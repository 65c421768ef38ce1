/** The `bench` command: the harness. */
import yargs, { type Argv } from 'yargs';
import { parseCommand } from '../../hw-driver/cli/kit/unknown-command.js';
import { EXIT, rejectCommandLine, requireOnce } from '../../hw-driver/index.js';
import { packageVersion } from '../../traces/system/package-root.js';
import { capacity, capacityOptions } from './commands/capacity-command.js';
import { caseStudy, caseStudyOptions } from './commands/case-study-command.js';
import { compare, compareOptions } from './commands/compare-command.js';
import { conform, conformOptions } from './commands/conform-command.js';
import { goldens, goldensOptions } from './commands/goldens-command.js';
import { micro, microOptions } from './commands/micro-command.js';
import { replayCommand, replayOptions } from './commands/replay-command.js';
import { reproduce, reproduceOptions } from './commands/reproduce-command.js';
import { run, runOptions } from './commands/run-command.js';
import { timing, timingCommandOptions } from './commands/timing-command.js';
import { generateOptions, infoOptions, traceGenerate, traceInfo } from './commands/trace-command.js';
import { verify, verifyOptions } from './commands/verify-command.js';

/** Options and positionals that are lists; `run` takes several captures, `replay` one. */
const listsOf = ({ _: [command] }: { readonly _: readonly (string | number)[] }): string[] =>
  command === 'replay'
    ? ['programs', 'trace-packet', 'tracePacket']
    : [
        'dirs',
        'names',
        'keys',
        'studies',
        'experiments',
        'allocators',
        'trace',
        'trace-packet',
        'tracePacket',
        'workloads',
        'sizes',
        'source',
      ];

type Command = () => number | Promise<number>;

/** Runs a command line without its first word, and returns the exit status. */
export async function bench(words: readonly string[]): Promise<number> {
  // Run when the line has been read: yargs would write its help for what takes time, in case it fails.
  let command: Command = () => EXIT.done;
  const parser = (line: readonly string[]): Argv =>
    commandLine(line, (chosen) => {
      command = chosen;
    });
  await parseCommand(words, parser, 'bench', { first: [], second: { trace: ['generate', 'info'] } });
  return command();
}

/** @param choose takes what was asked for */
function commandLine(words: readonly string[], choose: (command: Command) => void): Argv {
  return (
    yargs([...words])
      .scriptName('bench')
      .usage('$0 COMMAND\n\nRuns P4runpro programs in an emulated switch and measures.')
      .command('run', 'Deploy programs, run packets through them', runOptions, (args) => {
        choose(() => run(args));
      })
      .command('capacity', 'How many programs a switch holds', capacityOptions, (args) => {
        choose(() => capacity(args));
      })
      .command('timing', 'What recirculation costs in throughput and latency', timingCommandOptions, (args) => {
        choose(() => timing(args));
      })
      .command('conform [dirs..]', 'Compare with independent implementations', conformOptions, (args) => {
        choose(() => conform(args));
      })
      .command('verify [keys..]', 'Compare the fifteen programs with plain implementations', verifyOptions, (args) => {
        choose(() => verify(args));
      })
      .command('case-study [studies..]', "The case studies of the paper's figure 13", caseStudyOptions, (args) => {
        choose(() => caseStudy(args));
      })
      .command('reproduce <experiments..>', "The paper's tables and figures", reproduceOptions, (args) => {
        choose(() => reproduce(args));
      })
      .command('replay <programs..>', 'Hold a capture through programs against a golden', replayOptions, (args) => {
        choose(() => replayCommand(args));
      })
      .command('goldens [names..]', 'Replay the goldens of the fifteen programs', goldensOptions, (args) => {
        choose(() => goldens(args));
      })
      .command('trace', 'Make and describe captures', (trace) =>
        trace
          .command('generate <file>', 'Write seeded traffic for a workload', generateOptions, (args) => {
            choose(() => traceGenerate(args));
          })
          .command('info <file>', 'Say what a capture holds', infoOptions, (args) => {
            choose(() => traceInfo(args));
          })
          .demandCommand(1, 1, 'generate or info? See bench trace --help'),
      )
      .command('compare <before> <after>', 'What differs between two runs', compareOptions, (args) => {
        choose(() => compare(args));
      })
      .command('micro', 'Microbenchmarks of the hot paths', microOptions, (args) => {
        choose(() => micro(args));
      })
      .demandCommand(1, 1, 'which command? See bench --help')
      .strict()
      .check((args) => requireOnce(args, listsOf(args)))
      .version(packageVersion)
      // The status is returned: a process may run several command lines.
      .exitProcess(false)
      .fail(rejectCommandLine)
  );
}
