/** The line over all packets: verdicts and recirculations, events, and the moment, which is dragged along it. */
import { signal } from '@preact/signals';
import { useCallback, useMemo, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { PACKET_VERDICTS } from '../../../../../sim/history/packet-outcome.js';
import type { StudioEvent, TimeBins } from '../../../session/protocol.js';
import type { Pane } from '../../shell/pane.js';
import { Plot, useSize } from '../../shell/plot.js';
import { numberAt } from '../../state/columns.js';
import { counted, grouped, packetNumber } from '../../state/format.js';
import { goTo, moment, session, timeline } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { VERDICT_TEXTS } from '../../state/verdicts.js';
import { EventMarks } from './event-marks.js';
import { isVirtual, VirtualTime } from './virtual-time.js';
import './time.css';

/** Packets in view: from … to - 1; all of them if it is undefined. */
const zoomed = signal<{ readonly from: number; readonly to: number } | undefined>(undefined);
/** Fewer packets than these are not zoomed into. */
const LEAST_IN_VIEW = 16;
/** Pixels of a bin. */
const BIN_PIXELS = 3;
/** Left and right of the plot, where the numbers of its axis stand. */
const AXIS_PIXELS = 44;

interface Range {
  readonly from: number;
  readonly to: number;
}

function inView(): Range {
  const { ran } = timeline.value;
  const range = zoomed.value;
  return range === undefined || range.to > ran ? { from: 0, to: ran } : range;
}

/** Shows this part of what is in view, around the moment. */
function zoom(factor: number): void {
  const { ran } = timeline.value;
  const { from, to } = inView();
  const width = Math.max(Math.min(ran, LEAST_IN_VIEW), Math.round((to - from) * factor));
  if (width >= ran) {
    zoomed.value = undefined;
    return;
  }
  const share = to > from ? (moment.value - from) / (to - from) : 0;
  const inside = Math.max(0, Math.min(share, 1));
  const start = Math.max(0, Math.min(Math.round(moment.value - width * inside), ran - width));
  zoomed.value = { from: start, to: start + width };
}

/** Moves, and moves what is in view along if the moment leaves it. */
function move(packet: number): void {
  goTo(packet);
  const { ran } = timeline.value;
  const { from, to } = inView();
  const at = moment.value;
  if (at >= from && at <= to) return;
  const start = Math.max(0, Math.min(at - Math.floor((to - from) / 2), ran - (to - from)));
  zoomed.value = { from: start, to: start + to - from };
}

/** The moment before the next event, or the one before. */
function goToEvent(steps: 1 | -1): void {
  const at = moment.value;
  const packets = timeline.value.events.map(({ event }) => event.packet);
  const next = steps > 0 ? packets.find((packet) => packet > at) : packets.findLast((packet) => packet < at);
  if (next !== undefined) move(next);
}

const SHOWN = PACKET_VERDICTS.map((verdict, code) => ({ code, ...VERDICT_TEXTS[verdict] }));
/** Weaker than those of text, as they fill all of the line. */
const COLOURS = {
  good: 'color-mix(in srgb, var(--good) 62%, var(--pane))',
  warn: 'color-mix(in srgb, var(--warn) 70%, var(--pane))',
  bad: 'color-mix(in srgb, var(--bad) 52%, var(--pane))',
  soft: 'color-mix(in srgb, var(--no-program) 40%, var(--pane))',
} as const;
const STACKED: readonly (keyof typeof COLOURS)[] = ['good', 'warn', 'soft', 'bad'];
/** From the bottom of a bar to its top: the code of the last verdict of each colour decides. */
const STACK = STACKED.map((kind) => ({
  kind,
  codes: SHOWN.filter((each) => each.kind === kind).map(({ code }) => code),
  names: SHOWN.filter((each) => each.kind === kind).map(({ text }) => text),
}));

/** Columns of the plot: packet, and sums from the bottom to each part of the bar, highest first; recirculations. */
function dataOf({ from, to, packetsPerBin, verdicts, recirculations }: TimeBins): UPlot.AlignedData {
  const bins = recirculations.length;
  const x = Array.from({ length: bins + 1 }, (_, bin) => Math.min(to, from + bin * packetsPerBin));
  const sums = STACK.map(() => new Array<number>(bins + 1).fill(0));
  for (let bin = 0; bin < bins; bin++) {
    let sum = 0;
    const packets = Math.min(to, from + (bin + 1) * packetsPerBin) - from - bin * packetsPerBin;
    STACK.forEach(({ codes }, part) => {
      for (const code of codes) sum += numberAt(verdicts, bin * PACKET_VERDICTS.length + code);
      const column = sums[part];
      if (column !== undefined) column[bin] = (100 * sum) / Math.max(1, packets);
    });
  }
  const passes = Array.from(
    { length: bins + 1 },
    (_, bin) => numberAt(recirculations, Math.min(bin, bins - 1)) / packetsPerBin,
  );
  for (const column of sums) column[bins] = numberAt(column, bins - 1);
  return [x, ...sums.reverse(), passes];
}

function plotOptions(range: Range, colour: (value: string) => string): Omit<UPlot.Options, 'width' | 'height'> {
  const steps = UPlot.paths.stepped?.({ align: 1 });
  const paths = steps && { paths: steps };
  const axis = { stroke: colour('var(--soft)'), ticks: { show: false }, font: '11px system-ui, sans-serif' };
  const grid = { stroke: colour('var(--line)'), width: 1 };
  // Asked for once, as the moment is drawn for every step of a drag.
  const accent = colour('var(--accent)');
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 0, 0, 0],
    scales: {
      x: { time: false, range: [range.from, Math.max(range.from + 1, range.to)] },
      y: { range: [0, 100] },
      passes: { range: (_plot, _low, high) => [0, Math.max(1, high)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 20,
        space: 90,
        values: (_plot, values) => values.map((value) => grouped(value)),
      },
      { ...axis, grid, size: AXIS_PIXELS, space: 24, values: (_plot, values) => values.map((value) => `${value}%`) },
      { ...axis, scale: 'passes', side: 1, grid: { show: false }, size: AXIS_PIXELS, space: 24 },
    ],
    series: [
      {},
      ...[...STACK].reverse().map(({ kind }) => {
        const fill = colour(COLOURS[kind]);
        return { ...paths, width: 0, fill, stroke: fill, points: { show: false } };
      }),
      { ...paths, scale: 'passes', width: 1.5, stroke: colour('var(--text)'), points: { show: false } },
    ],
    hooks: {
      draw: [
        (plot) => {
          const x = plot.valToPos(moment.value, 'x', true);
          plot.ctx.fillStyle = accent;
          plot.ctx.fillRect(x - 1.5, plot.bbox.top, 3, plot.bbox.height);
        },
      ],
    },
  };
}

