/** Beyond the paper: how the time of an arrival grows with the programs held, at ActiveRMT and at P4runpro. */
import { counted } from '../../../../compiler/data-plane/counting.js';
import { numberIn, publishedTable, textIn } from '../../../../hw-driver/cli/kit/published-figures.js';
import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import { distribution } from '../../../measure/statistics/statistics.js';
import { BOOKS, type BooksKind } from '../../../peers/activermt/activermt.js';
import type { PeerDelayResult } from '../cells/peer-delay.js';
import { PEER_WORKLOADS, type PeerWorkload } from '../cells/peer-fill.js';
import { delayCurve, growthOf, tenths, WINDOW } from '../delay-curves.js';
import { type Comparison, compare, type Experiment, peerNumber, type Results, type Setting } from '../experiment.js';
import { PAPER } from '../paper-setting.js';
import {
  ASSUMED,
  BOOK_NAMES,
  DEFAULT_BLOCKS,
  DELAY_ARRIVALS,
  DELAY_REPEATS,
  P4RUNPRO,
  P4RUNPRO_COLUMNS,
  peerDelays,
} from '../peer-setting.js';
import { exactly, meanOf, NOT_COMPARED, timedValue, type Value } from '../value.js';
import { delayCells } from './delays.js';

const HOWS = ['model', 'sound'] as const;
const p4runproCells = (how: (typeof HOWS)[number], workload: string, setting: Setting) =>
  delayCells(how, workload, PAPER.memoryBytes, setting);
const peerCells = (books: BooksKind, workload: PeerWorkload, setting: Setting) =>
  peerDelays(workload, { blocks: DEFAULT_BLOCKS, books }, setting);

/** Delays of one workload in order of arrival, by repeat. */
interface Delays {
  readonly workload: PeerWorkload;
  /** Of the authors, every tenth arrival, mean of their repeats. */
  readonly published: readonly number[];
  readonly model: readonly (readonly number[])[];
  readonly sound: readonly (readonly number[])[];
  readonly peers: Readonly<Record<BooksKind, readonly PeerDelayResult[]>>;
}

function delaysOf(workload: PeerWorkload, results: Results, setting: Setting): Delays {
  const of = (how: (typeof HOWS)[number]) =>
    p4runproCells(how, workload, setting).map((cell) => results(cell).delaysUs);
  const peers = (books: BooksKind) => peerCells(books, workload, setting).map((cell) => results(cell));
  return {
    workload,
    published: publishedTable('fig7a.csv')
      .filter((row) => textIn(row, 'workload') === workload)
      .map((row) => numberIn(row, 'mean_over_repeats_ms')),
    model: of('model'),
    sound: of('sound'),
    peers: { blocks: peers('blocks'), runs: peers('runs') },
  };
}

/** Choice and placement of mutants, by repeat. */
const choices = (results: readonly PeerDelayResult[]) => results.map(({ choiceUs }) => choiceUs);

