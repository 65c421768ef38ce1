/** `bench worker`: computes cells of a queue until it is stopped. */
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { counted } from '../../../compiler/data-plane/counting.js';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { EXIT, StatusLine, wholeNumber } from '../../../hw-driver/index.js';
import { interruptible } from '../../../traces/system/index.js';
import { packageVersion } from '../../../traces/system/package-root.js';
import { REPRODUCE_KIND, REPRODUCE_WORKER } from '../../paper/reproduce/queued-cell-kind.js';
import { codeFingerprint } from '../../sweep/cell/code-hash.js';
import { CELL_WORKER } from '../../sweep/local/run-sweep.js';
import { runWorker } from '../../sweep/queue/queue-worker.js';
import { SWEEP_KIND } from '../../sweep/queue/run-queued-sweep.js';
import { QUEUE_OPTION, requiredQueue } from './queue-options.js';

const MAX_THREADS = 64;
const MAX_LOCK_SECONDS = 3600;
const MS_PER_SECOND = 1000;

const workerOptions = (yargs: Argv) =>
  yargs
    .options(QUEUE_OPTION)
    .option('workers', {
      type: 'string',
      describe: 'Number of threads, one cell each',
      defaultDescription: 'number of cores',
    })
    .option('lock', {
      type: 'string',
      default: '30',
      describe: 'Seconds after which others take over the cells of a worker that is gone, once or twice this time',
    })
    .option('allow-modules', {
      type: 'boolean',
      default: false,
      describe: 'Also take cells with .js and .mjs modules: code of anybody who can write to the queue then runs here',
    })
    .epilogue(
      'A worker computes cells of its own code only: those of another version are refused, and a line says which. Files of ' +
        'cells travel through the queue up to 32 MiB; larger ones have to lie here under the path that the sweep has. A ' +
        'worker that is stopped or killed leaves its cells to others.',
    )
    .example('$0 worker --queue redis://queue.example:6379/mine', 'Cells on all cores, until Ctrl-C');

type WorkerArguments = ArgumentsOf<typeof workerOptions>;

async function work(args: WorkerArguments): Promise<number> {
  const address = requiredQueue(args, 'a worker');
  const threads = wholeNumber('--workers', args.workers ?? String(availableParallelism()), 1, MAX_THREADS);
  const lockMs = MS_PER_SECOND * wholeNumber('--lock', args.lock, 1, MAX_LOCK_SECONDS);
  const status = new StatusLine();
  await interruptible((signal) =>
    runWorker({
      address,
      threads,
      lockMs,
      takesModules: args.allowModules,
      code: codeFingerprint(),
      version: packageVersion,
      runners: { [SWEEP_KIND]: CELL_WORKER, [REPRODUCE_KIND]: REPRODUCE_WORKER },
      signal,
      onChange: ({ done, doing }) => status.show([`${counted(done, 'cell')} done`, ...doing].join('; ')),
      onNotice: (text) => {
        status.clear();
        process.stderr.write(`bench: ${text}\n`);
      },
    }),
  ).finally(() => status.stop());
  return EXIT.interrupted;
}

/** Ends by a signal only. */
export const workerCommand = command(workerOptions, work);
