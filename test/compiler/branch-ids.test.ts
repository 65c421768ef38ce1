/** Branch ids and the ternary matches that cover them. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assignBranchIds,
  type BranchMatch,
  coverBranches,
  meetsOneOf,
  type SharingGroup,
} from '../../compiler/rows/branch-ids.js';
import { PROPERTY } from './support.js';

const matches = ({ value, mask }: BranchMatch, id: number): boolean => (id & mask) === value;

/** How many entries a group of branches needs at the least, given these ids. */
const entriesFor = (members: readonly number[], ids: readonly number[], bits: number): number =>
  coverBranches(
    members.map((member) => ids[member] ?? 0),
    meetsOneOf(ids.filter((_, number) => !members.includes(number))),
    bits,
  ).length;

const ROWS: readonly (readonly [
  name: string,
  branches: number,
  groups: number[][],
  bits: number,
  entries: number[],
])[] = [
  ['two of three', 3, [[1, 2]], 12, [1]],
  ['the root and another', 4, [[0, 3]], 12, [1]],
  ['all', 5, [[0, 1, 2, 3, 4]], 12, [1]],
  ['three of seven', 7, [[2, 4, 6]], 12, [1]],
  [
    'groups within groups',
    10,
    [
      [1, 2, 3, 4],
      [1, 2],
      [5, 6],
    ],
    12,
    [1, 1, 1],
  ],
  ['two thirds of 4096', 4096, [Array.from({ length: 2048 }, (_, i) => i)], 12, [1]],
  ['too few bits for every block', 4, [[0, 1, 2]], 2, [2]],
  [
    'overlapping groups: the one that saves more',
    3,
    [
      [0, 1],
      [1, 2],
    ],
    12,
    [1, 2],
  ],
];

for (const [name, branches, members, bits, entries] of ROWS) {
  test(`${name}: ${entries.join()} entries`, () => {
    const groups = members.map((of, i): SharingGroup => ({ members: of, saves: of.length * 10 - i }));
    const ids = assignBranchIds(branches, groups, bits);
    assert.is(ids[0], 0);
    assert.equal(
      members.map((of) => entriesFor(of, ids, bits)),
      entries,
    );
  });
}

const scenario = fc
  .record({ branches: fc.integer({ min: 1, max: 40 }), bits: fc.integer({ min: 6, max: 12 }) })
  .chain(({ branches, bits }) =>
    fc.record({
      branches: fc.constant(branches),
      bits: fc.constant(bits),
      groups: fc.array(fc.uniqueArray(fc.nat({ max: branches - 1 }), { minLength: 1 }), { maxLength: 6 }),
    }),
  );

test('ids are distinct, fit their width, and the root has 0', () => {
  fc.assert(
    fc.property(scenario, ({ branches, bits, groups }) => {
      const sharing = groups.map((members, i) => ({ members: [...members].sort((a, b) => a - b), saves: i }));
      const ids = assignBranchIds(branches, sharing, bits);
      assert.is(ids.length, branches);
      assert.is(new Set(ids).size, branches);
      assert.is(ids[0], 0);
      assert.ok(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 2 ** bits));
    }),
    PROPERTY,
  );
});

test('a cover matches each of its ids once, and no other', () => {
  fc.assert(
    fc.property(scenario, ({ branches, bits, groups }) => {
      const ids = assignBranchIds(branches, [], bits);
      for (const members of groups) {
        const inside = members.map((member) => ids[member] ?? 0);
        const outside = ids.filter((_, number) => !members.includes(number));
        const cover = coverBranches(inside, meetsOneOf(outside), bits);
        for (const id of inside) assert.is(cover.filter((match) => matches(match, id)).length, 1);
        for (const id of outside) assert.not.ok(cover.some((match) => matches(match, id)));
        assert.ok(cover.length <= inside.length);
      }
    }),
    PROPERTY,
  );
});

test.run();
