/**
 * What has to be there. A default in its place would let a fault of this code go on as RPB 1, ID 0 or the first table,
 * and be seen far from where it happened, or never.
 * @param what the noun of the message, e.g. `placement of row 3`
 * @throws Error `the placement of row 3 is missing`; it is never the user's fault, so nothing catches it.
 */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw missing(what);
  return value;
}

/** Apart from {@link must}, which is small enough to be inlined. */
const missing = (what: string): Error => new Error(`the ${what} is missing`);
