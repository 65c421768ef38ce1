/**
 * The RPBs as a packet comes by them, pass after pass: RPB r (from 1) in pass p (from 0) of n RPBs is logical RPB
 * p · n + r. Allocators place rows in logical RPBs, in plain numbers; what they return becomes a {@link LogicalRpb} once it
 * has been checked, and nothing else does. The functions take either.
 */
declare const checked: unique symbol;

/** From 1 to the logical RPBs there are. */
export type LogicalRpb = number & { readonly [checked]: true };

/** @throws Error for what is no logical RPB, `what` is the noun: only an allocator can have got it wrong. */
export function asLogicalRpb(x: number | undefined, logicalRpbs: number, what: string): LogicalRpb {
  if (x === undefined || !Number.isInteger(x) || x < 1 || x > logicalRpbs) {
    throw new Error(`the allocator places ${what} in logical RPB ${x}, of 1 to ${logicalRpbs}`);
  }
  return x as LogicalRpb;
}

/** Index of the RPB, from 0. */
export const rpbIndexOf = (x: number, rpbCount: number): number => (x - 1) % rpbCount;

/** Number of the RPB, from 1. */
export const rpbNumberOf = (x: number, rpbCount: number): number => ((x - 1) % rpbCount) + 1;

/** From 0. */
export const passOf = (x: number, rpbCount: number): number => Math.floor((x - 1) / rpbCount);
