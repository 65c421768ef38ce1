/** The `bench` command: the harness. */
import yargs from 'yargs';
import { EXIT, rejectCommandLine, requireOnce } from '../hw-driver/index.js';
import { packageVersion } from '../hw-driver/package-root.js';
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

/** Runs a command line without its first word, and returns the exit status. */
export async function bench(words: readonly string[]): Promise<number> {
  // Run when the line has been read: yargs would write its help for what takes time, in case it fails.
  let command = (): number | Promise<number> => EXIT.done;
  await yargs([...words])
    .scriptName('bench')
    .usage('$0 COMMAND\n\nRuns P4runpro programs in an emulated switch and measures.')
    .command('run', 'Deploy programs, run packets through them', runOptions, (args) => {
      command = () => run(args);
    })
    .command('capacity', 'How many programs a switch holds', capacityOptions, (args) => {
      command = () => capacity(args);
    })
    .command('timing', 'What recirculation costs in throughput and latency', timingCommandOptions, (args) => {
      command = () => timing(args);
    })
    .command('conform [dirs..]', 'Compare with independent implementations', conformOptions, (args) => {
      command = () => conform(args);
    })
    .command('verify [keys..]', 'Compare the fifteen programs with plain implementations', verifyOptions, (args) => {
      command = () => verify(args);
    })
    .command('case-study [studies..]', "The case studies of the paper's figure 13", caseStudyOptions, (args) => {
      command = () => caseStudy(args);
    })
    .command('reproduce <experiments..>', "The paper's tables and figures", reproduceOptions, (args) => {
      command = () => reproduce(args);
    })
    .command('replay <programs..>', 'Hold a capture through programs against a golden', replayOptions, (args) => {
      command = () => replayCommand(args);
    })
    .command('goldens [names..]', 'Replay the goldens of the fifteen programs', goldensOptions, (args) => {
      command = () => goldens(args);
    })
    .command('trace', 'Make and describe captures', (trace) =>
      trace
        .command('generate <file>', 'Write seeded traffic for a workload', generateOptions, (args) => {
          command = () => traceGenerate(args);
        })
        .command('info <file>', 'Say what a capture holds', infoOptions, (args) => {
          command = () => traceInfo(args);
        })
        .demandCommand(1, 1, 'generate or info? See bench trace --help'),
    )
    .command('compare <before> <after>', 'What differs between two runs', compareOptions, (args) => {
      command = () => compare(args);
    })
    .command('micro', 'Microbenchmarks of the hot paths', microOptions, (args) => {
      command = () => micro(args);
    })
    .demandCommand(1, 1, 'which command? See bench --help')
    .strict()
    .check((args) => requireOnce(args, listsOf(args)))
    .version(packageVersion)
    // The status is returned: a process may run several command lines.
    .exitProcess(false)
    .fail(rejectCommandLine)
    .parseAsync();
  return command();
}
