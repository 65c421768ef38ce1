/** The paths that a packet can take through the parser's state machine. */
import { skippedHeaders } from '../../compiler/data-plane/description.js';
import type { DataPlane, Header } from '../../compiler/index.js';

/** Headers that follow one another, and the field values that lead the parser along. */
export interface ParserWalk {
  readonly headers: readonly Header[];
  readonly leads: ReadonlyMap<string, number>;
  /** Of a walk that ends where the parser could go on: the field by which it does, and the values by which it would. */
  readonly astray: { readonly field: string; readonly onward: readonly number[] } | undefined;
}

/**
 * All walks through the parser, without headers that it skips. A walk may end in any state, by a select value that has no
 * next state.
 */
export function parserWalks(dataPlane: DataPlane): ParserWalk[] {
  const { parser } = dataPlane.description;
  const walks: ParserWalk[] = [];
  const visit = (stateName: string, headers: readonly Header[], leads: ReadonlyMap<string, number>): void => {
    const state = parser.states[stateName];
    if (state === undefined) return;
    const here = [...headers, ...state.extract.flatMap((name) => dataPlane.headers[dataPlane.headerIndex(name)] ?? [])];
    const { select, only } = state;
    const going = only === undefined ? leads : new Map([...leads, [only.field, only.value]]);
    const onward = [...(select?.next ?? []), ...skippedHeaders(state)].map(({ value }) => value);
    walks.push({
      headers: here,
      leads: select === undefined ? leads : new Map([...leads, [select.field, leadingNowhere(onward)]]),
      astray: select && { field: select.field, onward },
    });
    for (const { value, state: next } of select?.next ?? []) {
      visit(next, here, new Map([...going, ...(select ? [[select.field, value] as const] : [])]));
    }
  };
  visit(parser.start, [], new Map());
  return walks;
}

function leadingNowhere(values: readonly number[]): number {
  let value = 1;
  while (values.includes(value)) value++;
  return value;
}
