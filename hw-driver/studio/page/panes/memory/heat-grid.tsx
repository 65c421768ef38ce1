/** All buckets of a memory as squares: the more, or the greater, the stronger the colour. */
import { useEffect, useRef } from 'preact/hooks';
import { must } from '../../../../../compiler/data-plane/must.js';
import { colourOf, coloursVersion, useSize } from '../../shell/plot.js';
import { numberAt } from '../../state/columns.js';

export interface HeatGridProps {
  /** By bucket. */
  readonly heat: ArrayLike<number>;
  /** A colour of CSS. */
  readonly colour: string;
  readonly selected: number | undefined;
  readonly onSelect: (bucket: number) => void;
  readonly label: string;
  /** What a bucket is said to be. */
  readonly textOf: (bucket: number) => string;
}

/** Sides of squares in pixels by the number of buckets, so that small memories are large and large ones fit. */
const SIDES: readonly (readonly [most: number, side: number])[] = [
  [128, 20],
  [512, 14],
  [4096, 9],
  [Number.POSITIVE_INFINITY, 5],
];

const sideOf = (count: number): number =>
  must(
    SIDES.find(([most]) => count <= most),
    'side of a square',
  )[1];

/** A logarithm to base 2, straight between powers of two. */
function magnitude(value: number): number {
  const bits = 31 - Math.clz32(value);
  return bits + value / 2 ** bits - 1;
}

/** Heat of values from the least that is not 0 to the greatest, from 0 to 1: by their magnitudes, as they go over many orders. */
function heatScale(heat: ArrayLike<number>): (value: number) => number {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < heat.length; i++) {
    const value = numberAt(heat, i);
    most = Math.max(most, value);
    if (value > 0) least = Math.min(least, value);
  }
  const [from, to] = [magnitude(least), magnitude(most)];
  return (value) => (to > from ? (magnitude(value) - from) / (to - from) : 1);
}

/** The weakest colour of a bucket that is not 0. */
const LEAST_ALPHA = 0.18;

export function HeatGrid({ heat, colour, selected, onSelect, label, textOf }: HeatGridProps) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(place);
  const count = heat.length;
  const at = selected === undefined ? 0 : selected;
  const side = sideOf(count);
  const columns = Math.max(1, Math.floor(width / side));
  const rows = Math.ceil(count / columns);
  const colours = coloursVersion.value;
  useEffect(() => {
    if (width > 0) draw(must(canvas.current, 'canvas'), { heat, colour, selected, side, columns, rows });
  }, [heat, colour, selected, width, colours]);
  useEffect(() => {
    const element = place.current;
    if (selected === undefined || element === null) return;
    const top = Math.floor(selected / columns) * side;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + side > element.scrollTop + element.clientHeight)
      element.scrollTop = top + side - element.clientHeight;
  }, [selected]);
  const select = (bucket: number): void => onSelect(Math.max(0, Math.min(bucket, count - 1)));
  const onKeyDown = (event: KeyboardEvent): void => {
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      PageDown: at + 10 * columns,
      PageUp: at - 10 * columns,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target === undefined || target < 0 || target >= count || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    select(target);
  };
  const bucketAt = ({ offsetX, offsetY }: MouseEvent): number =>
    Math.floor(offsetY / side) * columns + Math.min(columns - 1, Math.floor(offsetX / side));
  return (
    <div
      class="heat-grid"
      ref={place}
      tabIndex={0}
      role="slider"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={at}
      aria-valuetext={textOf(at)}
      onKeyDown={onKeyDown}
    >
      <canvas
        ref={canvas}
        style={{ width: `${columns * side}px`, height: `${rows * side}px` }}
        onClick={(event) => {
          const bucket = bucketAt(event);
          if (bucket < count) select(bucket);
        }}
        onMouseMove={(event) => {
          const bucket = bucketAt(event);
          event.currentTarget.title = bucket < count ? textOf(bucket) : '';
        }}
      />
    </div>
  );
}

interface Drawing extends Pick<HeatGridProps, 'heat' | 'colour' | 'selected'> {
  readonly side: number;
  readonly columns: number;
  readonly rows: number;
}

function draw(canvas: HTMLCanvasElement, { heat, colour, selected, side, columns, rows }: Drawing): void {
  const ratio = devicePixelRatio;
  canvas.width = columns * side * ratio;
  canvas.height = rows * side * ratio;
  const context = must(canvas.getContext('2d'), 'context of a canvas');
  context.scale(ratio, ratio);
  const gap = side > 6 ? 1 : 0.5;
  const empty = colourOf(canvas.parentElement ?? canvas, 'var(--ground)');
  const full = colourOf(canvas.parentElement ?? canvas, colour);
  const shareOf = heatScale(heat);
  for (let i = 0; i < heat.length; i++) {
    const value = numberAt(heat, i);
    const [x, y] = [(i % columns) * side, Math.floor(i / columns) * side];
    context.globalAlpha = 1;
    context.fillStyle = empty;
    context.fillRect(x, y, side - gap, side - gap);
    if (value === 0) continue;
    context.globalAlpha = LEAST_ALPHA + (1 - LEAST_ALPHA) * shareOf(value);
    context.fillStyle = full;
    context.fillRect(x, y, side - gap, side - gap);
  }
  if (selected === undefined) return;
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.strokeStyle = colourOf(canvas.parentElement ?? canvas, 'var(--text)');
  context.strokeRect((selected % columns) * side, Math.floor(selected / columns) * side, side - gap, side - gap);
}
