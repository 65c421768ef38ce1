/** Reasons for the RPBs of rows as text. */

import { appendTo } from '../data-plane/counting.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { passOf, rpbNumberOf } from '../data-plane/logical-rpb.js';
import { rangesText } from '../data-plane/ranges-text.js';
import type { PlacementProblem } from '../place/problem.js';
import type { ProgramRows, Row } from '../rows/rows.js';
import { entryInstruction } from '../rows/rows.js';
import { isMemoryAccess } from '../steps/steps.js';
import type { PlaceReason } from './place-reasons.js';

export interface ReasonContext {
  /** Index of the row. */
  readonly row: number;
  /** Whether the whole program is placed in the first pass. */
  readonly isOnePass: boolean;
  readonly dataPlane: DataPlane;
  readonly rows: ProgramRows;
  readonly problem: PlacementProblem;
}

export function reasonText(reason: PlaceReason, context: ReasonContext): string {
  const { possible, excluded, together, choice } = reason;
  const parts = together.length === 0 ? [] : [togetherText(together, context)];
  const range = logicalText(possible, context);
  const next = neighboursText(reason);
  switch (choice.kind) {
    case 'only':
      parts.push(`${range} is the only possible one, given the rows before and after it`);
      break;
    case 'held':
      parts.push(`possible in ${range}; the placement of ${next} leaves no other`);
      break;
    case 'together':
      parts.push(`possible in ${range}`);
      break;
    case 'cheapest': {
      const which =
        choice.equal === 0 ? 'the cheapest' : choice.isFirst ? 'the first of the cheapest' : 'one of the cheapest';
      parts.push(`possible in ${range}; ${which}${next === '' ? '' : ` given ${next}`}`);
      break;
    }
    case 'earliest':
      parts.push(`possible in ${range}; the first with room${next === '' ? '' : ` given ${next}`}`);
      break;
    case 'start':
      parts.push(`possible in ${range}; the first RPB of the program, chosen by the allocator`);
      break;
    case 'free':
      parts.push(`possible in ${range}; one of those with room`);
      break;
  }
  if (excluded.action.length > 0) parts.push(actionText(reason.rows, context));
  if (excluded.entries.length > 0) parts.push(`too few entries free in ${logicalText(excluded.entries, context)}`);
  if (excluded.memory.length > 0) parts.push(`too little memory free in ${logicalText(excluded.memory, context)}`);
  return parts.join('; ');
}

/** Logical RPBs as numbers of RPBs, with the pass if the program has several; in a chain with the switch. */
export function logicalText(
  logical: readonly number[],
  { isOnePass, dataPlane }: Pick<ReasonContext, 'isOnePass' | 'dataPlane'>,
): string {
  const { rpbsPerSwitch, switches } = dataPlane;
  const byPass = new Map<number, number[]>();
  for (const x of logical) {
    const pass = passOf(x, rpbsPerSwitch) + 1;
    appendTo(byPass, pass, rpbNumberOf(x, rpbsPerSwitch));
  }
  const [one, several] = switches > 1 ? ['switch', 'switches'] : ['pass', 'passes'];
  const namesPasses = switches > 1 || !isOnePass || [...byPass.keys()].some((pass) => pass !== 1);
  const passesByRpbs = new Map<string, number[]>();
  for (const [pass, rpbs] of byPass) {
    const text = `${rpbs.length === 1 ? 'RPB' : 'RPBs'} ${rangesText(rpbs)}`;
    appendTo(passesByRpbs, text, pass);
  }
  return [...passesByRpbs]
    .map(([rpbs, passes]) => {
      if (!namesPasses) return rpbs;
      return `${rpbs} of ${passes.length === 1 ? one : several} ${rangesText(passes)}`;
    })
    .join(' and ');
}

function neighboursText({ before, behind }: PlaceReason): string {
  const rows = [...(before === null ? [] : [before]), ...behind];
  return rows.length === 0 ? '' : `${rows.length === 1 ? 'row' : 'rows'} ${rangesText(rows)}`;
}

function togetherText(together: readonly number[], { row, rows }: ReasonContext): string {
  const own = memoriesOf(rows.rows[row]);
  const shared = together
    .flatMap((other) => memoriesOf(rows.rows[other - 1]))
    .find(({ name }) => own.some((memory) => memory.name === name));
  const where = `shares the RPB of ${together.length === 1 ? 'row' : 'rows'} ${rangesText(together)}`;
  if (shared === undefined) return `${where}: they compute the same hash`;
  const isAccess = own.some(({ name, accesses }) => name === shared.name && accesses);
  return isAccess
    ? `${where}: memory ${shared.name} is in one RPB`
    : `${where}: all hashes for memory ${shared.name} must use one hash function`;
}

function memoriesOf(row: Row | undefined): { readonly name: string; readonly accesses: boolean }[] {
  return (row?.entries ?? []).flatMap(({ does }) =>
    does.kind === 'step' && does.step.memory !== undefined
      ? [{ name: does.step.memory, accesses: isMemoryAccess(does.step) }]
      : [],
  );
}

/** The RPBs of those actions of rows that not all RPBs have. @param numbers of the rows, from 1 */
export function actionText(
  numbers: readonly number[],
  { rows, dataPlane }: Pick<ReasonContext, 'rows' | 'dataPlane'>,
): string {
  const names = new Set(numbers.flatMap((number) => actionNamesOf(rows.rows[number - 1])));
  const rare = [...names].filter((name) => dataPlane.rpbsWith(name).includes(0));
  return rare.map((name) => holdersText(name, dataPlane)).join(', ');
}

export const actionNamesOf = (row: Row | undefined): string[] =>
  (row?.entries ?? []).map((entry) => entryInstruction(entry).name);

/** `only ingress RPBs have forward`. */
export function holdersText(action: string, dataPlane: DataPlane): string {
  const holders = dataPlane.rpbsWith(action);
  const numbers = [...holders.keys()].filter((rpb) => holders[rpb] === 1).map((rpb) => rpb + 1);
  if (numbers.length === 0) return `no RPB has ${action}`;
  const { switches, rpbsPerSwitch } = dataPlane;
  const gresses = (['ingress', 'egress'] as const).filter((gress) =>
    dataPlane.rpbs.every((rpb) => (rpb.gress === gress) === (holders[rpb.index] === 1)),
  );
  const [gress] = gresses;
  const word = action === 'rt' ? 'return' : action;
  if (gress !== undefined) return `only ${gress} RPBs have ${word}`;
  const inLast = switches > 1 && numbers.every((number) => number > (switches - 1) * rpbsPerSwitch);
  if (inLast) return `only the last switch has ${word}, in ${logicalText(numbers, { isOnePass: true, dataPlane })}`;
  const shown = new Set(numbers.map((number) => rpbNumberOf(number, rpbsPerSwitch)));
  return `only RPBs ${rangesText([...shown])} have ${word}`;
}
