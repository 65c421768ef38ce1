/**
 * The parser's part of incremental checksums: it subtracts the fields that may change, header by header, and at the end
 * of a path stores the rest, the residual.
 */

import { type Block, braces, list } from '../data-plane/p4-text.js';
import { wholeField } from './fields.js';
import type { ParserContext } from './parser-context.js';
import type { Residual } from './residuals.js';

/** Subtracts from each checksum its parts in these headers: the checksum itself and all fields that may change. */
export function subtractions(headers: readonly string[], { residuals: sums, fields }: ParserContext): Block[] {
  return sums.flatMap(({ header: holder, covered }) => {
    const data = headers.flatMap((header) => {
      const own = header === holder ? [`hdr.${header}.checksum`] : [];
      const changing = covered.filter((part) => part.header === header).flatMap((part) => part.fields);
      return [...own, ...new Set(changing.map(({ name }) => wholeField(fields.expression(name))))];
    });
    return data.length === 0 ? [] : list(`${holder}_checksum.subtract({`, data, '});');
  });
}

/** Whether a state of the description follows one with a checksum that may be absent. */
export function isBehindOptionalChecksum(name: string, { dataPlane, residuals: sums }: ParserContext): boolean {
  const optional = sums.filter(({ zeroMeansNone }) => zeroMeansNone).map(({ header }) => header);
  return Object.values(dataPlane.description.parser.states).some(
    ({ extract, select: next }) =>
      extract.some((header) => optional.includes(header)) && next?.next.some((edge) => edge.state === name) === true,
  );
}

/** The context for packets without an optional checksum. */
export const withoutOptional = (context: ParserContext): ParserContext => ({
  ...context,
  residuals: context.residuals.filter(({ zeroMeansNone }) => !zeroMeansNone),
});

/** The checksums of the headers that a packet has after a state of the description. */
export function sumsAt(name: string, { dataPlane, residuals: sums }: ParserContext): readonly Residual[] {
  const { states, start } = dataPlane.description.parser;
  const taken = (from: string, before: readonly string[]): readonly string[] => {
    const { extract = [], select: next } = states[from] ?? {};
    const here = [...before, ...extract];
    return from === name ? here : (next?.next ?? []).flatMap((edge) => taken(edge.state, here));
  };
  const headers = taken(start, []);
  return sums.filter(({ header }) => headers.includes(header));
}

/**
 * Residuals are deposited where a path ends: the chip would also subtract headers that the parser extracts after a
 * deposit.
 */
export const deposits = (sums: readonly Residual[], { metadata }: ParserContext): string[] =>
  sums.flatMap(({ header, zeroMeansNone }) => [
    ...(zeroMeansNone ? [`${metadata}.${header}_has_checksum = true;`] : []),
    `${header}_checksum.subtract_all_and_deposit(${metadata}.${header}_residual);`,
  ]);

/** The state at the end of a path after a state of the description: `accept`, or one that deposits residuals. */
export function endOf(name: string, context: ParserContext): string {
  const sums = sumsAt(name, context);
  if (sums.length === 0) return 'accept';
  const end = `end_${sums.map(({ header }) => header).join('_')}`;
  if (!context.ends.has(end)) {
    context.ends.set(end, braces(`state ${end}`, [...deposits(sums, context), 'transition accept;']));
  }
  return end;
}
