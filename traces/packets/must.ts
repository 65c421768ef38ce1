/**
 * A value that must not be missing. A default in its place would turn a fault of this code into time 0 or an empty
 * packet, which would be noticed late or never.
 * @param what the noun of the message, e.g. `time of packet 3`
 * @throws Error `the time of packet 3 is missing`; it is never the user's fault, so nothing catches it.
 */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw missing(what);
  return value;
}

/** Apart from {@link must}, which is small enough to be inlined. */
const missing = (what: string): Error => new Error(`the ${what} is missing`);
