/** Liveness of registers over statements, a backward analysis; no register is live at the end of the program. */
import type { Register } from '../data-plane/description.js';
import { PRIMITIVES, registersUsed } from '../language/primitives.js';
import type { Statement } from '../language/program.js';

export type RegisterSet = ReadonlySet<Register>;

const NONE: RegisterSet = new Set();

/** The registers live before the first statement of a list, and after each. */
export interface Liveness {
  readonly before: RegisterSet;
  readonly after: readonly RegisterSet[];
}

export function liveness(statements: readonly Statement[]): Liveness {
  const after: RegisterSet[] = [];
  let live = NONE;
  for (let i = statements.length - 1; i >= 0; i--) {
    const statement = statements[i];
    if (statement === undefined) continue;
    after[i] = live;
    live = liveBefore(statement, live);
  }
  return { before: live, after };
}

function liveBefore(statement: Statement, after: RegisterSet): RegisterSet {
  const live = new Set(after);
  if (statement.kind === 'branch') {
    for (const { conditions, body } of statement.cases) {
      for (const { register, mask } of conditions) if (mask !== 0) live.add(register);
      for (const register of liveness(body).before) live.add(register);
    }
    return live;
  }
  const row = PRIMITIVES.get(statement.primitive);
  if (row === undefined) return live;
  for (const register of registersUsed(row.writes, statement.registers)) live.delete(register);
  for (const register of registersUsed(row.reads, statement.registers)) live.add(register);
  return live;
}
