/** The switch against a C program, as a table. */
import { counted } from '../../../compiler/data-plane/counting.js';
import type { AgainstC } from '../../measure/micro/against-c.js';
import { distribution } from '../../measure/statistics/statistics.js';

export const loadBalancers = (count: number): string => counted(count, 'load balancer');

const COLUMNS = ['switch', 'C', 'switch / C', 'lowest', 'highest', 'whole run', 'whole / switch'];
const CELL_WIDTH = 16;

const row = (name: string, width: number, cells: readonly string[]): string =>
  `${name.padEnd(width)}${cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')}\n`;

/** Times and ratios are medians of the turns. */
export function renderAgainstC(results: readonly AgainstC[]): string {
  const title = 'ns per packet';
  const width = Math.max(title.length, ...results.map(({ programs }) => loadBalancers(programs).length));
  const ns = (turns: readonly number[]): string => distribution(turns).p50.toFixed(1);
  const lines = results.map(({ programs, switchNs, cNs, wholeNs, ratio, lowestRatio, highestRatio, wholeRatio }) =>
    row(loadBalancers(programs), width, [
      ns(switchNs),
      ns(cNs),
      ...[ratio, lowestRatio, highestRatio].map((value) => value.toFixed(2)),
      ns(wholeNs),
      wholeRatio.toFixed(2),
    ]),
  );
  return row(title, width, COLUMNS) + lines.join('');
}
