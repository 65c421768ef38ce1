/** Actions that a chip cannot do: in the gress of their RPB, or with their field in any. */
import type { DataPlaneDescription, Gress, RpbDescription } from './description.js';
import { compactFieldName } from './instructions/instruction.js';
import { type ActionEffect, effectOfAction, effectsOf, familyOf } from './instructions/table.js';
import { rangesText } from './ranges-text.js';

/** `RPB 3` or `RPBs 11-22` */
export const rpbsText = (numbers: readonly number[]): string =>
  `RPB${numbers.length === 1 ? '' : 's'} ${rangesText(numbers)}`;

/**
 * One problem for each action that is unknown or impossible, with all RPBs that list it.
 * @param widths of all fields by their full names, in bits
 */
export function actionProblems(
  { rpbs, intrinsics }: DataPlaneDescription,
  widths: ReadonlyMap<string, number>,
): string[] {
  const gresses = new Map(intrinsics.map(({ name, gress }) => [name, gress]));
  const compact = new Map([...widths.keys()].map((name) => [compactFieldName(name), name]));
  const found = new Map<string, number[]>();
  for (const [key, { actions, gress }] of Object.entries(rpbs)) {
    for (const name of new Set(actions)) {
      const effect = effectOfAction(name, compact);
      const problem =
        effect === undefined ? `unknown action ${name}` : impossible(name, effect, gress, widths, gresses);
      if (problem === undefined) continue;
      const numbers = found.get(problem);
      if (numbers === undefined) found.set(problem, [Number(key)]);
      else numbers.push(Number(key));
    }
  }
  return [...found].map(([problem, numbers]) => `${rpbsText(numbers)}: ${problem}`);
}

/** Why an action is not possible in a gress; undefined for one that is. */
function impossible(
  name: string,
  effect: ActionEffect,
  gress: RpbDescription['gress'],
  widths: ReadonlyMap<string, number>,
  gresses: ReadonlyMap<string, Gress>,
): string | undefined {
  const { onlyIn } = familyOf(effect);
  if (onlyIn !== undefined && onlyIn !== gress) {
    return `${name} is possible in ${onlyIn} only: a packet's ports are settled when its ${gress} begins`;
  }
  const { moves } = effectsOf(effect);
  if (moves === undefined) return undefined;
  const { field, to } = moves;
  const width = widths.get(field);
  if (width !== undefined && width > REGISTER_BITS) {
    return `${name}: ${field} has ${width} bits, and a register ${REGISTER_BITS}`;
  }
  const only = gresses.get(field);
  if (only === undefined) return undefined;
  if (to === 'header') return `${name}: ${field} is not writable, only fields of headers are`;
  return only === gress ? undefined : `${name}: ${field} is a field of ${only}, which ${gress} cannot read`;
}

const REGISTER_BITS = 32;