function Content() {
  const isOpen = session.value !== undefined;
  const { ran } = timeline.value;
  return (
    <div class="time-pane">
      <TimeTools />
      {isOpen && ran > 0 ? <Shown /> : <p class="pane-empty">Packets that have run make a line here.</p>}
    </div>
  );
}

const Shown = () => (isVirtual.value ? <VirtualTime /> : <TimeLine />);

function TimeTools() {
  const { ran, packets, events } = timeline.value;
  const at = moment.value;
  const refused = events.filter(({ state }) => state.kind === 'refused').length;
  return (
    <div class="time-tools">
      <label>
        <span class="fine">before packet</span>{' '}
        <input
          type="number"
          aria-label="Moment"
          min={1}
          max={ran + 1}
          value={at + 1}
          onChange={({ currentTarget }) => move(Number(currentTarget.value) - 1)}
        />
      </label>
      <span class="fine">
        of {grouped(ran)}
        {packets > ran && `, ${grouped(packets - ran)} have not run`}, {counted(events.length, 'event')}
        {refused > 0 && <span class="bad"> ({refused} refused)</span>}
      </span>
      <ul class="time-legend" aria-label="Colours of the line" hidden={isVirtual.value}>
        {STACK.map(({ kind, names }) => (
          <li key={kind}>
            <span class="swatch" style={{ background: COLOURS[kind] }} />
            {names.join(', ')}
          </li>
        ))}
        <li>
          <span class="swatch line" />
          recirculations per packet
        </li>
      </ul>
      <span class="row-tools">
        <button
          type="button"
          class="plain"
          aria-pressed={isVirtual.value}
          title="Queues and losses in virtual time (q)"
          onClick={() => (isVirtual.value = !isVirtual.value)}
        >
          Virtual time
        </button>
        <button
          type="button"
          class="plain"
          aria-label="Event before"
          title="Event before ([)"
          onClick={() => goToEvent(-1)}
        >
          ⇤
        </button>
        <button type="button" class="plain" aria-label="Next event" title="Next event (])" onClick={() => goToEvent(1)}>
          ⇥
        </button>
        <button type="button" class="plain" aria-label="Zoom out" title="Zoom out (-)" onClick={() => zoom(4)}>
          −
        </button>
        <button type="button" class="plain" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1 / 4)}>
          +
        </button>
      </span>
    </div>
  );
}

