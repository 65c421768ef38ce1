/** Beyond the paper: speed against the number of programs. */
import { must } from '../../../../compiler/data-plane/must.js';
import { barPanels, linePanels, type PanelPoint } from '../../../figures/panels.js';
import type { DelayCell } from '../cells/delay.js';
import type { SpeedCell } from '../cells/speed.js';
import { type Experiment, type Setting, unpublished } from '../experiment.js';
import { PAPER } from '../paper-setting.js';
import { meanOf, timedValue } from '../value.js';

const ENGINES = ['compiled', 'interpreted'] as const;
const PROGRAMS = { full: [1, 10, 100, 1000, 2800], quick: [1, 100] };
const speedCell = (engine: SpeedCell['engine'], programs: number, { seed, scale }: Setting): SpeedCell => ({
  kind: 'speed',
  engine,
  workload: 'lb',
  programs,
  packets: scale === 'full' ? 1_000_000 : 100_000,
  repeats: scale === 'full' ? 5 : 2,
  seed,
});

const allocationCell = (how: 'sound' | 'greedy', { seed, scale }: Setting): DelayCell => ({
  kind: 'delay',
  how,
  allocator: how === 'sound' ? 'price' : 'f1',
  workload: 'all-mixed',
  memoryBytes: PAPER.memoryBytes,
  recirculations: PAPER.recirculations,
  arrivals: scale === 'full' ? 4000 : 500,
  seed,
  repeat: 0,
});

/** Number of arrivals in one point of the allocator's curve. */
const POINT = 100;

export const speed: Experiment = {
  id: 'speed',
  title: 'Speed of the emulator and of the allocators over the number of programs',
  isExtra: true,
  about:
    'Packets per second of one thread with load balancers, including generation of the packets; and the time of an ' +
    'allocation of all-mixed in µs (median of 100 arrivals), by number of programs.',
  cells: (setting) => [
    ...ENGINES.flatMap((engine) => PROGRAMS[setting.scale].map((programs) => speedCell(engine, programs, setting))),
    allocationCell('sound', setting),
    allocationCell('greedy', setting),
  ],
  findings(results, setting) {
    const rows = ENGINES.flatMap((engine) =>
      PROGRAMS[setting.scale].map((programs) => ({
        engine,
        programs,
        speeds: results(speedCell(engine, programs, setting)).packetsPerSecond,
      })),
    );
    const allocations = (['sound', 'greedy'] as const).flatMap((how): PanelPoint[] => {
      const { delaysUs } = results(allocationCell(how, setting));
      const series = how === 'sound' ? 'ours' : 'f1, published shapes';
      return Array.from({ length: Math.floor(delaysUs.length / POINT) }, (_, n) => {
        const sorted = delaysUs.slice(n * POINT, (n + 1) * POINT).sort((a, b) => a - b);
        return { panel: 'all-mixed', series, x: (n + 1) * POINT, y: must(sorted[POINT >> 1], 'median of a point') };
      });
    });
    return {
      comparisons: rows.map(({ engine, programs, speeds }) =>
        unpublished(`${engine}, ${programs.toLocaleString('en-US')} programs`, 'packets/s', timedValue(speeds)),
      ),
      series: [
        {
          name: 'speed-emulator',
          rows: rows.flatMap(({ engine, programs, speeds }) =>
            speeds.map((packetsPerSecond, repeat) => ({
              engine,
              programs,
              repeat,
              packets_per_second: packetsPerSecond,
            })),
          ),
        },
        {
          name: 'speed-allocator',
          rows: allocations.map(({ series, x, y }) => ({ allocator: series, programs: x, p50_us: y })),
        },
      ],
      figures: [
        {
          name: 'speed-emulator',
          caption: 'Packets per second, one thread',
          draw: (layout) =>
            barPanels({
              layout,
              bars: rows.map(({ engine, programs, speeds }) => ({
                panel: 'load balancers',
                group: programs.toLocaleString('en-US'),
                series: engine === 'compiled' ? 'ours' : engine,
                value: meanOf(speeds),
                least: Math.min(...speeds),
                greatest: Math.max(...speeds),
              })),
              x: 'programs',
              y: 'packets per second',
              columns: 1,
            }),
        },
        {
          name: 'speed-allocator',
          caption: 'Median time of an allocation in µs',
          draw: (layout) => linePanels({ layout, points: allocations, x: 'programs there', y: 'µs', columns: 1 }),
        },
      ],
      notes: [],
    };
  },
};
