/**
 * No optimisation makes a program unplaceable: on an empty switch the price allocator refuses only what a complete
 * search refuses for every lowering, the plain one among them.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DoesNotFit,
  f1,
  f2,
  greedyAllocator,
  hierarchical,
  link,
  lower,
  SwitchState,
} from '../../compiler/index.js';
import { fitsEmptySwitch, fitsInOrder } from '../../compiler/passes/empty-switch.js';
import { lowerings } from '../../compiler/passes/lowerings.js';
import { chain } from '../../compiler/place/chain.js';
import { cases } from '../tiers.js';
import { checkedProgram, linkProgram } from './support.js';

const PROGRAMS = cases(30);

/** Random texts with bounded addresses: accesses, header actions of one gress, forwarding, nested branches. */
class Texts {
  constructor(private state: number) {}

  next(): string {
    const body = this.body(2);
    const memories = ['a 256', 'b 1024'].filter((memory) => body.includes(`(${memory.charAt(0)})`));
    return `${memories.map((memory) => `@${memory} `).join('')}program p(<hdr.udp.src_port, 1, 0xffff>) { ${body} }`;
  }

  below(count: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * count);
  }

  private pick(texts: readonly string[]): string {
    return texts[this.below(texts.length)] ?? '';
  }

  private body(depth: number): string {
    const statements = Array.from({ length: 1 + this.below(4) }, () => this.pick(STATEMENTS)).join(' ');
    if (depth === 0 || this.below(3) === 0) return statements;
    const cases = Array.from({ length: 1 + this.below(3) }, () => {
      const register = this.pick(['har', 'sar', 'mar']);
      return `case(<${register}, ${this.below(4)}, 0xff>) { ${this.below(6) === 0 ? '' : this.body(depth - 1)} }`;
    });
    return `${statements} BRANCH: ${cases.join(' ')}; ${this.body(depth - 1)}`;
  }
}

const STATEMENTS = [
  ...['FORWARD(1);', 'DROP;', 'REPORT;', 'RETURN;', 'LOADI(sar, 2);', 'ADD(sar, har);', 'ADDI(sar, 3);', 'HASH;'],
  ...['EXTRACT(eg_intr_md.deq_timedelta, har);', 'EXTRACT(hdr.ipv4.src, har);', 'MODIFY(hdr.ipv4.dst, sar);'],
  ...['HASH_5_TUPLE_MEM(a); MEMADD(a);', 'HASH_MEM(b); MEMOR(b);', 'LOADI(mar, 1); MEMREAD(a);'],
];

const TWO_HASHES =
  '@d 8 program p(<hdr.udp.src_port, 0x400, 0xff00>) ' +
  '{ HASH_5_TUPLE_MEM(d); MEMOR(d); HASH_5_TUPLE_MEM(d); LOADI(sar, 1); MEMADD(d); }';
const INLINED_EGRESS =
  'program p(<hdr.ipv4.src, 1, 1>) ' +
  '{ BRANCH: case(<har, 0, 1>) { FORWARD(1); }; EXTRACT(eg_intr_md.deq_timedelta, har); }';
const JOINED_ENDS =
  'program p(<hdr.ipv4.src, 1, 1>) { EXTRACT(hdr.ipv4.src, mar); ' +
  'BRANCH: case(<mar, 0, 1>) { EXTRACT(eg_intr_md.deq_timedelta, har); MODIFY(hdr.ipv4.dst, sar); } ' +
  'case(<mar, 1, 1>) { REPORT; MODIFY(hdr.ipv4.dst, sar); }; }';

const refused = (source: string, dataPlane: DataPlane, recirculations: number): boolean => {
  const lowered = lower(checkedProgram(source, dataPlane), dataPlane, recirculations);
  try {
    link(lowered, new SwitchState(dataPlane), '');
    return false;
  } catch (error) {
    if (error instanceof DoesNotFit) return true;
    throw error;
  }
};

for (const name of ['default', 'tofino1'] as const) {
  test(`${name}: price refuses only what a complete search shows to have no place, however it is lowered`, () => {
    const dataPlane = builtInDataPlane(name);
    assert.ok(dataPlane);
    const texts = new Texts(20_240_804);
    const seen = { placed: 0, refused: 0 };
    for (let i = 0; i < PROGRAMS; i++) {
      const source = texts.next();
      const recirculations = texts.below(3);
      if (analyse(source, dataPlane).hasErrors) continue;
      if (!refused(source, dataPlane, recirculations)) {
        seen.placed++;
        continue;
      }
      seen.refused++;
      const program = checkedProgram(source, dataPlane);
      for (const lowered of lowerings(program, dataPlane, recirculations)) {
        assert.is(fitsEmptySwitch(lowered, lowered.problem.tree), 'none', `R = ${recirculations}: ${source}`);
      }
    }
    assert.ok(seen.placed >= 10 && seen.refused >= 10, `${seen.placed} placed, ${seen.refused} refused`);
  });

  test(`${name}: what fits in order is placed by the search too, by rows and by depths`, () => {
    const dataPlane = builtInDataPlane(name);
    assert.ok(dataPlane);
    const texts = new Texts(20_261_129);
    const seen = { inOrder: 0, others: 0 };
    for (let i = 0; i < PROGRAMS / 4; i++) {
      const source = texts.next();
      if (analyse(source, dataPlane).hasErrors) continue;
      for (const lowered of lowerings(checkedProgram(source, dataPlane), dataPlane, 1)) {
        if (!fitsInOrder(lowered)) {
          seen.others++;
          continue;
        }
        seen.inOrder++;
        assert.is(fitsEmptySwitch(lowered, lowered.problem.tree), 'placed', source);
        assert.is(fitsEmptySwitch(lowered, chain(lowered.problem.rows)), 'placed', source);
      }
    }
    assert.ok(seen.inOrder >= 10 && seen.others >= 10, `${seen.inOrder} in order, ${seen.others} others`);
  });

  test(`${name}: a first access waits where the second has more to do before it`, () => {
    const dataPlane = builtInDataPlane(name);
    assert.ok(dataPlane);
    const program = checkedProgram(TWO_HASHES, dataPlane);
    for (const allocator of [DEFAULT_LINK_OPTIONS.allocator, ...[f1(), f2, hierarchical].map(greedyAllocator)]) {
      const options = { ...DEFAULT_LINK_OPTIONS, allocator };
      const { passes, placement } = linkProgram(program, new SwitchState(dataPlane), options, 1);
      assert.is(passes, 2, allocator.name);
      const rpbsOf = (action: RegExp) =>
        new Set(placement.filter((at) => action.test(at.action)).map(({ rpb }) => rpb));
      assert.is(rpbsOf(/^hash/).size, 1, allocator.name);
      assert.is(rpbsOf(/^salu/).size, 1, allocator.name);
    }
    assert.ok(refused(TWO_HASHES, dataPlane, 0), 'two accesses take two passes');
  });

  test(`${name}: steps of no common RPB are not put into one row by inlining, joining or sharing`, () => {
    const dataPlane = builtInDataPlane(name);
    assert.ok(dataPlane);
    assert.not(refused(INLINED_EGRESS, dataPlane, 0));
    assert.not(refused(JOINED_ENDS, dataPlane, 1));
  });
}

test.run();