let wanted: number | undefined;

/** Goes to the last packet that is wanted when the page is drawn next: a pointer moves more often than that. */
function goSoon(packet: number): void {
  if (wanted === undefined) {
    requestAnimationFrame(() => {
      const last = wanted;
      wanted = undefined;
      if (last !== undefined) goTo(last);
    });
  }
  wanted = packet;
}

/** A key of the line, and by how much of what is in view it moves; 0 for one packet. */
const STEPS: Readonly<Record<string, readonly [direction: 1 | -1, share: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  PageUp: [-1, 0.1],
  PageDown: [1, 0.1],
};

function TimeLine() {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const { width } = useSize(place);
  const { from, to } = inView();
  const bins = Math.max(1, Math.floor((width - 2 * AXIS_PIXELS) / BIN_PIXELS));
  const { answer } = useAnswer('overview', width === 0 ? undefined : { from, to, bins });
  const data = useMemo(() => answer && dataOf(answer), [answer]);
  const options = useCallback((colour: (value: string) => string) => plotOptions({ from, to }, colour), [from, to]);
  const packetAt = (event: PointerEvent): number => {
    const box = plot.current?.over.getBoundingClientRect();
    if (box === undefined || box.width === 0) return moment.value;
    return Math.round(from + ((event.clientX - box.left) / box.width) * (to - from));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = STEPS[event.key];
    const target =
      step === undefined
        ? { Home: 0, End: timeline.value.ran }[event.key]
        : moment.value + step[0] * Math.max(1, Math.round(step[1] * (to - from)));
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(target);
  };
  return (
    <div
      class="time-line"
      ref={place}
      role="slider"
      tabIndex={0}
      aria-label="Moment of the run"
      aria-valuemin={0}
      aria-valuemax={timeline.value.ran}
      aria-valuenow={moment.value}
      aria-valuetext={`before packet ${packetNumber(moment.value)}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button') !== null)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(packetAt(event));
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) goSoon(packetAt(event));
      }}
      onWheel={(event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        zoom(event.deltaY > 0 ? 2 : 1 / 2);
      }}
    >
      {data !== undefined && (
        <Plot
          options={options}
          data={data}
          version={`${from} ${to} ${data[0].length}`}
          label={overviewText(timeline.value.events, to - from)}
          redraw={moment.value}
          onPlot={(made) => {
            plot.current = made;
          }}
        />
      )}
      <EventMarks from={from} to={to} left={AXIS_PIXELS} right={AXIS_PIXELS} />
    </div>
  );
}

const overviewText = (events: readonly StudioEvent[], packets: number): string =>
  `Verdicts and recirculations of ${counted(packets, 'packet')}, with ${counted(events.length, 'event')}`;

export const timePane: Pane = {
  id: 'time',
  title: 'Time',
  area: 'line',
  shortcuts: [
    { keys: ['['], does: 'Go to the event before', run: () => goToEvent(-1) },
    { keys: [']'], does: 'Go to the next event', run: () => goToEvent(1) },
    { keys: ['+'], does: 'Zoom in around the moment', run: () => zoom(1 / 4) },
    { keys: ['-'], does: 'Zoom out', run: () => zoom(4) },
    { keys: ['0'], does: 'Show all packets', run: () => (zoomed.value = undefined) },
    { keys: ['q'], does: 'Show queues in virtual time, or the line', run: () => (isVirtual.value = !isVirtual.value) },
  ],
  Content,
};
