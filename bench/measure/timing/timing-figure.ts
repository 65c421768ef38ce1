/** Queues, losses and congestion marks over virtual time, as a figure. */
import type { FigureSpec } from '../../figures/figure.js';
import { linePanels, type PanelPoint } from '../../figures/panels.js';
import type { TimedTraffic } from './timing-result.js';

const PS_PER_US = 1e6;

/** One panel each for the lengths of queues, lost packets and marked packets of each interval. */
export function timingFigure({ intervals, queues, options }: TimedTraffic): FigureSpec {
  const ports = [...new Set(queues.map(({ port }) => port))].sort((a, b) => a - b);
  const lengths = new Map(queues.map(({ startPs, port, mostCells }) => [`${startPs} ${port}`, mostCells]));
  const per = `packets in ${(options.intervalNs / 1000).toLocaleString('en-US')} µs`;
  const points = intervals.flatMap(({ startPs, lost, packetsMarked }): PanelPoint[] => {
    const x = startPs / PS_PER_US;
    const allLost = Object.values(lost).reduce((sum, count) => sum + count, 0);
    return [
      // A queue that was empty throughout has no row.
      ...ports.map((port) => ({
        panel: 'longest queue, cells',
        series: `queue of port ${port}`,
        x,
        y: lengths.get(`${startPs} ${port}`) ?? 0,
      })),
      { panel: `lost and marked ${per}`, series: 'lost', x, y: allLost },
      { panel: `lost and marked ${per}`, series: 'marked (ECN 3)', x, y: packetsMarked },
    ];
  });
  return linePanels({ points, x: 'virtual time, µs', y: '', columns: 1, hasOwnScales: true });
}
