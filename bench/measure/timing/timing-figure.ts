/** Queues, losses and congestion marks over virtual time, as a figure. */
import type { FigureSpec } from '../../figures/figure.js';
import { linePanels, type PanelPoint } from '../../figures/panels.js';
import type { TimedTraffic } from './timing-result.js';

const PS_PER_US = 1e6;

const queueAt = (startPs: number, port: number): string => `${startPs} ${port}`;

/** A panel each for the length of the queues, and for the lost and the marked packets of each interval. */
export function timingFigure({ intervals, queues, options }: TimedTraffic): FigureSpec {
  const ports = [...new Set(queues.map(({ port }) => port))].sort((a, b) => a - b);
  const lengths = new Map(queues.map(({ startPs, port, mostCells }) => [queueAt(startPs, port), mostCells]));
  // A queue that was empty throughout has no row.
  const lengthAt = (queue: string): number => lengths.get(queue) ?? 0;
  const per = `packets in ${(options.intervalNs / 1000).toLocaleString('en-US')} µs`;
  const points = intervals.flatMap(({ startPs, lost, packetsMarked }): PanelPoint[] => {
    const x = startPs / PS_PER_US;
    const allLost = Object.values(lost).reduce((sum, count) => sum + count, 0);
    return [
      ...ports.map((port) => ({
        panel: 'longest queue, cells',
        series: `queue of port ${port}`,
        x,
        y: lengthAt(queueAt(startPs, port)),
      })),
      { panel: `lost and marked ${per}`, series: 'lost', x, y: allLost },
      { panel: `lost and marked ${per}`, series: 'marked (ECN 3)', x, y: packetsMarked },
    ];
  });
  return linePanels({ points, x: 'virtual time, µs', y: '', columns: 1, hasOwnScales: true });
}
