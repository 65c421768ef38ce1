/**
 * Programs that no switch of the data plane can hold, however empty: each BRANCH, each hash and each access of a
 * memory takes an RPB in a pass to itself on its path, and their number is limited. Found before the program is compiled, so that the
 * passes over its tree never meet a path without end.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Diagnostics } from './diagnostics.js';
import { HASHES, PRIMITIVES } from './primitives.js';
import type { Statement } from './program.js';

/** Reports the first statement that cannot have an RPB on its path; no more than one for a program. */
export function reportLongPath(
  statements: readonly Statement[],
  { rpbCount, description, switches }: DataPlane,
  diagnostics: Diagnostics,
): void {
  const passes = switches > 1 ? 1 : 2 ** description.state.recirculationIdBits;
  const room = rpbCount * passes;
  const beyond = firstBeyond(statements, 0, room);
  if (beyond === undefined) return;
  diagnostics.report(
    'path-too-long',
    beyond.span,
    `more than ${room} BRANCHes, hashes and memory accesses one after another, up to here`,
    `each takes an RPB to itself: the data plane has ${rpbCount}, and ${passes} passes at most`,
  );
}

/** @param before how many BRANCHes, hashes and accesses came before these statements on the path */
function firstBeyond(statements: readonly Statement[], before: number, room: number): Statement | undefined {
  let count = before;
  for (const statement of statements) {
    if (!takesRpb(statement)) continue;
    if (++count > room) return statement;
    if (statement.kind !== 'branch') continue;
    for (const { body } of statement.cases) {
      const beyond = firstBeyond(body, count, room);
      if (beyond !== undefined) return beyond;
    }
  }
  return undefined;
}

const takesRpb = (statement: Statement): boolean =>
  statement.kind === 'branch' ||
  HASHES.has(statement.primitive) ||
  PRIMITIVES.get(statement.primitive)?.accessesMemory === true;
