/** The plot of a run in virtual time: cells in queues and time in the switch as lines, losses as bars. */
import UPlot from 'uplot';
import type { TimingResult } from '../../../session/protocol.js';
import { durationText, unitOf } from '../../state/duration.js';
import { grouped } from '../../state/format.js';

/** Queues that are drawn: those with the most cells. */
const MAX_QUEUES = 6;
const AXIS_PIXELS = 58;

/** One line of the plot. */
export interface TimingLine {
  readonly name: string;
  /** Of CSS. */
  readonly colour: string;
  readonly scale: 'cells' | 'latency' | 'lost';
  /** By bin; null where there is none. */
  readonly values: ArrayLike<number | null>;
}

const highest = (values: Uint32Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Packets lost in each bin, for any reason. */
function lossesOf({ series: { bins, lost }, reasons }: TimingResult): number[] {
  return Array.from({ length: bins }, (_, bin) =>
    lost.subarray(bin * reasons.length, (bin + 1) * reasons.length).reduce((sum, count) => sum + count, 0),
  );
}

/** Of bins in which packets left. */
const latenciesOf = ({ series: { packetsOut, meanLatencyNs } }: TimingResult): (number | null)[] =>
  Array.from(packetsOut, (count, bin) => (count === 0 ? null : (meanLatencyNs[bin] ?? null)));

/** Weaker than lines, as losses may fill all of the plot. */
const WEAK = 'color-mix(in srgb, var(--bad) 45%, var(--pane))';

export function linesOf(result: TimingResult): readonly TimingLine[] {
  const queues = [...result.queues]
    .sort((a, b) => highest(b.mostCells) - highest(a.mostCells))
    .slice(0, MAX_QUEUES)
    .sort((a, b) => a.port - b.port)
    .map(({ port, isRecirculation, mostCells }, i): TimingLine => {
      const name = isRecirculation ? 'cells queued to recirculate' : `cells queued for port ${port}`;
      return { name, colour: `var(--program-${i})`, scale: 'cells', values: mostCells };
    });
  return [
    { name: 'lost packets', colour: WEAK, scale: 'lost', values: lossesOf(result) },
    ...queues,
    { name: 'mean time in the switch', colour: 'var(--text)', scale: 'latency', values: latenciesOf(result) },
  ];
}

/** Bins begin at multiples of their length; the last value stands once more at the end. */
export function timingData({ series: { bins, nanosecondsPerBin } }: TimingResult, lines: readonly TimingLine[]) {
  const column = (values: ArrayLike<number | null>): (number | null)[] =>
    Array.from({ length: bins + 1 }, (_, bin) => values[Math.min(bin, bins - 1)] ?? null);
  const data: UPlot.AlignedData = [
    Array.from({ length: bins + 1 }, (_, bin) => bin * nanosecondsPerBin),
    ...lines.map(({ values }) => column(values)),
  ];
  return data;
}

/** @param now where the moment is, in nanoseconds; undefined where it is not in the run */
export function timingOptions(
  { series: { bins, nanosecondsPerBin }, updates }: TimingResult,
  lines: readonly TimingLine[],
  now: () => number | undefined,
  colour: (value: string) => string,
): Omit<UPlot.Options, 'width' | 'height'> {
  const end = bins * nanosecondsPerBin;
  const unit = unitOf(end);
  const stepped = UPlot.paths.stepped?.({ align: 1 });
  const axis = { stroke: colour('var(--soft)'), ticks: { show: false }, font: '11px system-ui, sans-serif' };
  const fromZero: UPlot.Scale.Range = (_plot, _low, high) => [0, Math.max(1, high)];
  const line = (x: number, width: number, kind: string, plot: UPlot): void => {
    plot.ctx.fillStyle = colour(kind);
    plot.ctx.fillRect(plot.valToPos(x, 'x', true) - width / 2, plot.bbox.top, width, plot.bbox.height);
  };
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 0, 0, 0],
    scales: {
      x: { time: false, range: [0, end] },
      cells: { range: fromZero },
      latency: { range: fromZero },
      lost: { range: fromZero },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 20,
        space: 90,
        values: (_plot, values) =>
          values.map((value) => `${Number((value / unit.nanoseconds).toPrecision(6))} ${unit.name}`),
      },
      {
        ...axis,
        scale: 'cells',
        grid: { stroke: colour('var(--line)'), width: 1 },
        size: AXIS_PIXELS,
        space: 24,
        values: (_plot, values) => values.map((value) => grouped(value)),
      },
      {
        ...axis,
        scale: 'latency',
        side: 1,
        grid: { show: false },
        size: AXIS_PIXELS,
        space: 24,
        values: (_plot, values) => values.map(durationText),
      },
    ],
    series: [
      {},
      ...lines.map((each) => {
        const stroke = colour(each.colour);
        const isLoss = each.scale === 'lost';
        return {
          ...(stepped && { paths: stepped }),
          scale: each.scale,
          stroke,
          width: isLoss ? 0 : 1.5,
          ...(isLoss ? { fill: stroke } : {}),
          points: { show: false },
        };
      }),
    ],
    hooks: {
      draw: [
        (plot) => {
          for (const { startNs } of updates) line(startNs, 1, 'var(--warn)', plot);
          const at = now();
          if (at !== undefined) line(at, 3, 'var(--accent)', plot);
        },
      ],
    },
  };
}
