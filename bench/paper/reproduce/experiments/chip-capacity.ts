/** Beyond the paper: programs that switches of real chips hold, beside the data plane of the paper. */
import { barPanels } from '../../../figures/panels.js';
import { PAPER_KEYS } from '../../../workloads/program-kind.js';
import type { FillCell } from '../cells/fill.js';
import { type Experiment, type Results, type Setting, unpublished } from '../experiment.js';
import { isRandom, ourFill, seedsOf } from '../paper-setting.js';
import { fromRepeats, meanOf, type Value } from '../value.js';

interface Variant {
  readonly name: string;
  readonly cell: Pick<FillCell, 'dataPlane' | 'filterEntries'>;
}

/** Twice as many filters as `default` has, for what the RPBs of a Tofino 2 would hold if filters cost nothing. */
const MANY_FILTERS = 8192;
/** The paper counts programs as if filters cost nothing, and so does the last one; the others fit their chips. */
const VARIANTS: readonly Variant[] = [
  { name: 'default', cell: {} },
  { name: 'tofino1', cell: { dataPlane: 'tofino1' } },
  { name: 'tofino2', cell: { dataPlane: 'tofino2' } },
  { name: 'tofino2, 8,192 filters', cell: { dataPlane: 'tofino2', filterEntries: MANY_FILTERS } },
];

const SHOWN = ['cache', 'lb', 'hh', 'nc', 'all-mixed'];
const ALL = [...PAPER_KEYS, 'mixed', 'all-mixed'];

const workloadsOf = ({ scale }: Setting): readonly string[] => (scale === 'full' ? ALL : SHOWN);

/** Cells of `default` are those of figure 9. */
const cellsOf = (workload: string, plane: Variant, setting: Setting): FillCell[] =>
  (isRandom(workload) ? seedsOf(setting, 10, 3) : [setting.seed]).map((seed) => ourFill(workload, seed, plane.cell));

interface Row {
  readonly workload: string;
  readonly plane: string;
  readonly capacity: Value;
  readonly entries: number;
  readonly memory: number;
  readonly failure: string | null;
}

function rowOf(workload: string, plane: Variant, results: Results, setting: Setting): Row {
  const filled = cellsOf(workload, plane, setting).map((cell) => results(cell));
  return {
    workload,
    plane: plane.name,
    capacity: fromRepeats(filled.map(({ capacity }) => capacity)),
    entries: meanOf(filled.map(({ entries }) => entries)),
    memory: meanOf(filled.map(({ memory }) => memory)),
    failure: filled[0]?.failure ?? null,
  };
}

export const chipCapacity: Experiment = {
  id: 'tofino2-capacity',
  title: 'What a Tofino 2 would hold',
  isExtra: true,
  about:
    'Programs deployed until the first that does not fit, on `default` (the data plane of the paper), on `tofino1` and on ' +
    '`tofino2`, which fit their chips, and on `tofino2` with filters as if they cost nothing; 1,024 B, 2 elastic cases, one recirculation, allocator price.',
  cells: (setting) =>
    workloadsOf(setting).flatMap((workload) => VARIANTS.flatMap((plane) => cellsOf(workload, plane, setting))),
  findings(results, setting) {
    const rows = workloadsOf(setting).flatMap((workload) =>
      VARIANTS.map((plane) => rowOf(workload, plane, results, setting)),
    );
    return {
      comparisons: rows.map(({ workload, plane, capacity }) =>
        unpublished(`${workload} on ${plane}: programs`, 'programs', capacity),
      ),
      series: [
        {
          name: 'tofino2-capacity',
          rows: rows.map(({ workload, plane, capacity, entries, memory, failure }) => ({
            workload,
            data_plane: plane,
            capacity: capacity.mean,
            capacity_least: capacity.least,
            capacity_greatest: capacity.greatest,
            entries_in_use: entries,
            memory_in_use: memory,
            failure,
          })),
        },
      ],
      figures: [
        {
          name: 'tofino2-capacity',
          caption: 'Programs until the first failure; lines are the range of seeds',
          draw: (layout) =>
            barPanels({
              layout,
              bars: rows.map(({ workload, plane, capacity }) => ({
                panel: workload,
                group: plane,
                series: 'ours',
                value: capacity.mean,
                least: capacity.least,
                greatest: capacity.greatest,
              })),
              x: '',
              y: 'programs',
              columns: 2,
              hasOwnScales: true,
            }),
        },
      ],
      notes: NOTES,
    };
  },
};

const NOTES = [
  'On the chips filter tables are small: 512 entries each on tofino1, 1,024 on tofino2, where default has 4,096. Most ' +
    'workloads end there, and not at the entries and memories of RPBs.',
  'The figures of tofino2 are computed from its description; the source is not compiled for it, and no switch was used.',
];
