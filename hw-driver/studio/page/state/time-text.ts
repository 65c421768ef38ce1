/** Times of packets as text. */

const NANOSECONDS = 1_000_000_000;

/** Seconds from one time stamp to another, with six digits behind the point. */
export function secondsSince(
  start: { readonly seconds: number; readonly nanoseconds: number },
  seconds: number,
  nanoseconds: number,
): string {
  let whole = seconds - start.seconds;
  let rest = nanoseconds - start.nanoseconds;
  const isBefore = whole < 0 || (whole === 0 && rest < 0);
  if (isBefore) [whole, rest] = [-whole, -rest];
  if (rest < 0) [whole, rest] = [whole - 1, rest + NANOSECONDS];
  return `${isBefore ? '-' : ''}${whole}.${String(rest).padStart(9, '0').slice(0, 6)}`;
}
