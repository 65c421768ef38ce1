/** Beyond the paper: the number of blocks of a stage of ActiveRMT, which all have one size. */
import { counted } from '../../../../compiler/data-plane/counting.js';
import { must } from '../../../../compiler/data-plane/must.js';
import { barPanels } from '../../../figures/panels.js';
import { distribution } from '../../../measure/statistics/statistics.js';
import { BOOKS, type BooksKind } from '../../../peers/activermt/activermt.js';
import { PEER_WORKLOADS, type PeerFillResult, type PeerWorkload } from '../cells/peer-fill.js';
import { type Comparison, type Experiment, peerNumber, type Results, type Setting } from '../experiment.js';
import { PAPER } from '../paper-setting.js';
import {
  ASSUMED,
  BOOK_NAMES,
  DELAY_ARRIVALS,
  DELAY_REPEATS,
  FAIRNESS,
  GRANULARITIES,
  peerDelays,
  peerFills,
} from '../peer-setting.js';
import { fromRepeats, meanOf, timedValue, type Value } from '../value.js';

/** Workloads whose delays are measured: all elastic, and mixed. */
const TIMED = ['cache', 'mixed'] as const satisfies readonly PeerWorkload[];
type TimedWorkload = (typeof TIMED)[number];

const fillsOf = (workload: PeerWorkload, blocks: number, setting: Setting) =>
  peerFills(workload, { blocks, mutation: 'lc' }, setting);

export const peersGranularity: Experiment = {
  id: 'peers-granularity',
  title: 'ActiveRMT: the number of blocks of a stage',
  isExtra: true,
  about:
    `ActiveRMT with ${GRANULARITIES.join(', ')} blocks a stage, least constrained mutants, worst fit, until the first ` +
    'refusal. Time: to choose and place a mutant, without its enumeration, with the block matrix of the published ' +
    'controller and with intervals, as a ratio to the fewest blocks in this run.',
  columns: { peer: 'ActiveRMT, reimplemented' },
  cells: (setting) => [
    ...GRANULARITIES.flatMap((blocks) => PEER_WORKLOADS.flatMap((workload) => fillsOf(workload, blocks, setting))),
    ...TIMED.flatMap((workload) =>
      BOOKS.flatMap((books) => GRANULARITIES.flatMap((blocks) => peerDelays(workload, { blocks, books }, setting))),
    ),
  ],
  findings(results, setting) {
    const filled = PEER_WORKLOADS.flatMap((workload) =>
      GRANULARITIES.map((blocks) => ({
        workload,
        blocks,
        of: fillsOf(workload, blocks, setting).map((cell) => results(cell)),
      })),
    );
    const timed = TIMED.flatMap((workload) => BOOKS.flatMap((books) => ratiosOf(workload, books, results, setting)));
    return {
      comparisons: [...filled.flatMap(fillRows), ...timed.map(timeRow)],
      series: [
        {
          name: 'peers-granularity',
          rows: filled.flatMap(({ workload, blocks, of }) =>
            of.map(({ refusal, after }, repeat) => ({
              workload,
              blocks,
              repeat,
              programs_at_refusal: refusal.programs,
              memory_at_refusal: refusal.memory,
              programs_after_arrivals: after.programs,
              reallocations_after_arrivals: after.reallocations,
              fairness_after_arrivals: after.fairness,
            })),
          ),
        },
        {
          name: 'peers-granularity-time',
          rows: timed.map(({ value, ...rest }) => ({ ...rest, ratio: value.mean })),
        },
      ],
      figures: [
        {
          name: 'peers-granularity',
          caption: 'Programs at the first refusal, by blocks of a stage',
          draw: (layout) =>
            barPanels({
              layout,
              bars: filled.map(({ workload, blocks, of }) => {
                const { mean: value, least, greatest } = fromRepeats(of.map(({ refusal }) => refusal.programs));
                return { panel: workload, group: String(blocks), series: 'ActiveRMT, lc', value, least, greatest };
              }),
              x: 'blocks of a stage',
              y: 'programs',
              columns: 2,
              hasOwnScales: true,
            }),
        },
      ],
      notes: [
        `Memories of ${PAPER.memoryBytes.toLocaleString('en-US')} B take two blocks at each of these numbers, as one block would be elastic: with ` +
          'fewer blocks they take more words.',
        `Time: ${DELAY_ARRIVALS[setting.scale]} arrivals, ${counted(DELAY_REPEATS[setting.scale], 'repeat')}.`,
        FAIRNESS,
        ASSUMED,
      ],
    };
  },
};

interface Filled {
  readonly workload: PeerWorkload;
  readonly blocks: number;
  readonly of: readonly PeerFillResult[];
}

function fillRows({ workload, blocks, of }: Filled): Comparison[] {
  const name = `${workload}, ${blocks} blocks`;
  const value = (figure: (result: PeerFillResult) => number): Value => fromRepeats(of.map(figure));
  return [
    peerNumber(
      `${name}: programs at the first refusal`,
      'programs',
      value(({ refusal }) => refusal.programs),
    ),
    peerNumber(
      `${name}: memory in use at the first refusal`,
      'share',
      value(({ refusal }) => refusal.memory),
    ),
    peerNumber(
      `${name}: reallocations of an arrival, ${PAPER.arrivals} arrivals`,
      'program-stage pairs',
      value(({ after }) => after.reallocations),
    ),
  ];
}

interface Ratio {
  readonly workload: PeerWorkload;
  readonly books: BooksKind;
  readonly blocks: number;
  readonly value: Value;
}

/** Median time of an arrival by number of blocks, as a ratio to the time with the fewest blocks. */
function ratiosOf(workload: TimedWorkload, books: BooksKind, results: Results, setting: Setting): Ratio[] {
  const medians = GRANULARITIES.map((blocks) =>
    peerDelays(workload, { blocks, books }, setting).map((cell) => distribution(results(cell).choiceUs).p50),
  );
  const base = meanOf(must(medians[0], 'times with the fewest blocks'));
  return GRANULARITIES.map((blocks, i) => {
    const times = must(medians[i], `times with ${blocks} blocks`);
    return { workload, books, blocks, value: timedValue(times.map((us) => us / base)) };
  });
}

const timeRow = ({ workload, books, blocks, value }: Ratio): Comparison =>
  peerNumber(
    `${workload}, ${blocks} blocks, ${BOOK_NAMES[books]}: time of an arrival to that with ${GRANULARITIES[0]}`,
    'ratio',
    value,
  );
