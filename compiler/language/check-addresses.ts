/**
 * A program never touches a word outside its memories: what mar can be is followed along every path, and each access
 * must lie within its memory. A BRANCH has no join, so every statement has one path that leads to it, and what its
 * conditions say of the registers is known in the bodies of the cases and behind them.
 */

import { readable } from '../data-plane/bits.js';
import { counted } from '../data-plane/counting.js';
import { type KnownRegisters, ZERO_REGISTERS } from '../data-plane/instructions/packet-state.js';
import { andWords, constantWord, isConstant } from '../data-plane/known-word.js';
import { must } from '../data-plane/must.js';
import type { Diagnostics } from './diagnostics.js';
import { registersAfter, where, whereNot } from './known-registers.js';
import { PRIMITIVES } from './primitives.js';
import type { BranchStatement, PrimitiveStatement, Statement } from './program.js';

/** Reports every access that may lie outside its memory. @param buckets of each memory by name */
export function checkAddresses(
  body: readonly Statement[],
  buckets: ReadonlyMap<string, number>,
  diagnostics: Diagnostics,
): void {
  new AddressCheck(buckets, diagnostics).body(body, ZERO_REGISTERS);
}

class AddressCheck {
  constructor(
    private readonly buckets: ReadonlyMap<string, number>,
    private readonly diagnostics: Diagnostics,
  ) {}

  /** @param before what is known of the registers in front of the statements */
  body(statements: readonly Statement[], before: KnownRegisters): void {
    let state = before;
    for (const statement of statements) {
      if (statement.kind === 'primitive') {
        state = this.primitive(statement, state);
        continue;
      }
      const behind = this.branch(statement, state);
      // What follows never runs.
      if (behind === undefined) return;
      state = behind;
    }
  }

  /** What is known where no case matched; undefined if one always does. */
  private branch({ cases }: BranchStatement, before: KnownRegisters): KnownRegisters | undefined {
    let state = before;
    for (const { conditions, body } of cases) {
      const inside = where(state, conditions);
      if (inside === undefined) continue;
      this.body(body, inside);
      const others = whereNot(state, conditions);
      if (others === undefined) return undefined;
      state = others;
    }
    return state;
  }

  private primitive(statement: PrimitiveStatement, state: KnownRegisters): KnownRegisters {
    if (PRIMITIVES.get(statement.primitive)?.accessesMemory === true) return this.access(statement, state);
    return registersAfter(statement, state, (memory) => this.bucketsOf(memory));
  }

  private bucketsOf(memory: string): number {
    const buckets = this.buckets.get(memory);
    if (buckets === undefined) throw new Error(`there is no memory ${memory}`);
    return buckets;
  }

  private access(statement: PrimitiveStatement, state: KnownRegisters): KnownRegisters {
    const { mar } = state;
    const buckets = this.bucketsOf(must(statement.memory, 'memory of a primitive'));
    const after = registersAfter(statement, state, (memory) => this.bucketsOf(memory));
    if (mar.max < buckets) return after;
    const of = `memory ${statement.memory} has ${counted(buckets, 'bucket')}`;
    if (isConstant(mar)) {
      const most = `the last bucket is ${readable(buckets - 1)}`;
      this.diagnostics.report(
        'address-out-of-range',
        statement.span,
        `mar is ${readable(mar.min)} here, and ${of}`,
        most,
      );
    } else {
      const can = `mar can be up to ${readable(mar.max)} here, and ${of}`;
      const mask = `ANDI(mar, ${readable(buckets - 1)});`;
      const { start } = statement.span;
      this.diagnostics.report('address-not-bounded', statement.span, can, {
        hint: `write ${mask} in front of it`,
        fix: { title: `insert ${mask}`, start, end: start, text: `${mask} ` },
      });
    }
    // One finding for one address: as if it had been mended.
    return { ...after, mar: andWords(mar, constantWord(buckets - 1)) };
  }
}
