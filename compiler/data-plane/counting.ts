/** Adds to a count that may not have begun. Returns the new count. */
export function addTo<K>(counts: Map<K, number>, key: K, by = 1): number {
  const count = (counts.get(key) ?? 0) + by;
  counts.set(key, count);
  return count;
}
