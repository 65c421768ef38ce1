/** `bench timing`: throughput and latency for each number of recirculations. */

import type { Argv } from 'yargs';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { DATA_PLANE_OPTION, JSON_OPTION, recirculationsFrom } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, loadDataPlane, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { timedSwitchOptions } from '../../../sim/index.js';
import { type LossFreeOptions, type LossFreeRow, lossFreeRates } from '../../measure/timing/loss-free-rate.js';
import { type PublishedRecirculation, publishedRecirculation } from '../../measure/timing/published-recirculation.js';
import {
  AGREES_WITHIN,
  recirculationCsv,
  recirculationHeader,
  recirculationLine,
  verdict,
} from '../report/recirculation-report.js';
import { ResultFolder } from '../report/result-folder.js';
import { LongWork } from './long-work.js';
import { ENGINE_OPTION } from './shared-options.js';
import { bitsPerSecond, LINE_RATE_OPTIONS } from './timing-options.js';

const PUBLISHED_SIZES = ['128', '256', '512', '1500'];
const PUBLISHED_RECIRCULATIONS = '6';
const SHORTEST_PACKET = 64;
const LONGEST_PACKET = 9216;

const timingCommandOptions = (yargs: Argv) =>
  yargs
    .option('sizes', {
      type: 'string',
      array: true,
      describe: 'Packet sizes in bytes, with frame check sequence',
      defaultDescription: PUBLISHED_SIZES.join(' '),
    })
    .option('recirculations', {
      type: 'string',
      default: PUBLISHED_RECIRCULATIONS,
      describe: 'Maximum recirculations; each number from 0 up to it is measured',
    })
    .options(LINE_RATE_OPTIONS)
    .option('tolerance', { type: 'string', default: '0.2', describe: 'Tolerance of the measured rate in per cent' })
    .options(ENGINE_OPTION)
    .options(DATA_PLANE_OPTION)
    .option('out', { type: 'string', default: 'results/timing', describe: 'Folder for recirculation.csv' })
    .options(JSON_OPTION)
    .example('$0 timing --sizes 128 --recirculations 2', 'Loss-free rate and latency of short packets')
    .example('$0 timing --recirculation-rate 150', 'A recirculation port of 150 Gbit/s');

type TimingCommandArguments = ArgumentsOf<typeof timingCommandOptions>;

async function timing(args: TimingCommandArguments): Promise<number> {
  const options = optionsOf(args);
  const published = publishedRecirculation();
  const publishedFor = (row: LossFreeRow): PublishedRecirculation | undefined =>
    published.find((each) => each.packetBytes === row.packetBytes && each.recirculations === row.recirculations);
  return ResultFolder.during(args.out, async (folder) => {
    const rows: LossFreeRow[] = [];
    const work = new LongWork(args.json);
    const onProgress = (done: number, all: number): void => work.show(`${done} of ${all} rates found`);
    const aborted = await work.during(async (signal) => {
      work.say([recirculationHeader()]);
      for await (const row of lossFreeRates({ ...options, signal, onProgress })) {
        rows.push(row);
        work.say([recirculationLine(row, publishedFor(row), rows[0] ?? row)]);
      }
    });
    folder.write('recirculation.csv', recirculationCsv(rows, publishedFor));
    if (args.json) {
      process.stdout.write(`${JSON.stringify({ schema: 'p4runpro-bench/timing@1', rows }, null, 2)}\n`);
    }
    const compared = rows.map((row) => verdict(row, publishedFor(row))).filter((text) => text !== '');
    const agreeing = compared.filter((text) => text === 'agrees').length;
    if (compared.length > 0) {
      work.say([
        '',
        `${agreeing} of ${compared.length} throughputs within ${AGREES_WITHIN * 100} % of the published ones`,
      ]);
    }
    work.say([`results in ${args.out}: recirculation.csv`]);
    if (aborted) process.stderr.write(`bench: interrupted; the finished rows are in ${args.out}\n`);
    return aborted ? EXIT.interrupted : EXIT.done;
  });
}

export const timingCommand = command(timingCommandOptions, timing);

function optionsOf(args: TimingCommandArguments): Omit<LossFreeOptions, 'signal' | 'onProgress'> {
  const dataPlane = loadDataPlane(args.dataplane);
  const own = timedSwitchOptions(dataPlane);
  const recirculations = recirculationsFrom(args.recirculations, dataPlane);
  const percent = /^\d+(\.\d+)?$/.test(args.tolerance) ? Number(args.tolerance) : Number.NaN;
  if (!(percent >= 0.01 && percent <= 50)) {
    throw new UsageError(`--tolerance takes a number of per cent from 0.01 to 50, not '${args.tolerance}'`);
  }
  return {
    dataPlane,
    engine: args.engine,
    switch: {
      ...own,
      portBitsPerSecond: bitsPerSecond('--port-rate', args.portRate) ?? own.portBitsPerSecond,
      recirculationBitsPerSecond:
        bitsPerSecond('--recirculation-rate', args.recirculationRate) ?? own.recirculationBitsPerSecond,
    },
    packetBytes: (args.sizes ?? PUBLISHED_SIZES).map((size) =>
      wholeNumber('--sizes', size, SHORTEST_PACKET, LONGEST_PACKET),
    ),
    recirculations: Array.from({ length: recirculations + 1 }, (_, count) => count),
    tolerance: percent / 100,
  };
}
