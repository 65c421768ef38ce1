/**
 * `addActions` of a data plane file: actions for all or some RPBs, beside those that their base has, so that no list of
 * actions has to be repeated: `{"all": ["not_har"], "ingress": ["hash_src"], "1-4,7": ["backup"]}`.
 */
import type { DataPlane } from './data-plane.js';
import type { DataPlaneDescription, Gress, RpbDescription } from './description.js';
import { compactFieldName } from './instructions/instruction.js';
import { effectOfAction } from './instructions/table.js';
import { valueText } from './thrown-text.js';

/** The key of a data plane file. */
export const ADD_ACTIONS = 'addActions';

/** What names RPBs: all, those of a gress, or their numbers and ranges of numbers. */
export const RPB_SELECTION = /^(?:all|ingress|egress|\d+(?:-\d+)?(?:, ?\d+(?:-\d+)?)*)$/;

/**
 * The description with the added actions, behind those that an RPB has.
 * @param dataPlane of the description without them
 * @param added the value of `addActions`
 * @param problems takes what is wrong with it, each naming its key
 */
export function withAddedActions(dataPlane: DataPlane, added: unknown, problems: string[]): DataPlaneDescription {
  const { description } = dataPlane;
  if (typeof added !== 'object' || added === null || Array.isArray(added)) {
    problems.push(
      `${ADD_ACTIONS}: an object is expected: RPBs ("all", "ingress", "egress", "1-4,7") and lists of actions`,
    );
    return description;
  }
  const more = new Map<number, Set<string>>();
  const names = actionNamesOf(dataPlane);
  for (const [selection, actions] of Object.entries(added)) {
    const key = `${ADD_ACTIONS}."${selection}"`;
    const numbers = rpbsOf(selection, dataPlane, key, problems);
    for (const action of listOf(actions, key, names, problems)) {
      const lacking = numbers.filter((number) => !dataPlane.rpb(number).actions.has(action));
      if (numbers.length > 0 && lacking.length === 0) problems.push(`${key}: each of these RPBs has ${action} already`);
      for (const number of lacking) more.set(number, (more.get(number) ?? new Set()).add(action));
    }
  }
  const rpbs = Object.entries(description.rpbs).map(([key, rpb]): [string, RpbDescription] => {
    const own = more.get(Number(key));
    return [key, own === undefined ? rpb : { ...rpb, actions: [...rpb.actions, ...own] }];
  });
  return { ...description, rpbs: Object.fromEntries(rpbs) };
}

/** Whether an action of this name exists on a data plane. */
function actionNamesOf({ fields }: DataPlane): (name: string) => boolean {
  const compact = new Map([...fields.keys()].map((name) => [compactFieldName(name), name]));
  return (name) => effectOfAction(name, compact) !== undefined;
}

function listOf(
  actions: unknown,
  key: string,
  exists: (name: string) => boolean,
  problems: string[],
): readonly string[] {
  if (!Array.isArray(actions)) {
    problems.push(`${key}: a list of actions is expected, not ${valueText(actions)}`);
    return [];
  }
  return actions.filter((action: unknown, i): action is string => {
    if (typeof action !== 'string') problems.push(`${key}[${i}]: the name of an action is expected`);
    else if (actions.indexOf(action) !== i) problems.push(`${key}: ${action} occurs twice`);
    else if (!exists(action)) problems.push(`${key}: unknown action ${action}`);
    else return true;
    return false;
  });
}

/** Numbers of the RPBs that a selection names. */
function rpbsOf(selection: string, { rpbs }: DataPlane, key: string, problems: string[]): readonly number[] {
  const all = rpbs.map(({ number }) => number);
  const ofGress = (gress: Gress): number[] => rpbs.flatMap((rpb) => (rpb.gress === gress ? [rpb.number] : []));
  if (!RPB_SELECTION.test(selection)) {
    problems.push(`${key}: RPBs are named by "all", "ingress", "egress" or numbers as "1-4,7"`);
    return [];
  }
  if (selection === 'all') return all;
  if (selection === 'ingress' || selection === 'egress') return ofGress(selection);
  const numbers = new Set<number>();
  for (const part of selection.split(',')) {
    const [first, last = first] = part.split('-');
    const [from, to] = [Number(first), Number(last)];
    if (from < 1 || from > to || to > all.length) {
      problems.push(`${key}: RPBs have numbers from 1 to ${all.length}, and ranges go upwards`);
      return [];
    }
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return [...numbers];
}
