/**
 * What the parser takes from checksums: the fields that may change, header by header, and at the end of a path what is
 * left, the residual.
 */

import { type Block, braces, list } from '../data-plane/p4-text.js';
import { wholeField } from './fields.js';
import type { ParserContext } from './parser-context.js';
import type { Residual } from './residuals.js';

/** Takes from each checksum what these headers hold of it: the checksum itself and all that may change. */
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

/** Whether a state of the description is reached from one that takes a checksum which may be absent. */
export function isBehindOptionalChecksum(name: string, { dataPlane, residuals: sums }: ParserContext): boolean {
  const optional = sums.filter(({ zeroMeansNone }) => zeroMeansNone).map(({ header }) => header);
  return Object.values(dataPlane.description.parser.states).some(
    ({ extract, select: next }) =>
      extract.some((header) => optional.includes(header)) && next?.next.some((edge) => edge.state === name) === true,
  );
}

/** For packets without the checksum: what follows owes nothing to it. */
export const withoutOptional = (context: ParserContext): ParserContext => ({
  ...context,
  residuals: context.residuals.filter(({ zeroMeansNone }) => !zeroMeansNone),
});

/** The checksums of headers that a packet has when a state of the description is done with it. */
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
 * Residuals are deposited where a path ends: what the parser takes behind the place of a deposit, the chip subtracts from
 * it as well.
 */
export const deposits = (sums: readonly Residual[], { metadata }: ParserContext): string[] =>
  sums.flatMap(({ header, zeroMeansNone }) => [
    ...(zeroMeansNone ? [`${metadata}.${header}_has_checksum = true;`] : []),
    `${header}_checksum.subtract_all_and_deposit(${metadata}.${header}_residual);`,
  ]);

/** Where a path ends behind a state of the description: `accept`, or a state of its own that deposits residuals. */
export function endOf(name: string, context: ParserContext): string {
  const sums = sumsAt(name, context);
  if (sums.length === 0) return 'accept';
  const end = `end_${sums.map(({ header }) => header).join('_')}`;
  if (!context.ends.has(end)) {
    context.ends.set(end, braces(`state ${end}`, [...deposits(sums, context), 'transition accept;']));
  }
  return end;
}
