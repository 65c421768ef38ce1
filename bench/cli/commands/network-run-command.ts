/** `bench network run`: a network of switches, hosts and links in virtual time. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Argv } from 'yargs';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { writeResult } from '../../../hw-driver/cli/kit/program-documents.js';
import { requireSeparateFiles } from '../../../hw-driver/cli/kit/separate-files.js';
import { EXIT, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { readNetwork } from '../../../hw-driver/network/index.js';
import { renderFigure } from '../../figures/figure.js';
import { captureFiles, writeLinkCapture } from '../../network/link-captures.js';
import { memoriesText } from '../../network/memories-text.js';
import { summariseNetwork } from '../../network/network-summary.js';
import { planNetwork } from '../../network/plan-network.js';
import { type NetworkResult, runNetwork } from '../../network/run-network.js';
import { topologyFigure } from '../../network/topology-figure.js';
import { followedReport, networkReport, waitingNote } from '../report/network-report.js';
import { networkTables } from '../report/network-tables.js';
import { ResultFolder } from '../report/result-folder.js';
import { LongWork } from './long-work.js';
import { capturedLinks, followedPackets } from './network-options.js';
import { ENGINE_OPTION } from './shared-options.js';

const MAX_WORKERS = 64;
const DEFAULT_INTERVAL_US = '100';
const MAX_INTERVAL_US = 1e9;
/** Columns of a report that no terminal shows. */
const WIDTH = 100;

const networkRunOptions = (yargs: Argv) =>
  yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'Network file (docs/network.schema.json)' })
    .option('out', {
      type: 'string',
      default: 'results/network',
      describe: 'Folder for summary.json, the CSV files, topology.svg and captures',
    })
    .option('workers', {
      type: 'string',
      default: '1',
      describe:
        'Number of threads; results do not depend on it. Worth while for long delays between switches, and many packets',
    })
    .option('interval', {
      type: 'string',
      default: DEFAULT_INTERVAL_US,
      describe: 'Interval of the CSV files, in µs of virtual time',
    })
    .option('follow', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe: 'Packet to follow through all nodes: HOST:N, the first is 1; or N of each host (repeatable)',
    })
    .option('capture', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe:
        'Link whose packets are written to NAME.pcapng, or all (repeatable); in file names, other characters than ' +
        'letters, digits, . and - are _',
    })
    .option('memory-out', {
      type: 'string',
      describe: 'JSON file for the memories of the programs of each switch after the last packet',
    })
    .options(ENGINE_OPTION)
    .option('json', { type: 'boolean', default: false, describe: 'Print summary.json instead of the summary' })
    .epilogue(
      'Captures have each packet when its first bit is put on the link, also those that the link loses, and an interface ' +
        'for each direction. They are kept in memory until the end of the run.',
    )
    .example('$0 network run rack.json --follow client1:1', 'A network, and the way of the first packet of client1');

type NetworkRunArguments = ArgumentsOf<typeof networkRunOptions>;

async function run(args: NetworkRunArguments): Promise<number> {
  const read = readNetwork(args.file);
  requireSeparateFiles({ '--memory-out': args.memoryOut }, [args.file]);
  const workers = wholeNumber('--workers', args.workers, 1, MAX_WORKERS);
  const captured = capturedLinks(read.file, args.capture);
  const plan = await planNetwork(read, {
    engine: args.engine,
    intervalNs: 1000 * wholeNumber('--interval', args.interval, 1, MAX_INTERVAL_US),
    captured,
    followed: followedPackets(read.file, args.follow),
  });
  return ResultFolder.during(args.out, async (folder) => {
    const work = new LongWork(args.json);
    let result: NetworkResult | undefined;
    let cpuSeconds = 0;
    await work.during(async (signal) => {
      const before = process.cpuUsage();
      result = await runNetwork(plan, {
        workers,
        clock: () => performance.now(),
        signal,
        onProgress: (share, events) =>
          work.show(`${Math.floor(100 * share)} % of the virtual time, ${events.toLocaleString('en-US')} events`),
      });
      const { user, system } = process.cpuUsage(before);
      cpuSeconds = (user + system) / 1e6;
    });
    if (result === undefined) throw new UsageError('the network did not run');
    await write(folder, result, captured);
    if (args.memoryOut !== undefined) writeResult(args.memoryOut, memoriesText(result));
    return report(args, result, cpuSeconds);
  });
}

export const networkRunCommand = command(networkRunOptions, run);

async function write(folder: ResultFolder, result: NetworkResult, captured: readonly number[]): Promise<void> {
  folder.write('summary.json', `${JSON.stringify(summariseNetwork(result), null, 2)}\n`);
  for (const [name, text] of networkTables(result)) folder.write(name, text);
  folder.write('topology.svg', await renderFigure(topologyFigure(result)));
  if (result.notes.length > 0) folder.write('followed.txt', followedReport(result));
  for (const [link, file] of captureFiles(result.plan.links, captured)) {
    writeLinkCapture(result, link, join(folder.path, file));
  }
}

function report(args: NetworkRunArguments, result: NetworkResult, cpuSeconds: number): number {
  const note = waitingNote(result);
  for (const warning of [...result.warnings, ...(note === undefined ? [] : [note])]) {
    process.stderr.write(`${warning}\n`);
  }
  if (args.json) process.stdout.write(`${JSON.stringify(summariseNetwork(result), null, 2)}\n`);
  else {
    process.stdout.write(networkReport(result, process.stdout.columns ?? WIDTH, cpuSeconds));
    if (args.follow.length > 0) process.stdout.write(`\n${followedReport(result)}`);
  }
  return result.interrupted ? EXIT.interrupted : EXIT.done;
}
