/** Figure 8: utilisation while a switch fills. */

import { numberIn, publishedTable, textIn } from '../../../../hw-driver/cli/kit/published-figures.js';
import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import { CURVE_STEP, type FillCell, type FillCurve, type Utilization } from '../cells/fill.js';
import { type Comparison, compare, type Experiment, type Results, type Setting } from '../experiment.js';
import { isRandom, ourFills, PAPER, publishedCapacity, publishedFills } from '../paper-setting.js';
import { exactly, FIXED, fromRepeats, meanOf, RANDOM } from '../value.js';

const WORKLOADS = ['cache', 'lb', 'hh', 'mixed'] as const;
const RESOURCES = [
  ['entries', 'table entries', 'table_entry_utilization'],
  ['memory', 'memory', 'memory_utilization'],
] as const;

function cellsOf(workload: string, setting: Setting): { reproduced: FillCell[]; ours: FillCell[] } {
  const of = { workload, memoryBytes: PAPER.memoryBytes, cases: PAPER.cases, withCurve: true };
  return { reproduced: publishedFills(of, setting), ours: ourFills(of, setting) };
}

export const fig8: Experiment = {
  id: 'fig8',
  title: 'Figure 8  Utilisation while the switch fills',
  about: 'Table entries and memory in use after each arrival, until the first program that does not fit.',
  cells: (setting) =>
    WORKLOADS.flatMap((workload) => {
      const { reproduced, ours } = cellsOf(workload, setting);
      return [...reproduced, ...ours];
    }),
  findings(results, setting) {
    const points = WORKLOADS.flatMap((workload) => pointsOf(workload, results, setting));
    return {
      comparisons: WORKLOADS.flatMap((workload) => comparisonsOf(workload, results, setting)),
      series: [
        {
          name: 'fig8',
          rows: points.map(({ panel, series, x, y }) => ({ panel, series, arrival: x, utilization: y })),
        },
      ],
      figures: [
        {
          name: 'fig8',
          caption: 'Utilisation over arrivals, until the first failure',
          draw: (layout) => linePanels({ layout, points, x: 'arrival', y: 'share in use', columns: 2 }),
        },
      ],
      notes: [
        'Curves of the reproduced column: the first rule for ties, the first seed. Utilisation at the failure covers ' +
          'all rules or seeds.',
        'The figure of the paper also has ActiveRMT. Those curves are published as a picture without numbers, so nothing is ' +
          'held against them: `peers-filling` shows our reimplementation.',
      ],
    };
  },
};

function pointsOf(workload: string, results: Results, setting: Setting): PanelPoint[] {
  const { reproduced, ours } = cellsOf(workload, setting);
  const published = publishedTable('fig8.csv').filter((row) => textIn(row, 'workload') === workload);
  return RESOURCES.flatMap(([resource, text, column]) => {
    const panel = `${workload}: ${text}`;
    const of = (series: string, cell: FillCell | undefined): PanelPoint[] =>
      cell === undefined
        ? []
        : curvePoints(results(cell).curve, resource).map((point) => ({ panel, series, ...point }));
    return [
      ...published.map((row) => ({ panel, series: 'published', x: numberIn(row, 'epoch'), y: numberIn(row, column) })),
      ...of('reproduced', reproduced[0]),
      ...of('ours', ours[0]),
    ];
  });
}

const curvePoints = (curve: FillCurve | null, resource: keyof Utilization): { x: number; y: number }[] =>
  (curve?.utilization ?? [])
    .map((utilization, i) => ({ x: (i + 1) * CURVE_STEP, y: utilization[resource] }))
    .filter((_, i) => i % 2 === 0);

function comparisonsOf(workload: string, results: Results, setting: Setting): Comparison[] {
  const { reproduced, ours } = cellsOf(workload, setting);
  const row = publishedCapacity(workload);
  return RESOURCES.map(([resource, text, column]) => {
    const of = (cells: readonly FillCell[]) => fromRepeats(cells.map((cell) => results(cell)[resource]));
    return compare({
      quantity: `${workload}: ${text} in use at the failure`,
      unit: 'share',
      published: exactly(numberIn(row, column)),
      reproduced: of(reproduced),
      ours: of(ours),
      tolerance: isRandom(workload) ? RANDOM : FIXED,
      better: 'higher',
      why: whyOf(workload, numberIn(row, column), meanOf(ours.map((cell) => results(cell)[resource]))),
    });
  });
}

function whyOf(workload: string, published: number, ours: number): string {
  if (ours < published)
    return 'Our programs need less of this resource for the same function, so another resource is exhausted first.';
  return isRandom(workload)
    ? 'One run of a random sequence, which ends with the first program that does not fit.'
    : 'The authors’ solver has another rule for ties.';
}
