/** Table of the meaning of actions: a row for every family of compiler/data-plane/instructions, an opcode for every operation. */
import { type ActionEffect, must } from '../../../compiler/for-switches.js';
import { MASK, OFFSET } from './address.js';
import { ARITHMETIC } from './arithmetic.js';
import { SET_BRANCH } from './branch.js';
import { LOAD_IMMEDIATE } from './constant.js';
import type { FieldOperands } from './field-operands.js';
import { DROP, FORWARD, REPORT, RETURN } from './forwarding.js';
import { FIELD_HASH, HASH } from './hash.js';
import { EXTRACT, MODIFY } from './header.js';
import type { Decoded, FamilyMeaning, Operation } from './meaning.js';
import { SALU } from './memory.js';
import { MULTICAST } from './multicast.js';
import { PAIR } from './pair.js';
import { RANDOM } from './random.js';
import { BACKUP, RECOVER } from './saving.js';

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

export type OperationName = (typeof TABLE)[number]['operations'][number]['name'];

const MEANINGS: readonly FamilyMeaning<ActionEffect, OperationName>[] = TABLE;

/** By opcode. */
export const OPERATIONS: readonly Operation<OperationName>[] = MEANINGS.flatMap(({ operations }) => operations);

/** Dense, for one switch statement. `none` is that of an entry that does nothing. */
export const OPCODE = Object.fromEntries(
  [...OPERATIONS.map(({ name }) => name), 'none'].map((name, i) => [name, i]),
) as Record<OperationName | 'none', number>;

const MEANING_BY_KIND = new Map(MEANINGS.map((meaning) => [meaning.kind, meaning]));

/** The operation and operands of an effect. */
export const decodeEffect = (effect: ActionEffect, fields: FieldOperands): Decoded<OperationName> =>
  must(MEANING_BY_KIND.get(effect.kind), 'meaning of an action').decode(effect, fields);
