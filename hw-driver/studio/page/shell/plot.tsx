/** Curves, drawn by uPlot: as wide as their place, in the colours of the theme, and drawn again when either changes. */
import { effect, signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { must } from '../../../../compiler/data-plane/must.js';
import { theme } from './view.js';

const DARK = matchMedia('(prefers-color-scheme: dark)');

/** Counts changes of colours. */
export const coloursVersion = signal(0);
DARK.addEventListener('change', () => coloursVersion.value++);
effect(() => {
  void theme.value;
  // Styles follow the theme in the same turn, after this effect.
  queueMicrotask(() => coloursVersion.value++);
});

/** What a colour of CSS is in the theme of an element, as a canvas takes it. */
export function colourOf(element: Element, value: string): string {
  const probe = document.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The size of an element in whole pixels, 0 while it is hidden. */
export function useSize(element: { readonly current: Element | null }): {
  readonly width: number;
  readonly height: number;
} {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    observer.observe(must(element.current, 'element of a size'));
    return () => observer.disconnect();
  }, [element]);
  return size;
}

export interface PlotProps {
  /** Made again when `version` changes. @param colour a colour of CSS as the canvas takes it */
  readonly options: (colour: (value: string) => string) => Omit<UPlot.Options, 'width' | 'height'>;
  readonly data: UPlot.AlignedData;
  /** Of the options: another one makes another plot. */
  readonly version: string;
  readonly label: string;
  /** Changes draw the plot again, without other data. */
  readonly redraw?: unknown;
  readonly onPlot?: (plot: UPlot) => void;
}

export function Plot({ options, data, version, label, redraw, onPlot }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const { width, height } = useSize(place);
  const colours = coloursVersion.value;
  const isSeen = width > 0 && height > 0;
  useEffect(() => {
    if (!isSeen) return undefined;
    const element = must(place.current, 'place of a plot');
    const made = new UPlot({ ...options((value) => colourOf(element, value)), width, height }, data, element);
    plot.current = made;
    onPlot?.(made);
    return () => {
      plot.current = undefined;
      made.destroy();
    };
  }, [version, colours, isSeen]);
  useEffect(() => plot.current?.setSize({ width, height }), [width, height]);
  useEffect(() => plot.current?.setData(data), [data]);
  useEffect(() => plot.current?.redraw(false), [redraw]);
  return <div class="plot" ref={place} role="img" aria-label={label} />;
}
