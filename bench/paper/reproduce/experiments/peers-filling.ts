/** Beyond the paper: memory in use while ActiveRMT fills, beside P4runpro. */
import { must } from '../../../../compiler/data-plane/must.js';
import { numberIn, publishedTable, textIn } from '../../../../hw-driver/cli/kit/published-figures.js';
import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import { MUTATIONS, type Mutation } from '../../../peers/activermt/mutants.js';
import { CURVE_STEP, type FillCell } from '../cells/fill.js';
import { PEER_WORKLOADS, type PeerFillResult, type PeerWorkload } from '../cells/peer-fill.js';
import { type Comparison, compare, type Experiment, peerNumber, type Results, type Setting } from '../experiment.js';
import { ourFills, PAPER, publishedCapacity, publishedFills } from '../paper-setting.js';
import { ASSUMED, DEFAULT_BLOCKS, FAIRNESS, P4RUNPRO, P4RUNPRO_COLUMNS, peerFills } from '../peer-setting.js';
import { exactly, fromRepeats, NOT_COMPARED, type Value } from '../value.js';

const peersOf = (workload: PeerWorkload, mutation: Mutation, setting: Setting) =>
  peerFills(workload, { blocks: DEFAULT_BLOCKS, mutation }, setting);

/** The cells of figure 8. */
function p4runproOf(workload: string, setting: Setting): { reproduced: FillCell[]; ours: FillCell[] } {
  const of = { workload, memoryBytes: PAPER.memoryBytes, cases: PAPER.cases, withCurve: true };
  return { reproduced: publishedFills(of, setting), ours: ourFills(of, setting) };
}

export const peersFilling: Experiment = {
  id: 'peers-filling',
  title: 'Memory in use: ActiveRMT beside P4runpro',
  isExtra: true,
  about:
    `ActiveRMT (${DEFAULT_BLOCKS} blocks a stage, worst fit, least constrained mutants lc and most constrained mc) until its ` +
    `first refusal, and for ${PAPER.arrivals} arrivals; P4runpro until its first refusal, as in figure 8. ` +
    'ActiveRMT’s curve is published as a picture only.',
  columns: { peer: 'ActiveRMT, reimplemented', ...P4RUNPRO_COLUMNS },
  cells: (setting) =>
    PEER_WORKLOADS.flatMap((workload) => {
      const { reproduced, ours } = p4runproOf(workload, setting);
      return [...MUTATIONS.flatMap((mutation) => peersOf(workload, mutation, setting)), ...reproduced, ...ours];
    }),
  findings(results, setting) {
    const points = PEER_WORKLOADS.flatMap((workload) => curvesOf(workload, results, setting));
    return {
      comparisons: PEER_WORKLOADS.flatMap((workload) => [
        p4runproRow(workload, results, setting),
        ...MUTATIONS.flatMap((mutation) => peerRows(workload, mutation, results, setting)),
      ]),
      series: [
        {
          name: 'peers-filling',
          rows: points.map(({ panel, series, x, y }) => ({ workload: panel, series, arrival: x, memory: y })),
        },
        {
          name: 'peers-filling-summary',
          rows: PEER_WORKLOADS.flatMap((workload) =>
            MUTATIONS.flatMap((mutation) =>
              peersOf(workload, mutation, setting).map((cell) => ({
                workload,
                mutation,
                arrivals: cell.arrivals,
                seed: cell.seed,
                ...stateRow(results(cell)),
              })),
            ),
          ),
        },
      ],
      figures: [
        {
          name: 'peers-filling',
          caption: 'Memory in use over arrivals',
          draw: (layout) => linePanels({ layout, points, x: 'arrival', y: 'share in use', columns: 2 }),
        },
      ],
      notes: [
        'An elastic program takes all memory of its stages at once, so caches fill the stages that their mutants reach with ' +
          'few arrivals: full memory is a property of elastic sharing, not of a good fit. Other programs never share.',
        FAIRNESS,
        ASSUMED,
      ],
    };
  },
};

/** One row of a CSV file. */
const stateRow = ({ refusal, after }: PeerFillResult) => ({
  programs_at_refusal: refusal.programs,
  memory_at_refusal: refusal.memory,
  programs_after_arrivals: after.programs,
  memory_after_arrivals: after.memory,
});

function curvesOf(workload: PeerWorkload, results: Results, setting: Setting): PanelPoint[] {
  const { reproduced, ours } = p4runproOf(workload, setting);
  const of = (series: string, shares: readonly number[]): PanelPoint[] =>
    shares.map((y, i) => ({ panel: workload, series, x: (i + 1) * CURVE_STEP, y })).filter((_, i) => i % 2 === 0);
  const curve = ([cell]: readonly FillCell[]): number[] =>
    cell === undefined ? [] : must(results(cell).curve, 'curve of a fill').utilization.map(({ memory }) => memory);
  const published = publishedTable('fig8.csv').filter((row) => textIn(row, 'workload') === workload);
  return [
    ...published.map((row) => ({
      panel: workload,
      series: P4RUNPRO.published,
      x: numberIn(row, 'epoch'),
      y: numberIn(row, 'memory_utilization'),
    })),
    ...of(P4RUNPRO.reproduced, curve(reproduced)),
    ...of(P4RUNPRO.ours, curve(ours)),
    ...MUTATIONS.flatMap((mutation) => {
      const [cell] = peersOf(workload, mutation, setting);
      return cell === undefined ? [] : of(`ActiveRMT, ${mutation}`, results(cell).curve);
    }),
  ];
}

function p4runproRow(workload: PeerWorkload, results: Results, setting: Setting): Comparison {
  const { reproduced, ours } = p4runproOf(workload, setting);
  const row = publishedCapacity(workload);
  const of = (cells: readonly FillCell[]): Value => fromRepeats(cells.map((cell) => results(cell).memory));
  return compare({
    quantity: `${workload}, P4runpro: memory in use at the first refusal`,
    unit: 'share',
    published: exactly(numberIn(row, 'memory_utilization')),
    reproduced: of(reproduced),
    ours: of(ours),
    tolerance: NOT_COMPARED,
    better: null,
    why: 'Compared in figure 8.',
  });
}

function peerRows(workload: PeerWorkload, mutation: Mutation, results: Results, setting: Setting): Comparison[] {
  const filled = peersOf(workload, mutation, setting).map((cell) => results(cell));
  const row = (text: string, unit: string, value: (result: PeerFillResult) => number): Comparison =>
    peerNumber(`${workload}, ActiveRMT ${mutation}: ${text}`, unit, fromRepeats(filled.map(value)));
  const end = `after ${PAPER.arrivals} arrivals`;
  return [
    row('programs at the first refusal', 'programs', ({ refusal }) => refusal.programs),
    row('memory in use at the first refusal', 'share', ({ refusal }) => refusal.memory),
    row(`programs ${end}`, 'programs', ({ after }) => after.programs),
    row(`memory in use ${end}`, 'share', ({ after }) => after.memory),
  ];
}
