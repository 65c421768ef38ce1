/** A list of any number of rows of one height, of which those in view are drawn. */
import { Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

/** Browsers cut elements at 17 to 33 million pixels; the content of a longer list is scaled to this height. */
const MAX_HEIGHT = 8_000_000;
/** Rows drawn above and below those in view. */
const OVERSCAN = 6;

/** Offsets of the list and of its element: the same, until the list is higher than an element can be. */
interface Scale {
  /** Of the list, per pixel of the element. */
  readonly factor: number;
  readonly elementHeight: number;
}

function scaleOf(height: number, viewHeight: number): Scale {
  if (height <= MAX_HEIGHT) return { factor: 1, elementHeight: height };
  return { factor: (height - viewHeight) / (MAX_HEIGHT - viewHeight), elementHeight: MAX_HEIGHT };
}

export interface VirtualListProps {
  readonly count: number;
  /** In pixels. */
  readonly rowHeight: number;
  readonly label: string;
  /** Of the row that is selected; it is brought into view when it changes. */
  readonly selected: number | undefined;
  /** A row to bring into view: each object once. */
  readonly shown?: { readonly row: number };
  readonly onSelect: (row: number) => void;
  /** Rows in view, after each change. */
  readonly onRange: (from: number, to: number) => void;
  /** The same function as long as the contents of rows are the same. */
  readonly row: (row: number) => ComponentChildren;
  /** Another number draws the rows again. */
  readonly version: number;
  /** Columns as a value of grid-template-columns. */
  readonly columns: string;
  readonly header: ComponentChildren;
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** The offset at which the list stands: exact where an element is too coarse for it. */
class ListScroll {
  offset = 0;
  scale: Scale = { factor: 1, elementHeight: 0 };
  private listHeight = 0;
  private viewHeight = 0;
  private notify: ((offset: number, isScrolling: boolean) => void) | undefined;
  /** What moveTo set, as the browser rounds it. */
  private setTop = -1;

  constructor(private readonly element: RefObject<HTMLDivElement | null>) {}

  /** Of the library: calls back with offsets of the list. */
  readonly observe = (_instance: unknown, callBack: (offset: number, isScrolling: boolean) => void): (() => void) => {
    const { current } = this.element;
    this.notify = callBack;
    const onScroll = (): void => {
      if (current === null) return;
      const { scrollTop } = current;
      if (scrollTop !== this.setTop) this.offset = scrollTop * this.scale.factor;
      callBack(this.offset, false);
    };
    current?.addEventListener('scroll', onScroll, { passive: true });
    callBack(this.offset, false);
    return () => current?.removeEventListener('scroll', onScroll);
  };

  resize(listHeight: number, viewHeight: number): void {
    this.listHeight = listHeight;
    this.viewHeight = viewHeight;
    this.scale = scaleOf(listHeight, viewHeight);
  }

  /** Brings a part of the list into view, moving as little as possible; the view of a hidden list has no height. */
  show(top: number, height: number): void {
    const viewHeight = Math.max(this.viewHeight, height);
    if (top < this.offset) this.moveTo(top);
    else if (top + height > this.offset + viewHeight) this.moveTo(top + height - viewHeight);
  }

  /** Of a scaled list, a pixel of whose element is several of the list; others scroll by themselves. */
  onWheel(event: WheelEvent, rowHeight: number): void {
    if (this.scale.factor === 1 || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const isInLines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
    this.moveTo(this.offset + (isInLines ? event.deltaY * rowHeight : event.deltaY));
  }

  private moveTo(offset: number): void {
    const { current } = this.element;
    if (current === null) return;
    this.offset = clamp(offset, this.listHeight - this.viewHeight);
    current.scrollTop = this.offset / this.scale.factor;
    this.setTop = current.scrollTop;
    this.notify?.(this.offset, false);
  }
}

/** The library's view of the list: rows to draw, and the height of the view. */
function useVirtualizer(
  count: number,
  rowHeight: number,
  element: RefObject<HTMLDivElement | null>,
  scroll: ListScroll,
) {
  const [, redraw] = useState(0);
  const virtualizer = useMemo(
    () =>
      new Virtualizer<HTMLDivElement, HTMLDivElement>({
        count,
        getScrollElement: () => element.current,
        estimateSize: () => rowHeight,
        overscan: OVERSCAN,
        observeElementRect,
        observeElementOffset: scroll.observe,
        scrollToFn: () => undefined,
        onChange: () => redraw((n) => n + 1),
      }),
    [rowHeight, scroll],
  );
  virtualizer.setOptions({ ...virtualizer.options, count });
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const viewHeight = virtualizer.scrollRect?.height ?? rowHeight;
  scroll.resize(count * rowHeight, viewHeight);
  return { items: virtualizer.getVirtualItems(), viewHeight };
}

/** The row to which a key leads. @param at the selected row, -1 for none @param page rows in view */
function rowOfKey(key: string, at: number, page: number, count: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : clamp(target, count - 1);
}

/** Contents of rows, which are drawn once: a row that only moves is not compared again. */
class RowContents {
  private readonly made = new Map<number, ComponentChildren>();

  constructor(private readonly make: (row: number) => ComponentChildren) {}

  at(row: number): ComponentChildren {
    const known = this.made.get(row);
    if (known !== undefined) return known;
    if (this.made.size >= MAX_CONTENTS) this.made.clear();
    const content = this.make(row);
    this.made.set(row, content);
    return content;
  }
}

/** More rows than any view has. */
const MAX_CONTENTS = 1000;

const NO_ROW = -1;

export function VirtualList(props: VirtualListProps) {
  const { count, rowHeight, selected, onRange, onSelect } = props;
  const element = useRef<HTMLDivElement>(null);
  const scroll = useMemo(() => new ListScroll(element), []);
  const { items, viewHeight } = useVirtualizer(count, rowHeight, element, scroll);
  const first = items[0]?.index ?? count;
  const last = items.at(-1)?.index ?? count;
  useEffect(() => onRange(first, last + 1), [first, last, onRange]);
  // Rows are brought into view when they are selected, not when the list changes.
  useEffect(() => {
    if (selected !== undefined) scroll.show(selected * rowHeight, rowHeight);
  }, [selected]);
  useEffect(() => {
    if (props.shown !== undefined) scroll.show(Math.min(props.shown.row, count - 1) * rowHeight, rowHeight);
  }, [props.shown]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (count === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(viewHeight / rowHeight) - 1);
    const target = rowOfKey(event.key, selected ?? NO_ROW, page, count);
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(target);
  };
  const rows = useMemo(() => new RowContents(props.row), [props.row, props.version]);
  const pool = Math.ceil(viewHeight / rowHeight) + 2 * OVERSCAN + 2;
  return (
    <div class="virtual" style={{ '--columns': props.columns, '--row-height': `${rowHeight}px` }}>
      {props.header}
      <div
        ref={element}
        class="virtual-view"
        role="grid"
        aria-label={props.label}
        aria-rowcount={count}
        aria-activedescendant={selected === undefined ? undefined : rowId(props.label, selected)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onWheel={(event) => scroll.onWheel(event, rowHeight)}
      >
        <div style={{ height: `${scroll.scale.elementHeight}px` }}>
          <div class="virtual-rows">
            {items.map(({ index, start }) => (
              <div
                // Elements are used again for other rows as the list moves.
                key={index % pool}
                id={rowId(props.label, index)}
                class="virtual-row"
                role="row"
                aria-rowindex={index + 1}
                aria-selected={index === selected}
                style={{ transform: `translateY(${start - scroll.offset}px)` }}
                onClick={() => onSelect(index)}
              >
                {rows.at(index)}
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

const rowId = (label: string, row: number): string => `${label.replaceAll(/\W+/g, '-')}-${row}`;

/** As the library's, which loses the first size where an element is hidden when it is made. */
function observeElementRect(
  { scrollElement }: { readonly scrollElement: HTMLDivElement | null },
  callBack: (rect: { width: number; height: number }) => void,
): (() => void) | undefined {
  if (scrollElement === null) return undefined;
  const observer = new ResizeObserver(() => {
    callBack({ width: scrollElement.clientWidth, height: scrollElement.clientHeight });
  });
  observer.observe(scrollElement);
  callBack({ width: scrollElement.clientWidth, height: scrollElement.clientHeight });
  return () => observer.disconnect();
}
