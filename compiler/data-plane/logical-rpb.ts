/**
 * The RPBs in the order in which a packet passes them in all passes: RPB r (from 1) in pass p (from 0) of n RPBs is
 * logical RPB p · n + r. Allocators place rows in logical RPBs, as plain numbers; their result becomes a {@link
 * LogicalRpb} when it has been checked. The functions take either.
 */
declare const checked: unique symbol;

/** From 1 to the number of logical RPBs. */
export type LogicalRpb = number & { readonly [checked]: true };

/**
 * @param row the number of the placed row, from 1, for the message
 * @throws Error for a number that is no logical RPB, which is a bug of an allocator
 */
export function asLogicalRpb(x: number | undefined, logicalRpbs: number, row: number): LogicalRpb {
  if (x === undefined || !Number.isInteger(x) || x < 1 || x > logicalRpbs) {
    throw new Error(`the allocator places row ${row} in logical RPB ${x}, of 1 to ${logicalRpbs}`);
  }
  return x as LogicalRpb;
}

/** Index of the RPB, from 0. */
export const rpbIndexOf = (x: number, rpbCount: number): number => (x - 1) % rpbCount;

/** Number of the RPB, from 1. */
export const rpbNumberOf = (x: number, rpbCount: number): number => ((x - 1) % rpbCount) + 1;

/** Pass, from 0. */
export const passOf = (x: number, rpbCount: number): number => Math.floor((x - 1) / rpbCount);
