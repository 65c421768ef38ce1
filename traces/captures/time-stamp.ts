/** Time stamps of packets: whole seconds since the epoch and nanoseconds within the second, so that none is rounded. */

export interface TimeStamp {
  /** Whole seconds; negative before 1970. */
  readonly seconds: number;
  /** 0 to 999,999,999, counted forward also before 1970. */
  readonly nanoseconds: number;
}

const NANOSECONDS = 1_000_000_000n;
/** The times that a date with a year of four digits can say: years 0 to 9999. */
const DATE_SECONDS = { first: -62_167_219_200n, last: 253_402_300_799n } as const;

/** Nanoseconds since the epoch. Assumes whole seconds. */
export const epochNanoseconds = ({ seconds, nanoseconds }: TimeStamp): bigint =>
  BigInt(seconds) * NANOSECONDS + BigInt(nanoseconds);

/** The time of a number of nanoseconds since the epoch. */
export function timeStampOf(epochNs: bigint): TimeStamp {
  const nanoseconds = ((epochNs % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  return { seconds: Number((epochNs - nanoseconds) / NANOSECONDS), nanoseconds: Number(nanoseconds) };
}

/** Exact seconds with nine decimals, e.g. `-1.000000005`. */
export function decimalSeconds(nanoseconds: bigint): string {
  const digits = (nanoseconds < 0n ? -nanoseconds : nanoseconds).toString().padStart(10, '0');
  return `${nanoseconds < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** As in `2011-01-25T18:52:22.708292000Z`; as decimal seconds since the epoch for years that have not four digits. */
export function dateText(epochNs: bigint): string {
  const { seconds, nanoseconds } = timeStampOf(epochNs);
  const whole = BigInt(seconds);
  if (whole < DATE_SECONDS.first || whole > DATE_SECONDS.last) return `${decimalSeconds(epochNs)} s`;
  const date = new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${date}.${String(nanoseconds).padStart(9, '0')}Z`;
}
