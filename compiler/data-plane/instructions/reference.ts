/** The reference of all actions as Markdown, made from the instruction table: docs/ACTIONS.md. */
import type { Action, DataPlane } from '../data-plane.js';
import type { ActionEffect } from './table.js';
import { actionName, actionParameters, effectsOf, familyOf, INSTRUCTION_FAMILIES } from './table.js';

const INTRODUCTION = [
  '# Actions of an RPB',
  '',
  'Generated from the instruction table in `compiler/data-plane/instructions`; do not edit (`UPDATE_GOLDENS=1` rewrites it).',
  'The primitives of programs, which become actions: [LANGUAGE.md](LANGUAGE.md).',
  '',
  'For each packet an RPB executes one action, which an entry of its table names. `har`, `sar` and `mar` are the three',
  'registers of 32 bits; `m` is the word of the memory of the RPB at the address that the offset step computed. Sums are',
  'modulo 2^32. "Reads" and "sets" are registers and their saved copies; a register of which an action sets some bits and',
  'keeps the others is in brackets. The last column lists the RPBs of each data plane that have the action. An action is one',
  'instruction of its stage; hashes share the two hash units of the RPB, and memory actions its stateful ALU, which exist',
  'once for each RPB, with any set of actions.',
];

/** @param dataPlanes the data planes whose RPBs the last column lists */
export function actionReference(dataPlanes: readonly DataPlane[]): string {
  const sections = INSTRUCTION_FAMILIES.map((family) => {
    const effects = effectsIn(family.kind, family.members, dataPlanes);
    const rows = effects.map((effect) => `| ${cellsOf(effect, dataPlanes).map(escaped).join(' | ')} |`);
    return [
      `## ${family.title}`,
      '',
      `| action | parameters | does | reads | sets | in a program's steps | RPBs |`,
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${[INTRODUCTION.join('\n'), ...sections].join('\n\n')}\n`;
}

const escaped = (cell: string): string => cell.replaceAll('|', '\\|');

/** The members of a family, then its other actions in the data planes. */
function effectsIn(
  kind: ActionEffect['kind'],
  members: readonly ActionEffect[],
  dataPlanes: readonly DataPlane[],
): readonly ActionEffect[] {
  const byName = new Map(members.map((effect) => [actionName(effect), effect]));
  for (const { name, effect } of dataPlanes.flatMap(actionsOf)) if (effect.kind === kind) byName.set(name, effect);
  return [...byName.values()];
}

const actionsOf = ({ rpbs }: DataPlane): readonly Action[] => rpbs.flatMap(({ actions }) => [...actions.values()]);

function cellsOf(effect: ActionEffect, dataPlanes: readonly DataPlane[]): readonly string[] {
  const { reads, writes, changes, copies, secondStores } = effectsOf(effect);
  const sets = [...writes, ...changes.map((place) => `(${place})`), ...copies.map(([, to]) => to)];
  return [
    `\`${actionName(effect)}\``,
    parametersText(effect, dataPlanes),
    familyOf(effect).summary(effect),
    [...reads, ...copies.map(([from]) => from), ...(secondStores ? ['sar (flag 1)'] : [])].join(', '),
    sets.join(', ') + (secondStores ? ' (flag 0)' : ''),
    `\`${verbOf(effect)}\``,
    placesText(actionName(effect), dataPlanes),
  ];
}

/** Widths of parameters can differ between data planes. */
function parametersText(effect: ActionEffect, dataPlanes: readonly DataPlane[]): string {
  const lists = dataPlanes.map(({ description: { state, ports } }) =>
    actionParameters(effect, { branchId: state.branchIdBits, port: ports.width }),
  );
  const [first = []] = lists;
  return first
    .map(({ name }, i) => {
      const widths = new Set(lists.flatMap((parameters) => parameters[i]?.width ?? []));
      return `${name} (${[...widths].join(' or ')} bits)`;
    })
    .join(', ');
}

/** The verb in explanations; both verbs for an action with two operations. */
function verbOf(effect: ActionEffect): string {
  const verbs = [0, 1].map((flag) => {
    return familyOf(effect).words(effect, { constant: '', memory: '', sizeMask: '', flags: [flag] }).verb;
  });
  return [...new Set(verbs)].join('/');
}

/** The RPBs with an action, `default: 1–10; tofino1: 1–6`; empty where none has it. */
function placesText(action: string, dataPlanes: readonly DataPlane[]): string {
  return dataPlanes
    .flatMap((dataPlane) => {
      const numbers = dataPlane.rpbs.filter(({ actions }) => actions.has(action)).map(({ number }) => number);
      if (numbers.length === 0) return [];
      return [`${dataPlane.name}: ${numbers.length === dataPlane.rpbCount ? 'all' : rangesOf(numbers)}`];
    })
    .join('; ');
}

/** Numbers in ascending order as ranges: `1–3, 5`. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === number - 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
