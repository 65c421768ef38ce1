/** The hashes of a placed program, from which readers of its memories compute addresses. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { FIVE_TUPLE } from '../data-plane/headers.js';
import type { PrimitiveStatement, Program, Statement } from '../language/program.js';
import type { HashInputField, HashUse, MemoryBlock, PlacedStep } from './compiled-program.js';

const REGISTER_BITS = 32;

/** For each hash statement, the memories that are accessed at its result on a path without another hash in between. */
function memoriesBehind(body: readonly Statement[]): Map<PrimitiveStatement, Set<string>> {
  const found = new Map<PrimitiveStatement, Set<string>>();
  const walk = (statements: readonly Statement[], before: PrimitiveStatement | undefined): void => {
    let last = before;
    for (const statement of statements) {
      if (statement.kind === 'branch') for (const { body: inner } of statement.cases) walk(inner, last);
      else if (statement.primitive.startsWith('HASH')) {
        last = statement;
        found.set(statement, new Set());
      } else if (statement.memory !== undefined && last !== undefined) found.get(last)?.add(statement.memory);
    }
  };
  walk(body, undefined);
  return found;
}

/**
 * In the order of the source, then of the RPBs: a statement in several branches may run in several RPBs.
 * @param placement of its steps
 * @param memories its blocks
 */
export function hashUses(
  program: Program,
  placement: readonly PlacedStep[],
  memories: readonly MemoryBlock[],
  dataPlane: DataPlane,
): HashUse[] {
  const inputs: Record<'5-tuple' | 'har', readonly HashInputField[]> = {
    '5-tuple': FIVE_TUPLE.map((name) => ({ name, bits: dataPlane.field(name).width })),
    har: [{ name: 'har', bits: REGISTER_BITS }],
  };
  return [...memoriesBehind(program.body)].flatMap(([{ span, memory }, addressed]) => {
    const places = new Map<number, HashUse>();
    for (const { line, column, action, rpb, pass } of placement) {
      if (line !== span.line || column !== span.column) continue;
      const effect = dataPlane.rpb(rpb).actions.get(action)?.effect;
      if (effect?.kind !== 'hash') continue;
      const hashed = program.memories.find(({ name }) => name === memory);
      places.set(pass * dataPlane.rpbCount + rpb, {
        line,
        column,
        rpb,
        pass,
        input: inputs[effect.input],
        into: effect.into,
        crc: dataPlane.rpb(rpb).hash,
        mask: hashed === undefined ? null : hashed.buckets - 1,
        memories: memories.flatMap(({ name, base }) => (addressed.has(name) ? [{ name, base }] : [])),
      });
    }
    return [...places.values()];
  });
}
