/** Installed entries are found as by the text of their identity, which is what they are found by to save time. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EntryKey, entryIdentity, FIXED_NAMES, type KeyField, type TableEntry } from '../../compiler/index.js';
import { InstalledEntries, type InstalledEntry, isSameEntry } from '../../sim/pipeline/installed-entries.js';
import { PROPERTY } from '../compiler/support.js';

const TABLES = ['a', 'b', FIXED_NAMES.recirculationTable];
const value = fc.constantFrom(0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 47);
const name = fc.constantFrom('x', 'y', 'zz');
const field: fc.Arbitrary<KeyField> = fc.oneof(
  fc.record({ name, match: fc.constant('exact' as const), value }),
  fc.record({ name, match: fc.constant('ternary' as const), value, mask: value }),
);
const entry: fc.Arbitrary<TableEntry> = fc.record({
  table: fc.constantFrom(...TABLES),
  key: fc.array(field, { maxLength: 3 }),
  priority: fc.constantFrom(0, 1),
  action: fc.constant('nop'),
  parameters: fc.constant([]),
});

/** Entries of exact tables have no priority. */
const identity = ({ table, key, priority }: EntryKey): string =>
  entryIdentity({ table, key, priority: table === FIXED_NAMES.recirculationTable ? 0 : priority });

test('entries are found, deleted and listed as in a map by their identities', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const installed = new InstalledEntries();
      const byIdentity = new Map<string, InstalledEntry>();
      for (const each of entries) {
        const found = installed.find(each);
        assert.is(found, byIdentity.get(identity(each)));
        if (found === undefined) {
          const added = { entry: each, remove: () => undefined };
          installed.add(added);
          byIdentity.set(identity(each), added);
        } else {
          installed.delete(found);
          byIdentity.delete(identity(each));
        }
        assert.equal(
          installed.list(),
          [...byIdentity.values()].map((kept) => kept.entry),
        );
      }
    }),
    PROPERTY,
  );
});

test('two entries are the same if and only if their identities are equal', () => {
  fc.assert(
    fc.property(entry, entry, fc.boolean(), (a, other, reversed) => {
      const b = reversed ? { ...a, key: a.key.toReversed() } : other;
      assert.is(isSameEntry(a, b), identity(a) === identity(b));
    }),
    PROPERTY,
  );
});

test.run();
