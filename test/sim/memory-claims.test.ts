/** Which blocks of memory overlap, against a search of all. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Claim, MemoryClaims } from '../../sim/blocks/memory-claims.js';
import { property } from './test-switch.js';

const block = fc
  .tuple(fc.nat(5), fc.nat(60), fc.oneof(fc.nat(4), fc.nat(40)))
  .map(([programId, base, buckets]): Claim => ({ programId, base, end: base + buckets }));
const step = fc.oneof(
  { weight: 4, arbitrary: block.map((claim) => ({ kind: 'add' as const, claim })) },
  { weight: 1, arbitrary: fc.nat(5).map((programId) => ({ kind: 'remove' as const, programId })) },
  { weight: 4, arbitrary: block.map((asked) => ({ kind: 'ask' as const, asked })) },
);

test('a block overlaps those that a search of all blocks finds', () => {
  let answers = { true: 0, false: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const claims = new MemoryClaims();
      let all: Claim[] = [];
      for (const each of steps) {
        if (each.kind === 'add') {
          claims.add(each.claim);
          all.push(each.claim);
        } else if (each.kind === 'remove') {
          claims.removeOf(each.programId);
          all = all.filter(({ programId }) => programId !== each.programId);
        } else {
          const { programId, base, end } = each.asked;
          const isOther = (other: number): boolean => other !== programId;
          const expected = all.some((one) => one.base < end && base < one.end && isOther(one.programId));
          assert.is(claims.overlaps(base, end, isOther), expected);
          answers = { ...answers, [`${expected}`]: answers[`${expected}`] + 1 };
        }
      }
    }),
    property(300),
  );
  assert.ok(answers.true > 100 && answers.false > 100);
});

test.run();
