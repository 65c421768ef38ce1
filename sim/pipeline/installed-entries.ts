/** The entries of all tables of a switch, in order of insertion, and found by table, key and priority. */
import {
  type EntryKey,
  entryIdentity,
  FIXED_NAMES,
  type KeyField,
  type TableEntry,
} from '../../compiler/for-switches.js';

const EXACT_TABLES: ReadonlySet<string> = new Set([FIXED_NAMES.forwardTable, FIXED_NAMES.recirculationTable]);

/** An entry with what removes it from its table. */
export interface InstalledEntry {
  readonly entry: TableEntry;
  readonly remove: () => void;
}

/** Entries whose keys have one hash; nearly always one. */
type Bucket = InstalledEntry | InstalledEntry[];

export class InstalledEntries {
  private readonly inOrder = new Set<InstalledEntry>();
  /** By table and hash of key and priority: the text of an identity is long, and only equal hashes need it. */
  private readonly byTable = new Map<string, Map<number, Bucket>>();

  /** The entry with the identity of this one. */
  find(key: EntryKey): InstalledEntry | undefined {
    const bucket = this.byTable.get(key.table)?.get(keyHash(key));
    if (bucket === undefined) return undefined;
    if (Array.isArray(bucket)) return bucket.find(({ entry }) => isSameEntry(entry, key));
    return isSameEntry(bucket.entry, key) ? bucket : undefined;
  }

  /** Adds an entry that {@link find} does not find. */
  add(installed: InstalledEntry): void {
    this.inOrder.add(installed);
    const { entry } = installed;
    const table = this.byTable.get(entry.table) ?? new Map<number, Bucket>();
    this.byTable.set(entry.table, table);
    const hash = keyHash(entry);
    const bucket = table.get(hash);
    if (bucket === undefined) table.set(hash, installed);
    else if (Array.isArray(bucket)) bucket.push(installed);
    else table.set(hash, [bucket, installed]);
  }

  /** Deletes an entry that {@link find} has found. */
  delete(installed: InstalledEntry): void {
    this.inOrder.delete(installed);
    const table = this.byTable.get(installed.entry.table);
    const hash = keyHash(installed.entry);
    const bucket = table?.get(hash);
    if (Array.isArray(bucket) && bucket.length > 1) bucket.splice(bucket.indexOf(installed), 1);
    else table?.delete(hash);
  }

  /** All entries, in order of insertion. */
  list(): TableEntry[] {
    return Array.from(this.inOrder, ({ entry }) => entry);
  }
}

/** Whether one table cannot have both. */
export function isSameEntry(a: EntryKey, b: EntryKey): boolean {
  return (a.table === b.table && isPriorityEqual(a, b) && areFieldsEqual(a.key, b.key)) || identity(a) === identity(b);
}

/** Entries of exact tables have no priority. */
const priorityOf = ({ table, priority }: EntryKey): number => (EXACT_TABLES.has(table) ? 0 : priority);

const isPriorityEqual = (a: EntryKey, b: EntryKey): boolean => priorityOf(a) === priorityOf(b);

const identity = (key: EntryKey): string =>
  entryIdentity({ table: key.table, key: key.key, priority: priorityOf(key) });

/** Whether two keys are equal field by field; those in another order are compared by their identities. */
function areFieldsEqual(a: readonly KeyField[], b: readonly KeyField[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i], b[i]];
    if (one === undefined || other === undefined) return false;
    if (one === other) continue;
    if (one.name !== other.name || one.value !== other.value) return false;
    const isTernary = one.match === 'ternary';
    if (isTernary ? other.match !== 'ternary' || one.mask !== other.mask : other.match === 'ternary') return false;
  }
  return a.length === b.length;
}

/** Equal for equal identities, in any order of their fields. */
function keyHash(key: EntryKey): number {
  let hash = mixed(priorityOf(key) | 0);
  for (const field of key.key) {
    const mask = field.match === 'ternary' ? folded(field.mask) : EXACT;
    hash = (hash + mixed(folded(field.value) ^ mixed(mask ^ field.name.length))) | 0;
  }
  return hash >>> 2;
}

/** Stands for the mask of a field with exact match. */
const EXACT = 0x2545f491;

/** The high and the low 32 bits in one word. */
const folded = (value: number): number => (value / 2 ** 32) ^ value;

function mixed(word: number): number {
  const product = Math.imul(word ^ (word >>> 16), 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b);
}
