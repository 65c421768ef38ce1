/** Figures 7a and 7b: allocation delay with the paper's model on Z3 and with our allocator, in one run. */

import { numberIn, publishedTable, textIn } from '../../../../hw-driver/cli/kit/published-figures.js';
import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import { distribution } from '../../../measure/statistics/statistics.js';
import type { DelayCell } from '../cells/delay.js';
import { delayCurve, WINDOW } from '../delay-curves.js';
import { type Comparison, compare, type Experiment, informative, type Results, type Setting } from '../experiment.js';
import { PAPER, seedsOf } from '../paper-setting.js';
import { exactly, meanOf, NOT_COMPARED, timedValue } from '../value.js';

const WORKLOADS = ['cache', 'lb', 'hh', 'mixed'] as const;
const MEMORIES = [1024, 512, 256, 128];

type How = DelayCell['how'];
const HOW_NAMES: Readonly<Record<How, string>> = { model: 'Z3', greedy: 'f1 without a solver', sound: 'ours' };
const HOWS: readonly How[] = ['model', 'greedy', 'sound'];

/** Repeats. Z3 takes 15 s for 500 arrivals, so it has fewer repeats than the ten of the paper. */
const REPEATS = {
  full: { model: 3, greedy: 10, sound: 10 },
  quick: { model: 1, greedy: 3, sound: 3 },
} as const;

const ARRIVALS = { full: PAPER.arrivals, quick: 60 };

export function delayCells(how: How, workload: string, memoryBytes: number, setting: Setting): DelayCell[] {
  const repeats = REPEATS[setting.scale][how];
  return seedsOf(setting, repeats, repeats).map((seed, repeat) => ({
    kind: 'delay',
    how,
    allocator: how === 'sound' ? 'price' : 'f1',
    workload,
    memoryBytes,
    recirculations: PAPER.recirculations,
    arrivals: ARRIVALS[setting.scale],
    seed,
    repeat,
  }));
}

/** The titles of the columns of figures 7a and 7b. */
const COLUMNS = { reproduced: 'paper’s model on Z3' } as const;

interface Delays {
  readonly workload: string;
  readonly memoryBytes: number;
  /** Delays in ms in order of arrival, by repeat. */
  readonly ms: Readonly<Record<How, readonly (readonly number[])[]>>;
}

function delaysOf(workload: string, memoryBytes: number, results: Results, setting: Setting): Delays {
  const of = (how: How): number[][] =>
    delayCells(how, workload, memoryBytes, setting).map((cell) => results(cell).delaysUs.map((us) => us / 1000));
  return { workload, memoryBytes, ms: { model: of('model'), greedy: of('greedy'), sound: of('sound') } };
}

const cellsFor =
  (memories: readonly number[]) =>
  (setting: Setting): DelayCell[] =>
    memories.flatMap((memory) =>
      WORKLOADS.flatMap((workload) => HOWS.flatMap((how) => delayCells(how, workload, memory, setting))),
    );

const ABOUT =
  'Delay of each arrival in ms while a switch is filled. Z3: the paper’s model for the published shapes (npm z3-solver, ' +
  'WebAssembly). f1 without a solver: the same placements for the same shapes. Ours: price, for our programs.';

export const fig7a: Experiment = {
  id: 'fig7a',
  title: 'Figure 7a  Allocation delay',
  about: ABOUT,
  columns: COLUMNS,
  cells: cellsFor([PAPER.memoryBytes]),
  findings(results, setting) {
    const all = WORKLOADS.map((workload) => delaysOf(workload, PAPER.memoryBytes, results, setting));
    const points = all.flatMap(curvesOf);
    const published = publishedTable('fig7a.csv')
      .filter((row) => numberIn(row, 'epoch') < ARRIVALS[setting.scale])
      .map((row) => ({
        panel: textIn(row, 'workload'),
        series: 'published',
        x: numberIn(row, 'epoch'),
        y: numberIn(row, 'mean_over_repeats_ms'),
      }));
    return {
      comparisons: comparisonsOf('7a', all),
      series: [
        {
          name: 'fig7a',
          rows: [...published, ...points].map(({ panel, series, x, y }) => ({
            workload: panel,
            series,
            arrival: x,
            ms: y,
          })),
        },
        { name: 'fig7a-summary', rows: summaryOf(all) },
      ],
      figures: [
        {
          name: 'fig7a',
          caption: `Allocation delay over arrivals, moving average of ${WINDOW}; published: the authors’ server`,
          draw: (layout) =>
            linePanels({
              layout,
              points: [...published, ...points],
              x: 'arrival',
              y: 'ms',
              columns: 2,
              isLogarithmic: true,
            }),
        },
      ],
      notes: [noteOn(setting), PICTURE_ONLY],
    };
  },
};

