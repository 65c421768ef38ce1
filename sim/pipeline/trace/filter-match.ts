/** Whether a packet matches a filter, by the filter's key and independently of the switch's look-up. */
import { must } from '../../../compiler/data-plane/must.js';
import { and48, type FilterTable, type TableEntry } from '../../../compiler/for-switches.js';
import type { HeaderReader } from './header-reader.js';

/**
 * @param table the table that is looked up
 * @param reader the packet, as the table sees it
 */
export function matchesFilter(
  entry: TableEntry,
  { table, requires, unreachable, keys }: FilterTable,
  reader: HeaderReader,
  ingressPort: number,
): boolean {
  if (entry.table !== table || unreachable !== undefined || !reader.has(requires)) return false;
  return entry.key.every((field) => {
    const key = must(
      keys.find(({ name }) => name === field.name),
      `key ${field.name} of ${table}`,
    );
    // A header that the packet lacks reads as 0.
    const value = key.kind === 'header' ? (reader.value(key) ?? 0) : ingressPort;
    if (field.match === 'exact') return value === field.value;
    return and48(value, field.mask) === and48(field.value, field.mask);
  });
}
