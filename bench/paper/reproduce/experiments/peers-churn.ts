/** Beyond the paper: what arrivals at ActiveRMT do to the programs that run, while programs come and go. */
import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import { FITS, type Fit } from '../../../peers/activermt/mutant-choice.js';
import type { PeerChurnCell, PeerChurnResult, PeerEpoch } from '../cells/peer-churn.js';
import type { PeerWorkload } from '../cells/peer-fill.js';
import { type Comparison, type Experiment, peerNumber, type Results, type Setting } from '../experiment.js';
import { PAPER, seedsOf } from '../paper-setting.js';
import { ASSUMED, DEFAULT_BLOCKS } from '../peer-setting.js';
import { fromRepeats, meanOf } from '../value.js';

const WORKLOADS = ['cache', 'mixed'] as const satisfies readonly PeerWorkload[];
/** As ActiveRMT's own evaluation: two programs in and one out in the mean. */
const EPOCHS = { full: 100, quick: 40 };
const REPEATS = { full: 10, quick: 3 };

const cellsOf = (workload: (typeof WORKLOADS)[number], fit: Fit, setting: Setting): PeerChurnCell[] =>
  seedsOf(setting, REPEATS.full, REPEATS.quick).map((seed) => ({
    kind: 'peer-churn',
    workload,
    memoryBytes: PAPER.memoryBytes,
    blocks: DEFAULT_BLOCKS,
    mutation: 'lc',
    fit,
    epochs: EPOCHS[setting.scale],
    arrivalsPerEpoch: 2,
    departuresPerEpoch: 1,
    seed,
  }));

interface Run {
  readonly workload: string;
  readonly fit: Fit;
  readonly of: readonly PeerChurnResult[];
}

const runsOf = (results: Results, setting: Setting): Run[] =>
  WORKLOADS.flatMap((workload) =>
    FITS.map((fit) => ({ workload, fit, of: cellsOf(workload, fit, setting).map((cell) => results(cell)) })),
  );

export const peersChurn: Experiment = {
  id: 'peers-churn',
  title: 'Programs that ActiveRMT reallocates',
  isExtra: true,
  about:
    `Programs come and go at ActiveRMT (${DEFAULT_BLOCKS} blocks a stage, least constrained mutants): two arrivals and one ` +
    'departure an epoch in the mean, Poisson distributed. A reallocated program is paused while its clients save and restore ' +
    'its memory. Fairness is Jain’s index of the blocks of elastic programs.',
  columns: { peer: 'ActiveRMT, reimplemented' },
  cells: (setting) => WORKLOADS.flatMap((workload) => FITS.flatMap((fit) => cellsOf(workload, fit, setting))),
  findings(results, setting) {
    const runs = runsOf(results, setting);
    return {
      comparisons: runs.flatMap(comparisonsOf),
      series: [
        {
          name: 'peers-churn',
          rows: runs.flatMap(({ workload, fit, of }) =>
            of.flatMap(({ epochs }, repeat) =>
              epochs.map((epoch, i) => ({ workload, fit, repeat, epoch: i + 1, ...epoch })),
            ),
          ),
        },
      ],
      figures: [
        {
          name: 'peers-churn',
          caption: 'Programs that an arrival reallocates, mean of ten epochs and of all repeats, by fit',
          draw: (layout) =>
            linePanels({
              layout,
              points: runs.flatMap(curveOf),
              x: 'epoch',
              y: 'programs',
              columns: 2,
              hasOwnScales: true,
            }),
        },
      ],
      notes: [
        'P4runpro and FlyMon never move or shrink the memory of a running program: this price is the other side of elastic ' +
          'memory, which fills the switch.',
        ASSUMED,
      ],
    };
  },
};

const sumOf = (epochs: readonly PeerEpoch[], figure: (epoch: PeerEpoch) => number): number =>
  epochs.reduce((sum, epoch) => sum + figure(epoch), 0);

/** Programs that an admitted arrival reallocates in the mean. */
const movedPerArrival = (epochs: readonly PeerEpoch[]): number =>
  sumOf(epochs, ({ movedPrograms }) => movedPrograms) /
  Math.max(
    1,
    sumOf(epochs, ({ admitted }) => admitted),
  );

function comparisonsOf({ workload, fit, of }: Run): Comparison[] {
  const row = (text: string, unit: string, figure: (result: PeerChurnResult) => number): Comparison =>
    peerNumber(`${workload}, ${fit}: ${text}`, unit, fromRepeats(of.map(figure)));
  const lateHalf = ({ epochs }: PeerChurnResult): readonly PeerEpoch[] => epochs.slice(epochs.length >> 1);
  return [
    row('reallocated programs of an arrival', 'programs', ({ epochs }) => movedPerArrival(epochs)),
    row('reallocated programs of an arrival, second half', 'programs', (result) => movedPerArrival(lateHalf(result))),
    row('memory in use, second half', 'share', (result) => meanOf(lateHalf(result).map(({ memory }) => memory))),
    row('fairness, second half', 'index', (result) =>
      meanOf(lateHalf(result).flatMap(({ fairness }) => (fairness === null ? [] : [fairness]))),
    ),
  ];
}

const SEGMENT = 10;

function curveOf({ workload, fit, of }: Run): PanelPoint[] {
  const length = Math.min(...of.map(({ epochs }) => epochs.length));
  return Array.from({ length: Math.floor(length / SEGMENT) }, (_, i) => ({
    panel: workload,
    series: fit,
    x: (i + 1) * SEGMENT,
    y: meanOf(of.map(({ epochs }) => movedPerArrival(epochs.slice(i * SEGMENT, (i + 1) * SEGMENT)))),
  }));
}
