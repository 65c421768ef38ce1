/** Beyond the paper: programs that come and go for a month. */
import { churnFigure } from '../../../measure/churn/churn-figure.js';
import type { ChurnCell } from '../cells/churn.js';
import { type Experiment, type Setting, unpublished } from '../experiment.js';
import { fromRepeats, meanOf, timedValue } from '../value.js';

const CHURN_ALLOCATORS = ['price', 'f1'] as const;
const churnCell = (allocator: 'price' | 'f1', { seed, scale }: Setting): ChurnCell => ({
  kind: 'churn',
  days: scale === 'full' ? 30 : 2,
  arrivalSeconds: scale === 'full' ? 30 : 60,
  lifetimeHours: scale === 'full' ? 30 : 24,
  allocator,
  samples: scale === 'full' ? 120 : 24,
  seed,
});

export const churn: Experiment = {
  id: 'churn',
  title: 'A month of arrivals and departures',
  isExtra: true,
  about:
    'Any of the fifteen programs arrives at random, with memories of 128 to 4,096 bytes, and stays for a random time: both ' +
    'exponentially distributed. Fragmentation is the share of free memory outside the ' +
    'largest free range of its RPB.',
  cells: (setting) => CHURN_ALLOCATORS.map((allocator) => churnCell(allocator, setting)),
  findings(results, setting) {
    const runs = CHURN_ALLOCATORS.map((allocator) => ({ allocator, ...results(churnCell(allocator, setting)) }));
    const named = runs.map(({ allocator, samples }) => ({ name: allocator === 'price' ? 'ours' : allocator, samples }));
    return {
      comparisons: runs.flatMap(({ allocator, arrivals, refused, samples }) => {
        const late = samples.slice(samples.length >> 1);
        return [
          unpublished(
            `${allocator}: refused of ${arrivals.toLocaleString('en-US')} arrivals`,
            'share',
            fromRepeats([refused / arrivals]),
          ),
          unpublished(
            `${allocator}: fragmentation, second half`,
            'share',
            fromRepeats([meanOf(late.map(({ fragmentation }) => fragmentation))]),
          ),
          unpublished(
            `${allocator}: allocation p95, second half`,
            'µs',
            timedValue(late.map(({ allocationP95Us }) => allocationP95Us)),
          ),
        ];
      }),
      series: [
        {
          name: 'churn',
          rows: runs.flatMap(({ allocator, samples }) => samples.map((sample) => ({ allocator, ...sample }))),
        },
      ],
      figures: [
        {
          name: 'churn',
          caption: 'By virtual day',
          draw: (layout) => churnFigure(named, 'days', layout),
        },
      ],
      notes: [
        setting.scale === 'full'
          ? '30 days, an arrival every 30 s, 30 hours of life in the mean: 3,600 programs are offered at any time.'
          : 'Quick: two days, an arrival a minute, 24 hours of life in the mean.',
      ],
    };
  },
};
