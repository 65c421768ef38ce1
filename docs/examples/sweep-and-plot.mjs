/**
 * A script that sweeps and plots: how many heavy hitter detectors a switch holds for each size of their memories, by three
 * allocators, one of them one's own, as a table and as a figure.
 *
 * After `npm ci`: node docs/examples/sweep-and-plot.mjs [figure.svg]
 */
import { writeFileSync } from 'node:fs';
import { capacityOf, lineFigure } from 'p4runpro-sim/bench';
import firstFit from './own-allocator.mjs';

const allocators = ['price', 'f1', firstFit];
const sizes = [16384, 32768, 65536];

const series = [];
for (const allocator of allocators) {
  const name = allocator.name ?? allocator;
  const points = [];
  for (const memoryBytes of sizes) {
    const { capacity, bound } = await capacityOf({ workload: 'hh', allocator, memoryBytes });
    points.push({ x: memoryBytes / 1024, y: capacity });
    console.log(`${name}, ${memoryBytes / 1024} KiB: ${capacity} programs of at most ${bound.programs}`);
  }
  series.push({ name, points });
}

const figure = await lineFigure({
  title: 'Heavy hitter detectors on one switch',
  x: 'KiB of each memory',
  y: 'programs',
  range: [0, 1.1 * Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y)))],
  series,
  marks: [],
});
if (process.argv[2] !== undefined) writeFileSync(process.argv[2], figure);
console.log(`figure: ${figure.match(/aria-roledescription="line mark"/g).length} lines`);
