/** The missing resource as a sentence. */

import { counted } from '../data-plane/counting.js';
import { must } from '../data-plane/must.js';
import { rangesText } from '../data-plane/ranges-text.js';
import { onePassText } from '../language/check-copies.js';
import { reasonText } from '../link/does-not-fit.js';
import type { LoweredProgram } from '../passes/compile.js';
import { branchItems } from './branch-items.js';
import type { MissingResource } from './missing-resource.js';
import { actionNamesOf, actionText, logicalText } from './reason-text.js';
import { saluFlags } from './salu-flags.js';
import { byName, callText, stepText } from './step-text.js';

export function missingText(missing: MissingResource, lowered: LoweredProgram): string {
  const { problem, dataPlane, rows } = lowered;
  const { switches } = dataPlane;
  const passes = problem.logicalRpbs / problem.rpbCount;
  const room = switches > 1 ? counted(switches, 'switch') : counted(passes, 'pass');
  const has = Math.max(passes, switches) === 1 ? 'has' : 'have';
  // The last logical RPB gives the number of passes.
  const place = (logical: readonly number[]): string => logicalText(logical, { isOnePass: passes === 1, dataPlane });
  switch (missing.kind) {
    case 'other':
    case 'together':
      return reasonText(missing.reason);
    case 'length':
      return (
        `it has ${missing.needed} rows in sequence, and ${room} ` +
        `${has} ${missing.available} RPBs${onePassText(lowered.program.body)}`
      );
    case 'action':
      return (
        `${rowText(missing.rows, lowered)} can be in ${place([missing.from])} at the earliest, after the rows before it; ` +
        `${actionText(missing.rows, { rows, dataPlane })}, and ${room} ` +
        `${has} none after that${onePassText(lowered.program.body)}`
      );
    case 'entries':
      return (
        `${rowText(missing.rows, lowered)} needs ${counted(missing.needed, 'entry')} in ` +
        `${anyOf(missing.rpbs)}${place(missing.rpbs)}; the most free entries are in ` +
        `${place([missing.freestRpb])}: ${missing.free}${pushText(missing.pushes, lowered)}`
      );
    case 'memory': {
      const blocks = missing.needed.map(({ name, buckets }) => `${buckets} buckets for ${name}`).join(' and ');
      return (
        `${rowText(missing.rows, lowered)} needs ${blocks}, contiguous, in ${anyOf(missing.rpbs)}` +
        `${place(missing.rpbs)}; the largest free block there has ${missing.free}, ` +
        `in ${place([missing.freestRpb])}${pushText(missing.pushes, lowered)}`
      );
    }
  }
}

const anyOf = (rpbs: readonly number[]): string => (rpbs.length === 1 ? '' : 'one of ');

const pushText = (pushes: readonly number[], lowered: LoweredProgram): string =>
  pushes.length === 0 ? '' : `; after the RPBs where it has room, none is left for ${rowText(pushes, lowered)}`;

/** `row 5 (MEMADD(count1), line 14)`. */
function rowText(numbers: readonly number[], { rows, program }: LoweredProgram): string {
  const [first] = numbers;
  if (first === undefined) return 'a depth without steps';
  const row = rows.rows[first - 1];
  const entry = row?.entries[0];
  const depth = must(row?.depth, `row ${first}`);
  const items = branchItems(rows);
  const { branch } = must(items.ofRow[first - 1]?.[0], `branch of row ${first}`);
  const flags = saluFlags(items).at(branch, depth);
  const origin = rows.origins.find(
    ({ depth: at, action, branch: of }) => at === depth && of === branch && action !== 'nop',
  );
  const does =
    entry?.does.kind === 'step'
      ? stepText(entry.does.step, byName(program.memories), flags)
      : { verb: 'BRANCH', operands: [] };
  const more = new Set(actionNamesOf(row)).size > 1 ? ', ...' : '';
  const line = origin === undefined ? '' : `, line ${origin.span.line}`;
  return `${numbers.length === 1 ? 'row' : 'rows'} ${rangesText(numbers)} (${callText(does.verb, does.operands)}${more}${line})`;
}
