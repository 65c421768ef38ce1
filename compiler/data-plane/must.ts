/**
 * Asserts that a value exists. A default in its place would let a bug continue as RPB 1, id 0 or the first table,
 * and show far from its cause, or never.
 * @param what the noun of the message, e.g. `placement of row 3`
 * @throws Error `the placement of row 3 is missing`; it is always a bug, so nothing catches it.
 */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw missing(what);
  return value;
}

/** A separate function, so that {@link must} is small enough to be inlined. */
const missing = (what: string): Error => new Error(`the ${what} is missing`);
