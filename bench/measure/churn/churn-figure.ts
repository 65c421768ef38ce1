/** Programs that come and go, as a figure: one panel a quantity, over virtual time. */
import type { FigureSpec } from '../../figures/figure.js';
import { type Layout, linePanels } from '../../figures/panels.js';
import type { ChurnSample } from './measure-churn.js';

const SECONDS = { hours: 3600, days: 86_400 } as const;

const PANELS: readonly (readonly [string, (sample: ChurnSample) => number])[] = [
  ['programs', ({ programs }) => programs],
  ['share refused', ({ refused }) => refused],
  ['memory in use', ({ memory }) => memory],
  ['table entries in use', ({ entries }) => entries],
  ['fragmentation', ({ fragmentation }) => fragmentation],
  ['allocation p95, µs', ({ allocationP95Us }) => allocationP95Us],
];

/** Quantities that are 0 throughout, as refusals may be, have no panel. @param series one line a run in each panel */
export function churnFigure(
  series: readonly { readonly name: string; readonly samples: readonly ChurnSample[] }[],
  unit: keyof typeof SECONDS,
  layout: Layout,
): FigureSpec {
  const panels = PANELS.filter(([, of]) => series.some(({ samples }) => samples.some((sample) => of(sample) !== 0)));
  const points = series.flatMap(({ name, samples }) =>
    panels.flatMap(([panel, of]) =>
      samples.map((sample) => ({ panel, series: name, x: sample.seconds / SECONDS[unit], y: of(sample) })),
    ),
  );
  return linePanels({ layout, points, x: unit, y: '', columns: 2, hasOwnScales: true });
}
