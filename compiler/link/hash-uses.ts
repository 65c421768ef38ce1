/** The hashes of a placed program, from which readers of its memories compute addresses. */

import { appendTo } from '../data-plane/counting.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import type { CrcDescription } from '../data-plane/description.js';
import { HASHED_FIELDS, type HashInput } from '../data-plane/headers.js';
import type { Effects } from '../data-plane/instructions/instruction.js';
import { must } from '../data-plane/must.js';
import { HASHES } from '../language/primitives.js';
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
      else if (HASHES.has(statement.primitive)) {
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
  const behind = memoriesBehind(program.body);
  if (behind.size === 0) return [];
  const inputOf = (input: HashInput): readonly HashInputField[] =>
    input === 'har'
      ? [{ name: 'har', bits: REGISTER_BITS }]
      : HASHED_FIELDS[input].map((name) => ({ name, bits: dataPlane.field(name).width }));
  const placed = hashingSteps(placement, dataPlane);
  const sizes = new Map(program.memories.map(({ name, buckets }) => [name, buckets]));
  const order = new Map(memories.map((memory, i) => [memory.name, i]));
  const uses: HashUse[] = [];
  for (const [{ span, memory }, addressed] of behind) {
    const places = new Map<number, HashUse>();
    const size = memory === undefined ? undefined : sizes.get(memory);
    const blocks = [...addressed].flatMap((name) => order.get(name) ?? []).sort((a, b) => a - b);
    for (const { step, hashes, crc } of placed.get(span.line)?.get(span.column) ?? []) {
      const { line, column, rpb, pass } = step;
      places.set(pass * dataPlane.rpbCount + rpb, {
        line,
        column,
        rpb,
        pass,
        input: inputOf(hashes.input),
        into: hashes.into,
        crc,
        mask: size === undefined ? null : size - 1,
        memories: blocks.map((i) => {
          const { name, base } = must(memories[i], 'block of a memory');
          return { name, base };
        }),
      });
    }
    uses.push(...places.values());
  }
  return uses;
}

interface HashingStep {
  readonly step: PlacedStep;
  readonly hashes: NonNullable<Effects['hashes']>;
  readonly crc: CrcDescription;
}

/** The steps that compute a hash, by line and column of their statement. */
function hashingSteps(
  placement: readonly PlacedStep[],
  dataPlane: DataPlane,
): ReadonlyMap<number, ReadonlyMap<number, readonly HashingStep[]>> {
  const byLine = new Map<number, Map<number, HashingStep[]>>();
  for (const step of placement) {
    const { actions, hash: crc } = dataPlane.rpb(step.rpb);
    const hashes = actions.get(step.action)?.effects.hashes;
    if (hashes === undefined) continue;
    const byColumn = byLine.get(step.line) ?? new Map<number, HashingStep[]>();
    byLine.set(step.line, byColumn);
    appendTo(byColumn, step.column, { step, hashes, crc });
  }
  return byLine;
}