export const peersDelay: Experiment = {
  id: 'peers-delay',
  title: 'Growth of the allocation delay: ActiveRMT beside P4runpro',
  isExtra: true,
  about:
    'Growth: median time of the last tenth of the arrivals to that of the second tenth, in one run. ActiveRMT with the block ' +
    'matrix of the published controller and with intervals, without the enumeration of mutants, which does not grow; ' +
    'P4runpro with the paper’s model on Z3 (reproduced) and with price (ours). ' +
    'ActiveRMT’s curve is published as a picture only, where it grows past one second.',
  columns: { peer: 'ActiveRMT, reimplemented', ...P4RUNPRO_COLUMNS },
  cells: (setting) =>
    PEER_WORKLOADS.flatMap((workload) => [
      ...HOWS.flatMap((how) => p4runproCells(how, workload, setting)),
      ...BOOKS.flatMap((books) => peerCells(books, workload, setting)),
    ]),
  findings(results, setting) {
    const all = PEER_WORKLOADS.map((workload) => delaysOf(workload, results, setting));
    const points = all.flatMap(curvesOf);
    return {
      comparisons: all.flatMap(comparisonsOf),
      series: [
        {
          name: 'peers-delay',
          rows: points.map(({ panel, series, x, y }) => ({ workload: panel, series, arrival: x, growth: y })),
        },
        { name: 'peers-delay-parts', rows: all.flatMap(partsOf) },
      ],
      figures: [
        {
          name: 'peers-delay',
          caption: `Time of an arrival as a multiple of that of the second tenth of the arrivals, moving median of ${WINDOW}`,
          draw: (layout) => linePanels({ layout, points, x: 'arrival', y: 'growth', columns: 2, hasOwnScales: true }),
        },
      ],
      notes: [
        `ActiveRMT: ${DELAY_ARRIVALS[setting.scale]} arrivals, ${counted(DELAY_REPEATS[setting.scale], 'repeat')}, ${DEFAULT_BLOCKS} ` +
          'blocks a stage, until the first refusal. P4runpro: the arrivals of figure 7a in this run' +
          (setting.scale === 'full' ? '.' : ': too few in a quick one, in which Z3 is still being compiled.'),
        'The growth of the block matrix has two sources: each mutant is priced by a walk over all programs of its stages, and ' +
          'the matrix is copied, rebuilt and compared for each arrival. Running sums and intervals have neither, so the ' +
          'published growth is a property of the implementation, not of the definition.',
        ASSUMED,
      ],
    };
  },
};

const timed = (repeats: readonly (readonly number[])[], figure: (delays: readonly number[]) => number): Value =>
  timedValue(repeats.map(figure));

function comparisonsOf({ workload, published, model, sound, peers }: Delays): Comparison[] {
  const row = (text: string, reproduced: Value): Comparison =>
    peerNumber(`${workload}, ActiveRMT${text}`, 'ratio', reproduced);
  const lastChoice = (books: BooksKind): number => meanOf(peers[books].map(({ choiceUs }) => tenths(choiceUs).late));
  return [
    compare({
      quantity: `${workload}, P4runpro: growth of the allocation delay`,
      unit: 'ratio',
      published: exactly(growthOf(published)),
      reproduced: timed(model, growthOf),
      ours: timed(sound, growthOf),
      tolerance: NOT_COMPARED,
      better: null,
      why: 'Ratios of measured times; the published one is of another machine and of averages.',
    }),
    ...BOOKS.map((books) =>
      row(`, ${BOOK_NAMES[books]}: growth of the allocation delay`, timed(choices(peers[books]), growthOf)),
    ),
    row(
      ': delay with the block matrix to that with intervals, last arrivals',
      timedValue([lastChoice('blocks') / lastChoice('runs')]),
    ),
  ];
}

/** Curves as multiples of their second tenth, as times of several systems are not compared. */
function curvesOf({ workload, published, model, sound, peers }: Delays): PanelPoint[] {
  const of = (series: string, repeats: readonly (readonly number[])[]): PanelPoint[] => {
    const base = meanOf(repeats.map((delays) => tenths(delays).early));
    return delayCurve(repeats, (delays) => distribution(delays).p50).map(({ x, y }) => ({
      panel: workload,
      series,
      x,
      y: y / base,
    }));
  };
  const base = tenths(published).early;
  const step = PAPER.arrivals / published.length;
  return [
    ...published.map((ms, i) => ({ panel: workload, series: P4RUNPRO.published, x: i * step, y: ms / base })),
    ...of(P4RUNPRO.reproduced, model),
    ...of(P4RUNPRO.ours, sound),
    ...BOOKS.flatMap((books) => of(`ActiveRMT, ${BOOK_NAMES[books]}`, choices(peers[books]))),
  ];
}

/** Where the time of ActiveRMT goes. */
const partsOf = ({ workload, peers }: Delays) =>
  BOOKS.map((books) => {
    const of = (part: keyof PeerDelayResult, when: 'early' | 'late'): number =>
      meanOf(peers[books].map((result) => tenths(result[part])[when]));
    return {
      workload,
      books: BOOK_NAMES[books],
      enumeration_us_early: of('enumerationUs', 'early'),
      enumeration_us_late: of('enumerationUs', 'late'),
      choice_us_early: of('choiceUs', 'early'),
      choice_us_late: of('choiceUs', 'late'),
    };
  });
