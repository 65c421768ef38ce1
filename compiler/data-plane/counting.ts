/** Adds to a count, which is 0 if the key is new. @returns the new count */
export function addTo<K>(counts: Map<K, number>, key: K, by = 1): number {
  const count = (counts.get(key) ?? 0) + by;
  counts.set(key, count);
  return count;
}

/** Adds to the list of a key, which may not have begun. */
export function appendTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** `1 entry`, `2,816 entries`; words whose plural has another form than these are not used with it. */
export function counted(count: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /(ch|ss)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
