/** Which headers a packet can and must have, given what the filters say of the fields that the parser looks at. */
import { and48, ones } from '../data-plane/bits.js';
import type { DataPlane, Field, FilterTable } from '../data-plane/data-plane.js';
import { skippedHeaders } from '../data-plane/description.js';
import { must } from '../data-plane/must.js';
import type { FieldMatch } from './program.js';

/**
 * The headers (by index) that every packet has which matches these filters in this table; headers cut off by a capture
 * or malformed are not considered.
 */
export function guaranteedHeaders(
  dataPlane: DataPlane,
  table: FilterTable,
  filters: readonly FieldMatch[],
): ReadonlySet<number> {
  const walks = new Walks(table.requires, filters);
  walks.visit(startOf(dataPlane));
  return walks.common ?? new Set();
}

/** A state of the parser with the states that it leads to. */
interface ParserState {
  /** Indices of the headers that it extracts. */
  readonly extract: readonly number[];
  readonly field: Field | undefined;
  /** Values of the field behind which headers are skipped, so that it says nothing of the next state. */
  readonly skipped: readonly number[];
  readonly next: { readonly value: number; readonly state: ParserState }[];
}

const starts = new WeakMap<DataPlane, ParserState>();

/** The first state of the parser. */
function startOf(dataPlane: DataPlane): ParserState {
  const known = starts.get(dataPlane);
  if (known !== undefined) return known;
  const { start } = dataPlane.description.parser;
  const state = stateOf(start, dataPlane, new Map());
  starts.set(dataPlane, state);
  return state;
}

/** @param made states by name */
function stateOf(name: string, dataPlane: DataPlane, made: Map<string, ParserState>): ParserState {
  const known = made.get(name);
  if (known !== undefined) return known;
  const described = must(dataPlane.description.parser.states[name], `state ${name} of the parser`);
  const { extract, select } = described;
  const state: ParserState = {
    extract: extract.map((header) => dataPlane.headerIndex(header)),
    field: select === undefined ? undefined : dataPlane.field(select.field),
    skipped: skippedHeaders(described).map(({ value }) => value),
    next: [],
  };
  made.set(name, state);
  for (const { value, state: to } of select?.next ?? []) {
    state.next.push({ value, state: stateOf(to, dataPlane, made) });
  }
  return state;
}

/** Follows the walks through the parser that filters allow, and keeps what those with a header have in common. */
class Walks {
  /** Headers that all walks so far have; undefined before the first. */
  common: Set<number> | undefined;
  /** Headers of the present walk; one may be there twice. */
  private readonly headers: number[] = [];

  constructor(
    private readonly requires: number,
    private readonly filters: readonly FieldMatch[],
  ) {}

  visit({ extract, field, skipped, next }: ParserState): void {
    const { headers } = this;
    const before = headers.length;
    headers.push(...extract);
    const filter = field && this.filters.find((each) => each.field.name === field.name);
    const allows = (value: number): boolean => filter === undefined || and48(value, filter.mask) === filter.value;
    const maySkip = skipped.some(allows);
    let isPossible = false;
    for (const { value, state } of next) {
      if (!allows(value) && !maySkip) continue;
      isPossible = true;
      this.visit(state);
    }
    const decided =
      field !== undefined && filter !== undefined && filter.mask === ones(field.width) && isPossible && !maySkip;
    if (!decided && headers.includes(this.requires)) this.end();
    headers.length = before;
  }

  private end(): void {
    if (this.filters.some((filter) => this.lacks(filter))) return;
    if (this.common === undefined) {
      this.common = new Set(this.headers);
      return;
    }
    for (const header of this.common) if (!this.headers.includes(header)) this.common.delete(header);
  }

  /** Whether a filter asks for bits of a header that the walk lacks: they read as 0. */
  private lacks({ field, value }: FieldMatch): boolean {
    return value !== 0 && field.kind === 'header' && !this.headers.includes(field.header);
  }
}
