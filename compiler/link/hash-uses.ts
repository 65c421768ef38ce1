/** The hashes of a placed program, from which readers of its memories compute addresses. */

import type { DataPlane } from '../data-plane/data-plane.js';
import { FIVE_TUPLE } from '../data-plane/headers.js';
import { effectsOf } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
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
  const behind = memoriesBehind(program.body);
  const placed = stepsByPlace(behind.size === 0 ? [] : placement);
  const sizes = new Map(program.memories.map(({ name, buckets }) => [name, buckets]));
  const order = new Map(memories.map((memory, i) => [memory.name, i]));
  return [...behind].flatMap(([{ span, memory }, addressed]) => {
    const places = new Map<number, HashUse>();
    const size = memory === undefined ? undefined : sizes.get(memory);
    const blocks = [...addressed].flatMap((name) => order.get(name) ?? []).sort((a, b) => a - b);
    for (const { line, column, action, rpb, pass } of placed.get(placeKey(span)) ?? []) {
      const effect = dataPlane.rpb(rpb).actions.get(action)?.effect;
      const hash = effect && effectsOf(effect).hashes;
      if (hash === undefined) continue;
      places.set(pass * dataPlane.rpbCount + rpb, {
        line,
        column,
        rpb,
        pass,
        input: inputs[hash.input],
        into: hash.into,
        crc: dataPlane.rpb(rpb).hash,
        mask: size === undefined ? null : size - 1,
        memories: blocks.map((i) => {
          const { name, base } = must(memories[i], 'block of a memory');
          return { name, base };
        }),
      });
    }
    return [...places.values()];
  });
}

const placeKey = ({ line, column }: { readonly line: number; readonly column: number }): string => `${line}:${column}`;

/** By line and column of its statement. */
function stepsByPlace(placement: readonly PlacedStep[]): ReadonlyMap<string, readonly PlacedStep[]> {
  const byPlace = new Map<string, PlacedStep[]>();
  for (const step of placement) {
    const key = placeKey(step);
    const steps = byPlace.get(key);
    if (steps === undefined) byPlace.set(key, [step]);
    else steps.push(step);
  }
  return byPlace;
}