export const fig7b: Experiment = {
  id: 'fig7b',
  title: 'Figure 7b  Allocation delay and size of memory',
  about: ABOUT,
  columns: COLUMNS,
  cells: cellsFor(MEMORIES),
  findings(results, setting) {
    const all = MEMORIES.flatMap((memory) => WORKLOADS.map((workload) => delaysOf(workload, memory, results, setting)));
    const points = all.flatMap(({ workload, memoryBytes, ms }) =>
      HOWS.map((how) => ({ panel: workload, series: HOW_NAMES[how], x: memoryBytes, y: meanOf(ms[how].flat()) })),
    );
    const published = publishedTable('allocation-delay.csv')
      .filter((row) => textIn(row, 'figure') === '7b')
      .map((row) => ({
        panel: textIn(row, 'workload'),
        series: 'published',
        x: numberIn(row, 'memory_bytes'),
        y: numberIn(row, 'mean_ms'),
      }));
    return {
      comparisons: comparisonsOf('7b', all),
      series: [{ name: 'fig7b', rows: summaryOf(all) }],
      figures: [
        {
          name: 'fig7b',
          caption: 'Mean allocation delay by bytes of each memory; published: the authors’ server',
          draw: (layout) =>
            linePanels({
              layout,
              points: [...published, ...points],
              x: 'bytes of each memory',
              y: 'ms',
              columns: 2,
              isLogarithmic: true,
            }),
        },
      ],
      notes: [noteOn(setting)],
    };
  },
};

function noteOn({ scale }: Setting): string {
  const { model, greedy, sound } = REPEATS[scale];
  return (
    `${ARRIVALS[scale]} arrivals; repeats: Z3 ${model}, f1 ${greedy}, ours ${sound} (the paper: 500 arrivals, 10 ` +
    'repeats). Delays of two machines are not compared: only ratios within one run are.'
  );
}

const WHY = 'Other machines, with Z3 in WebAssembly here and native there.';

const PICTURE_ONLY =
  'The figure of the paper also has ActiveRMT. That curve is published as a picture without numbers, so nothing is held ' +
  'against it: `peers-delay` shows the growth with our reimplementation.';

/** Delays in ms, and ratios that do not depend on the machine: to the delay of a cache, and to the paper's model. */
function comparisonsOf(figure: '7a' | '7b', all: readonly Delays[]): Comparison[] {
  const published = publishedTable('allocation-delay.csv').filter((row) => textIn(row, 'figure') === figure);
  const publishedMs = (workload: string, memoryBytes: number): number =>
    numberIn(
      published.find((row) => textIn(row, 'workload') === workload && numberIn(row, 'memory_bytes') === memoryBytes),
      'mean_ms',
    );
  return all.flatMap(({ workload, memoryBytes, ms }) => {
    const name = `${workload}, ${memoryBytes.toLocaleString('en-US')} B`;
    const means = (how: How): number[] => ms[how].map(meanOf);
    const speedUps = means('model').flatMap((model) => means('sound').map((sound) => model / sound));
    return [
      compare({
        quantity: `${name}: mean delay`,
        unit: 'ms',
        published: exactly(publishedMs(workload, memoryBytes)),
        reproduced: timedValue(means('model')),
        ours: timedValue(means('sound')),
        tolerance: NOT_COMPARED,
        better: 'lower',
        why: WHY,
      }),
      informative(
        `${name}: times as fast as the paper’s model in this run`,
        '×',
        timedValue(speedUps),
        'A ratio to Z3 in WebAssembly; to a native solver, as the authors had, it was not measured.',
      ),
    ];
  });
}

const curvesOf = ({ workload, ms }: Delays): PanelPoint[] =>
  HOWS.flatMap((how) => delayCurve(ms[how]).map((point) => ({ panel: workload, series: HOW_NAMES[how], ...point })));

function summaryOf(all: readonly Delays[]) {
  return all.flatMap(({ workload, memoryBytes, ms }) =>
    HOWS.map((how) => {
      const { mean, p50, p95, max } = distribution(ms[how].flat());
      return {
        workload,
        memory_bytes: memoryBytes,
        allocator: HOW_NAMES[how],
        repeats: ms[how].length,
        mean_ms: mean,
        p50_ms: p50,
        p95_ms: p95,
        max_ms: max,
      };
    }),
  );
}
