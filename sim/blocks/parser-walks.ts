/** The paths that a packet can take through the parser's state machine. */
import { skippedHeaders } from '../../compiler/data-plane/description.js';
import type { DataPlane, Header } from '../../compiler/index.js';

/** Headers that follow one another, and the field values that lead the parser along. */
export interface ParserWalk {
  readonly headers: readonly Header[];
  readonly leads: ReadonlyMap<string, number>;
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
    const skipped = skippedHeaders(state).map(({ value }) => value);
    const going = only === undefined ? leads : new Map([...leads, [only.field, only.value]]);
    const astray = select && [
      [select.field, leadingNowhere([...select.next.map(({ value }) => value), ...skipped])] as const,
    ];
    walks.push({ headers: here, leads: new Map([...leads, ...(astray ?? [])]) });
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
