/** Beyond the paper: hash functions and the error of sketches. */
import { linePanels } from '../../../figures/panels.js';
import type { SketchCell } from '../cells/sketch.js';
import { type Experiment, type Setting, unpublished } from '../experiment.js';
import { fromRepeats, type Value } from '../value.js';

const HASHES = ['published', 'default'] as const;
const FLOWS = [64, 128, 256, 512, 1024];
const sketchCell = (dataPlane: 'published' | 'default', flows: number, { seed }: Setting): SketchCell => ({
  kind: 'sketch',
  dataPlane,
  flows,
  buckets: 1024,
  rows: 3,
  seed,
});

export const hashes: Experiment = {
  id: 'hashes',
  title: 'Hash functions and the error of sketches',
  isExtra: true,
  about:
    'Three rows of 1,024 buckets, five RPBs apart as in the sketches, for every possible RPB of the first row. ' +
    'Reproduced: the hash units of the authors’ data plane, where some RPBs compute functions that collide together. Ours: ' +
    'the corrected ones of `default`.',
  columns: { reproduced: 'reproduced, authors’ hash units' },
  cells: (setting) => HASHES.flatMap((plane) => FLOWS.map((flows) => sketchCell(plane, flows, setting))),
  findings(results, setting) {
    const rows = HASHES.flatMap((plane) =>
      FLOWS.flatMap((flows) =>
        results(sketchCell(plane, flows, setting)).placements.map((errors) => ({
          series: plane === 'default' ? ('ours' as const) : ('reproduced' as const),
          flows,
          ...errors,
        })),
      ),
    );
    return {
      comparisons: FLOWS.flatMap((flows) =>
        SKETCH_ERRORS.map(([text, unit, key]) => {
          const of = (series: 'ours' | 'reproduced'): Value =>
            fromRepeats(rows.filter((row) => row.series === series && row.flows === flows).map((row) => row[key]));
          return unpublished(`${flows} flows: ${text}`, unit, of('ours'), of('reproduced'));
        }),
      ),
      series: [{ name: 'hashes', rows }],
      figures: [
        {
          name: 'hashes',
          caption: 'Errors by RPB of the first row',
          draw: (layout) =>
            linePanels({
              layout,
              points: rows
                .filter(({ flows }) => flows === 512)
                .flatMap(({ series, firstRpb, falsePositives, overcount }) => [
                  { panel: 'Bloom filter, 512 flows: false positives', series, x: firstRpb, y: falsePositives },
                  { panel: 'count-min, 512 flows: overcount of a flow', series, x: firstRpb, y: overcount },
                ]),
              x: 'RPB of the first row',
              y: '',
              columns: 2,
              hasOwnScales: true,
            }),
        },
      ],
      notes: [],
    };
  },
};

const SKETCH_ERRORS = [
  ['false positives of a Bloom filter', 'share', 'falsePositives'],
  ['overcount of count-min', 'packets', 'overcount'],
] as const;
