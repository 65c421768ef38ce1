/** A word of memory over the run: who wrote it, as a curve and as a list. */
import { useCallback, useMemo } from 'preact/hooks';
import UPlot from 'uplot';
import type { NamedWord, WriteColumns } from '../../../session/protocol.js';
import { Plot } from '../../shell/plot.js';
import { VirtualList } from '../../shell/virtual-list.js';
import { programColour } from '../../state/colours.js';
import { numberAt } from '../../state/columns.js';
import { counted, grouped, hexWord, packetNumber } from '../../state/format.js';
import { showPacket } from '../../state/places.js';
import { askSession } from '../../state/session-client.js';
import { moment, tell, timeline } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';

/** Writes that are shown: of a word with more, the first. */
const MAX_WRITES = 100_000;
const ROW_HEIGHT = 24;
/** A click this near to a point of the curve is on it. */
const POINT_PIXELS = 12;

/** Goes to the packet that wrote the word last before the moment, or first from it on. */
export async function goToWrite(word: NamedWord, direction: 'before' | 'after'): Promise<boolean> {
  const at = direction === 'before' ? moment.value : moment.value + 1;
  if (at > timeline.value.ran) return false;
  const write = await askSession('next-write', { at, word, direction });
  if (write === null) return false;
  showPacket(write.packet);
  return true;
}

export function WordHistory({ word }: { readonly word: NamedWord }) {
  const { answer: writes, error } = useAnswer('word-writes', { at: moment.value, word, from: 0, count: MAX_WRITES });
  if (error !== undefined) return <p class="fine">{error}</p>;
  if (writes === undefined) return <div class="word-history" />;
  return (
    <div class="word-history">
      <WriteButtons word={word} writes={writes} />
      {writes.total === 0 ? (
        <p class="fine">Nothing has written this word.</p>
      ) : (
        <>
          <WriteCurve word={word} writes={writes} />
          <WriteList writes={writes} />
        </>
      )}
    </div>
  );
}

/** Row of the first write at or behind a packet. */
function rowFrom({ packet, count }: WriteColumns, at: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(packet, middle) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function WriteButtons({ word, writes }: { readonly word: NamedWord; readonly writes: WriteColumns }) {
  const at = moment.value;
  const before = rowFrom(writes, at);
  const after = rowFrom(writes, at + 1);
  const go = (direction: 'before' | 'after'): void => void goToWrite(word, direction).catch(tell);
  return (
    <div class="write-buttons">
      <button
        type="button"
        disabled={before === 0}
        onClick={() => go('before')}
        title="Go to the packet that wrote it before this moment (b)"
      >
        ◀ Who wrote it{before > 0 && `: ${packetNumber(numberAt(writes.packet, before - 1))}`}
      </button>
      <button
        type="button"
        disabled={after >= writes.count}
        onClick={() => go('after')}
        title="Go to the packet that writes it next (n)"
      >
        Next write{after < writes.count && `: ${packetNumber(numberAt(writes.packet, after))}`} ▶
      </button>
      <span class="fine">{counted(writes.total, 'write')}</span>
    </div>
  );
}

function WriteCurve({ word, writes }: { readonly word: NamedWord; readonly writes: WriteColumns }) {
  const { ran } = timeline.value;
  const data = useMemo<UPlot.AlignedData>(() => {
    const last = numberAt(writes.after, writes.count - 1);
    return [
      [0, ...writes.packet, ran],
      [numberAt(writes.before, 0), ...writes.after, last],
    ];
  }, [writes, ran]);
  const options = useCallback(
    (colour: (value: string) => string): Omit<UPlot.Options, 'width' | 'height'> => curveOptions(word, colour),
    [word],
  );
  const onPlot = useCallback(
    (plot: UPlot): void => {
      plot.over.addEventListener('click', () => {
        const { idx, left } = plot.cursor;
        if (idx === null || idx === undefined || left === undefined) return;
        const row = Math.min(Math.max(idx - 1, 0), writes.count - 1);
        const packet = writes.packet[row];
        const isNear = packet !== undefined && Math.abs(plot.valToPos(packet, 'x') - left) < POINT_PIXELS;
        showPacket(isNear ? packet : Math.round(plot.posToVal(left, 'x')));
      });
    },
    [writes],
  );
  const version = `${word.program}.${word.memory}[${word.bucket}].${word.word === 1 ? 1 : 0} ${writes.count} ${ran}`;
  return (
    <div class="write-curve">
      <Plot
        options={options}
        data={data}
        version={version}
        label={`Curve of the value over ${counted(writes.total, 'write')}; the list below has the same`}
        redraw={moment.value}
        onPlot={onPlot}
      />
    </div>
  );
}

/** For the axis: words have up to ten digits. */
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact' });

function curveOptions(
  { program }: NamedWord,
  colour: (value: string) => string,
): Omit<UPlot.Options, 'width' | 'height'> {
  const axis = {
    stroke: colour('var(--soft)'),
    grid: { stroke: colour('var(--line)'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const stepped = UPlot.paths.stepped?.({ align: 1 });
  const line = colour(programColour(program));
  const accent = colour('var(--accent)');
  return {
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 24, space: 70, values: (_plot, values) => values.map((value) => grouped(value)) },
      { ...axis, size: 46, space: 26, values: (_plot, values) => values.map((value) => COMPACT.format(value)) },
    ],
    series: [{}, { stroke: line, width: 1.5, ...(stepped && { paths: stepped }), points: { size: 5 } }],
    hooks: {
      draw: [
        (plot) => {
          const x = plot.valToPos(moment.value, 'x', true);
          plot.ctx.fillStyle = accent;
          plot.ctx.fillRect(x - 1, plot.bbox.top, 2, plot.bbox.height);
        },
      ],
    },
  };
}

function WriteList({ writes }: { readonly writes: WriteColumns }) {
  const selected = useMemo(() => {
    const row = rowFrom(writes, moment.value);
    return writes.packet[row] === moment.value ? row : row === 0 ? undefined : row - 1;
  }, [writes, moment.value]);
  const onSelect = (row: number): void => {
    const packet = writes.packet[row];
    if (packet !== undefined) showPacket(packet);
  };
  return (
    <VirtualList
      count={writes.count}
      rowHeight={ROW_HEIGHT}
      label="Writes of the word"
      selected={selected}
      onSelect={onSelect}
      onRange={NOTHING}
      version={writes.total}
      columns="minmax(70px, 1fr) minmax(90px, 1fr) minmax(90px, 1fr)"
      header={
        <div class="virtual-header" aria-hidden="true">
          <span class="cell packet">Packet</span>
          <span class="cell bytes">Before</span>
          <span class="cell bytes">After</span>
        </div>
      }
      row={(row) => (
        <>
          <span class="cell number">
            {packetNumber(numberAt(writes.packet, row))}
            {numberAt(writes.event, row) >= 0 && <span class="by-event"> control plane</span>}
          </span>
          <span class="cell number" title={hexWord(numberAt(writes.before, row))}>
            {grouped(numberAt(writes.before, row))}
          </span>
          <span class="cell number" title={hexWord(numberAt(writes.after, row))}>
            {grouped(numberAt(writes.after, row))}
          </span>
        </>
      )}
    />
  );
}

const NOTHING = (): void => undefined;
