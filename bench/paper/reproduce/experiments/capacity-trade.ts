/** Beyond the paper: capacity against recirculation. */
import { barPanels, linePanels } from '../../../figures/panels.js';
import type { FillCell } from '../cells/fill.js';
import { type Experiment, type Setting, unpublished } from '../experiment.js';
import { ourFill, seedsOf } from '../paper-setting.js';
import { fromRepeats, meanOf } from '../value.js';

/** Programs that fit one pass; others always recirculate. */
const ONE_PASS = ['cache', 'lb', 'acc', 'all-mixed'];
const ANY_PASSES = ['cache', 'hh', 'nc', 'all-mixed'];
const fillSeeds = (workload: string, setting: Setting): string[] =>
  workload === 'all-mixed' ? seedsOf(setting, 5, 1) : [setting.seed];

/** Recirculation weights, from no recirculation to free recirculation. */
const WEIGHTS: readonly (number | null)[] = [null, 1000, 100, 10, 3, 1, 0.3, 0];
const weightText = (weight: number | null): string => (weight === null ? 'never' : String(weight));

const weightCells = (workload: string, weight: number | null, setting: Setting): FillCell[] =>
  fillSeeds(workload, setting).map((seed) => ourFill(workload, seed, { weight }));

export const weights: Experiment = {
  id: 'weights',
  title: 'Capacity against the weight of a recirculation',
  isExtra: true,
  about: 'Number of programs that a switch holds, for weights of recirculation of the allocator price from never to 0.',
  cells: (setting) =>
    ONE_PASS.flatMap((workload) => WEIGHTS.flatMap((weight) => weightCells(workload, weight, setting))),
  findings(results, setting) {
    const rows = ONE_PASS.flatMap((workload) =>
      WEIGHTS.map((weight) => {
        const filled = weightCells(workload, weight, setting).map((cell) => results(cell));
        return {
          workload,
          weight: weightText(weight),
          capacity: fromRepeats(filled.map(({ capacity }) => capacity)),
          recirculating: meanOf(filled.map(({ recirculating }) => recirculating)),
        };
      }),
    );
    return {
      comparisons: rows.map(({ workload, weight, capacity }) =>
        unpublished(`${workload}, weight ${weight}: programs`, 'programs', capacity),
      ),
      series: [{ name: 'weights', rows: rows.map((row) => ({ ...row, capacity: row.capacity.mean })) }],
      figures: [
        {
          name: 'weights',
          caption: 'Programs against the share of them that recirculate, from weight "never" to 0',
          draw: (layout) =>
            linePanels({
              layout,
              points: rows.map(({ workload, capacity, recirculating }) => ({
                panel: workload,
                series: 'ours',
                x: recirculating,
                y: capacity.mean,
              })),
              x: 'share that recirculates',
              y: 'programs',
              columns: 2,
              hasOwnScales: true,
            }),
        },
      ],
      notes: [],
    };
  },
};

const ROUNDS = [0, 1, 2, 3];
const roundCells = (workload: string, recirculations: number, setting: Setting): FillCell[] =>
  fillSeeds(workload, setting).map((seed) => ourFill(workload, seed, { recirculations }));

export const recirculations: Experiment = {
  id: 'recirculations',
  title: 'Capacity against the recirculations that are allowed',
  isExtra: true,
  about: 'R is the maximum number of recirculations of a program; allocator price.',
  cells: (setting) => ANY_PASSES.flatMap((workload) => ROUNDS.flatMap((most) => roundCells(workload, most, setting))),
  findings(results, setting) {
    const rows = ANY_PASSES.flatMap((workload) =>
      ROUNDS.map((most) => ({
        workload,
        recirculations: most,
        capacity: fromRepeats(roundCells(workload, most, setting).map((cell) => results(cell).capacity)),
      })),
    );
    return {
      comparisons: rows.map(({ workload, recirculations: most, capacity }) =>
        unpublished(`${workload}, R = ${most}: programs`, 'programs', capacity),
      ),
      series: [{ name: 'recirculations', rows: rows.map((row) => ({ ...row, capacity: row.capacity.mean })) }],
      figures: [
        {
          name: 'recirculations',
          caption: 'Programs until the first failure',
          draw: (layout) =>
            barPanels({
              layout,
              bars: rows.map(({ workload, recirculations: most, capacity }) => ({
                panel: workload,
                group: `R = ${most}`,
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
      notes: ['Programs with more depths than the RPBs of their passes do not fit: hh and nc need R = 1.'],
    };
  },
};
