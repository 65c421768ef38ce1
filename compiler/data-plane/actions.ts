/**
 * The actions of an RPB by name, as the driver sends them. A name says all there is to know of an action, so the name
 * is parsed rather than listed twice.
 */
import type { Register } from './description.js';

export const ALU_OPERATIONS = ['add', 'and', 'or', 'xor', 'max', 'min'] as const;
export type AluOperation = (typeof ALU_OPERATIONS)[number];

/** A stateful ALU holds a pair of operations; the SALU flag picks the first (0) or the second (1). */
export const SALU_PAIRS = ['add_sub', 'and_or', 'read_write', 'max'] as const;
export type SaluPair = (typeof SALU_PAIRS)[number];

/** What an action does. Closed: checker, emulator and driver switch over it. */
export type ActionEffect =
  | { readonly kind: 'setBranch' }
  | { readonly kind: 'hash'; readonly input: '5-tuple' | 'har'; readonly into: 'har' | 'mar' }
  | { readonly kind: 'mask' }
  | { readonly kind: 'offset' }
  | { readonly kind: 'salu'; readonly pair: SaluPair }
  | { readonly kind: 'loadImmediate'; readonly register: Register }
  | {
      readonly kind: 'alu';
      readonly operation: AluOperation;
      readonly destination: Register;
      readonly source: Register;
    }
  | { readonly kind: 'backup' }
  | { readonly kind: 'recover'; readonly register: Register }
  | { readonly kind: 'extract'; readonly field: string; readonly register: Register }
  | { readonly kind: 'modify'; readonly field: string; readonly register: Register }
  | { readonly kind: 'return' }
  | { readonly kind: 'forward' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'report' };

export interface ActionParameter {
  readonly name: string;
  readonly width: number;
}

/** Registers in the order in which the data plane numbers them: recover1 restores mar, and so on. */
const RECOVER_ORDER: readonly Register[] = ['mar', 'sar', 'har'];

/** The name of an effect, e.g. `extract_hdrl5key1_sar`; inverse of {@link effectOfAction}. */
export function actionName(effect: ActionEffect): string {
  switch (effect.kind) {
    case 'setBranch':
      return 'set_branch_id';
    case 'hash': {
      const input = effect.input === '5-tuple' ? 'hash_5_tuple' : 'hash_customization';
      return effect.into === 'mar' ? `${input}_mem` : input;
    }
    case 'mask':
      return 'address_translation_mask';
    case 'offset':
      return 'address_translation_offset';
    case 'salu':
      return `salu_${effect.pair}`;
    case 'loadImmediate':
      return `loadi_${effect.register}`;
    case 'alu':
      return `${effect.operation}_${effect.destination}_${effect.source}`;
    case 'recover':
      return `recover${RECOVER_ORDER.indexOf(effect.register) + 1}`;
    case 'extract':
    case 'modify':
      return `${effect.kind}_${compactFieldName(effect.field)}_${effect.register}`;
    case 'return':
      return 'rt';
    case 'backup':
    case 'forward':
    case 'drop':
    case 'report':
      return effect.kind;
  }
}

/** A field's name without dots and underscores, as action names hold it: hdr.ipv4.total_len → hdripv4totallen. */
export function compactFieldName(field: string): string {
  return field.replaceAll(/[._]/g, '');
}

const REGISTER_PAIRS: readonly (readonly [Register, Register])[] = [
  ['mar', 'sar'],
  ['mar', 'har'],
  ['sar', 'mar'],
  ['sar', 'har'],
  ['har', 'mar'],
  ['har', 'sar'],
];

/** Actions that need no header field: every RPB of the paper has them. */
export const HEADERLESS_EFFECTS: readonly ActionEffect[] = [
  { kind: 'setBranch' },
  { kind: 'hash', input: '5-tuple', into: 'har' },
  { kind: 'hash', input: 'har', into: 'har' },
  { kind: 'hash', input: '5-tuple', into: 'mar' },
  { kind: 'hash', input: 'har', into: 'mar' },
  { kind: 'mask' },
  { kind: 'offset' },
  ...SALU_PAIRS.map((pair): ActionEffect => ({ kind: 'salu', pair })),
  ...RECOVER_ORDER.map((register): ActionEffect => ({ kind: 'loadImmediate', register })),
  ...ALU_OPERATIONS.flatMap((operation) =>
    REGISTER_PAIRS.map(([destination, source]): ActionEffect => ({ kind: 'alu', operation, destination, source })),
  ),
];

/** Saving and restoring registers around an expansion; mended, commented out in the prototype. */
export const SAVING_EFFECTS: readonly ActionEffect[] = [
  { kind: 'backup' },
  ...RECOVER_ORDER.map((register): ActionEffect => ({ kind: 'recover', register })),
];

export const FORWARDING_EFFECTS: readonly ActionEffect[] = [
  { kind: 'return' },
  { kind: 'forward' },
  { kind: 'drop' },
  { kind: 'report' },
];

const FIXED_EFFECTS: ReadonlyMap<string, ActionEffect> = new Map(
  [...HEADERLESS_EFFECTS, ...SAVING_EFFECTS, ...FORWARDING_EFFECTS].map((effect) => [actionName(effect), effect]),
);

/**
 * What the action of this name does, or undefined where no such action exists.
 * @param fieldByCompactName full field names by {@link compactFieldName}
 */
export function effectOfAction(
  name: string,
  fieldByCompactName: ReadonlyMap<string, string>,
): ActionEffect | undefined {
  const fixed = FIXED_EFFECTS.get(name);
  if (fixed !== undefined) return fixed;
  const header = /^(extract|modify)_([a-z0-9]+)_(har|sar|mar)$/.exec(name);
  if (header === null) return undefined;
  const field = fieldByCompactName.get(header[2] ?? '');
  if (field === undefined) return undefined;
  return { kind: header[1] as 'extract' | 'modify', field, register: header[3] as Register };
}

/** Parameters of an action with their widths in bits; `bits` are the widths of the data plane's state. */
export function actionParameters(
  effect: ActionEffect,
  bits: { readonly branchId: number; readonly port: number },
): readonly ActionParameter[] {
  switch (effect.kind) {
    case 'setBranch':
      return [{ name: 'branch_id', width: bits.branchId }];
    case 'mask':
      return [{ name: 'mask', width: 32 }];
    case 'offset':
      return [
        { name: 'offset', width: 32 },
        { name: 'flag', width: 8 },
      ];
    case 'loadImmediate':
      return [{ name: 'i', width: 32 }];
    case 'forward':
      return [{ name: 'port', width: bits.port }];
    default:
      return [];
  }
}
