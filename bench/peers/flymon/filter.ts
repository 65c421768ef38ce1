/** Filters of tasks: a source and a destination prefix. */

export interface Prefix {
  /** Address as an unsigned number of 32 bits. */
  readonly address: number;
  /** Bits of the address that count, 0 to 32. */
  readonly bits: number;
}

export interface TaskFilter {
  readonly source: Prefix;
  readonly destination: Prefix;
}

const ADDRESS_BITS = 32;

/** Whether a packet can match both. */
export const filtersIntersect = (a: TaskFilter, b: TaskFilter): boolean =>
  prefixesIntersect(a.source, b.source) && prefixesIntersect(a.destination, b.destination);

/** Whether one of two prefixes contains the other. */
export function prefixesIntersect(a: Prefix, b: Prefix): boolean {
  const width = 2 ** (ADDRESS_BITS - Math.min(a.bits, b.bits));
  return Math.floor(a.address / width) === Math.floor(b.address / width);
}

export const isPrefix = ({ address, bits }: Prefix): boolean =>
  isWhole(address, 2 ** ADDRESS_BITS - 1) && isWhole(bits, ADDRESS_BITS);

const isWhole = (value: number, greatest: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= greatest;
