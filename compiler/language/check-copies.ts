/**
 * Statements behind MULTICAST run for the packet or for each copy, by where they are placed. Those that work on the
 * packet alone do the same either way; an access of memory does not.
 */
import { REPLICATION_ID } from '../data-plane/intrinsics.js';
import type { Diagnostics } from './diagnostics.js';
import { PRIMITIVES } from './primitives.js';
import type { Statement } from './program.js';

/** Reports accesses of memory behind MULTICAST on a path. @param copied whether the path has come to a MULTICAST */
export function checkCopies(statements: readonly Statement[], diagnostics: Diagnostics, copied = false): void {
  let isCopied = copied;
  for (const statement of statements) {
    if (statement.kind === 'branch') {
      for (const { body } of statement.cases) checkCopies(body, diagnostics, isCopied);
      continue;
    }
    const { primitive, span } = statement;
    if (primitive === 'MULTICAST') isCopied = true;
    if (!isCopied || PRIMITIVES.get(primitive)?.accessesMemory !== true) continue;
    diagnostics.report(
      'memory-behind-multicast',
      span,
      `${primitive} stands behind MULTICAST: it would access memory for the packet or for each copy, by its placement`,
      'write it in front of MULTICAST',
    );
  }
}

/** Whether statements read which copy of a packet they work on: there are copies behind the last pass only. */
export const readsReplicationId = (statements: readonly Statement[]): boolean =>
  statements.some((statement) =>
    statement.kind === 'branch'
      ? statement.cases.some(({ body }) => readsReplicationId(body))
      : statement.field?.name === REPLICATION_ID.name,
  );

/** Why a program takes one pass only, for messages about its place; empty for others. */
export const onePassText = (body: readonly Statement[]): string =>
  readsReplicationId(body)
    ? ` (it reads ${REPLICATION_ID.name}, so it takes one pass: copies are made behind the ingress of the last one)`
    : '';
