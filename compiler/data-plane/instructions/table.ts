/**
 * The instruction table: all families of actions of RPBs. Liveness, known loads, links of memories, inlined
 * cases, the proof of addresses, the resource model, explanations, the P4 source and docs/ACTIONS.md read it; the
 * implementations of the actions are in sim/blocks/instructions.
 */
import { must } from '../must.js';
import { MASK, OFFSET } from './address.js';
import { ARITHMETIC } from './arithmetic.js';
import { SET_BRANCH } from './branch.js';
import { LOAD_IMMEDIATE } from './constant.js';
import { DROP, FORWARD, REPORT, RETURN } from './forwarding.js';
import { FIELD_HASH, HASH } from './hash.js';
import { EXTRACT, MODIFY } from './header.js';
import type {
  ActionParameter,
  DirectStatement,
  Effects,
  FamilyGroup,
  InstructionFamily,
  StateBits,
} from './instruction.js';
import { SALU } from './memory.js';
import { MULTICAST } from './multicast.js';
import { PAIR } from './pair.js';
import { RANDOM } from './random.js';
import { BACKUP, RECOVER } from './saving.js';

/** In the order in which the shipped data planes list their actions. */
const TABLE = [
  SET_BRANCH,
  HASH,
  MASK,
  OFFSET,
  SALU,
  LOAD_IMMEDIATE,
  ...ARITHMETIC,
  BACKUP,
  RECOVER,
  RANDOM,
  EXTRACT,
  MODIFY,
  RETURN,
  FORWARD,
  DROP,
  REPORT,
  MULTICAST,
  FIELD_HASH,
  PAIR,
] as const;

type EffectOf<Family> = Family extends InstructionFamily<infer Effect> ? Effect : never;

/** The effect of an action as plain data: its family and its operands. */
export type ActionEffect = EffectOf<(typeof TABLE)[number]>;

export const INSTRUCTION_FAMILIES: readonly InstructionFamily<ActionEffect>[] = TABLE;

const BY_KIND: ReadonlyMap<string, InstructionFamily<ActionEffect>> = new Map(
  INSTRUCTION_FAMILIES.map((family) => [family.kind, family]),
);

/** The row of an effect. */
export const familyOf = (effect: ActionEffect): InstructionFamily<ActionEffect> =>
  must(BY_KIND.get(effect.kind), 'family of an action in the instruction table');

/** The name of an effect, e.g. `extract_hdrl5key1_sar`; inverse of {@link effectOfAction}. */
export const actionName = (effect: ActionEffect): string => familyOf(effect).name(effect);

/** The registers and fields that an effect reads and writes. */
export const effectsOf = (effect: ActionEffect): Effects => familyOf(effect).effects(effect);

/** An action with what its row says of it. */
export interface Instruction {
  readonly effect: ActionEffect;
  readonly name: string;
  readonly effects: Effects;
  /** Whether a case can do it in the RPB of its BRANCH. */
  readonly inlines: boolean;
  /** No other has it; for comparisons, as it depends on what was asked for before. */
  readonly number: number;
}

let described = 0;

function describe(effect: ActionEffect): Instruction {
  const family = familyOf(effect);
  const { inlines } = family;
  return { effect, name: family.name(effect), effects: family.effects(effect), inlines, number: described++ };
}

/** The field that an effect moves to a register or to a header: one or none. */
export function movedField(effect: ActionEffect, to: 'register' | 'header'): readonly string[] {
  const { moves } = effectsOf(effect);
  return moves?.to === to ? [moves.field] : [];
}

/** Parameters of an action with their widths in bits. */
export const actionParameters = (effect: ActionEffect, bits: StateBits): readonly ActionParameter[] =>
  familyOf(effect).parameters(effect, bits);

const membersOf = (group: FamilyGroup): readonly ActionEffect[] =>
  INSTRUCTION_FAMILIES.filter((family) => family.group === group).flatMap(({ members }) => members);

/** Actions without a header field, which every RPB of the paper has. */
export const HEADERLESS_EFFECTS = membersOf('core');
/** Actions that save and restore registers. */
export const SAVING_EFFECTS = membersOf('saving');
export const FORWARDING_EFFECTS = membersOf('forwarding');
/** Actions that the paper's data planes do not have, without those on fields. */
export const EXTENDED_EFFECTS = membersOf('extended');
/** As {@link EXTENDED_EFFECTS}, of RPBs of the ingress alone. */
export const EXTENDED_INGRESS_EFFECTS = membersOf('extended ingress');

/** Actions without a field of the data plane, by name. */
const MEMBERS: ReadonlyMap<string, Instruction> = new Map(
  INSTRUCTION_FAMILIES.flatMap(({ members }) => members).map((effect) => [actionName(effect), describe(effect)]),
);

/** The instruction of an effect: one object for each effect without a field of the data plane, a new one for others. */
export const instructionOf = (effect: ActionEffect): Instruction => MEMBERS.get(actionName(effect)) ?? describe(effect);

/**
 * The effect of the action of this name, or undefined where no such action exists.
 * @param fieldByCompactName full field names by {@link compactFieldName}
 */
export function effectOfAction(
  name: string,
  fieldByCompactName: ReadonlyMap<string, string>,
): ActionEffect | undefined {
  const member = MEMBERS.get(name);
  if (member !== undefined) return member.effect;
  for (const family of INSTRUCTION_FAMILIES) {
    const effect = family.parse?.(name, fieldByCompactName);
    if (effect !== undefined) return effect;
  }
  return undefined;
}

/** The effect that implements a statement of the language alone, if there is one; a data plane need not have it. */
export function directEffect(statement: DirectStatement): ActionEffect | undefined {
  for (const family of INSTRUCTION_FAMILIES) {
    const effect = family.direct?.(statement);
    if (effect !== undefined) return effect;
  }
  return undefined;
}
