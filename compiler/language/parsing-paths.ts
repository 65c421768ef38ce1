/** Which headers a packet can and must have, given what the filters say of the fields that the parser looks at. */
import { and48, ones } from '../data-plane/bits.js';
import type { DataPlane, FilterTable } from '../data-plane/data-plane.js';
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
  const walks = parserWalks(dataPlane, filters).filter((headers) => headers.has(table.requires));
  const first = walks[0] ?? new Set<number>();
  return new Set([...first].filter((header) => walks.every((headers) => headers.has(header))));
}

/** The header sets of all walks through the parser that the filters allow. */
function parserWalks(dataPlane: DataPlane, filters: readonly FieldMatch[]): Set<number>[] {
  const { parser } = dataPlane.description;
  const walks: Set<number>[] = [];
  const visit = (stateName: string, headers: ReadonlySet<number>): void => {
    const state = parser.states[stateName];
    if (state === undefined) return;
    const here = new Set([...headers, ...state.extract.map((name) => dataPlane.headerIndex(name))]);
    const { select } = state;
    const width = select === undefined ? 0 : dataPlane.field(select.field).width;
    const filter = filters.find(({ field }) => field.name === select?.field);
    const possible = (select?.next ?? []).filter(
      ({ value }) => filter === undefined || and48(value, filter.mask) === filter.value,
    );
    for (const { state: next } of possible) visit(next, here);
    const decided = filter !== undefined && filter.mask === ones(width) && possible.length > 0;
    if (!decided) walks.push(here);
  };
  visit(parser.start, new Set());
  return walks;
}
