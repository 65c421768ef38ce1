/** The form of the instruction table: what a family of actions has to say of itself. The table is in table.ts. */
import type { Register } from '../description.js';
import type { KnownWord } from '../known-word.js';
import { must } from '../must.js';
import type { Block } from '../p4-text.js';
import type { PacketState } from './packet-state.js';

/** A parameter that an entry gives its action. */
export interface ActionParameter {
  readonly name: string;
  /** Bits. */
  readonly width: number;
}

/** Widths of the data plane's state, in bits. */
export interface StateBits {
  readonly branchId: number;
  readonly port: number;
}

/** A register, or the copy of it that BACKUP makes. */
export type Place = Register | `saved ${Register}`;

/** What an action has to do with an access of memory: it computes the address in three steps, or is the access. */
export type AddressStep = 'hash' | 'mask' | 'offset' | 'access';

/** What an action reads and writes, for liveness, known loads, links of memories and the resource model. */
export interface Effects {
  readonly reads: readonly Place[];
  /** Set in full, from what it reads, memory or the packet. */
  readonly writes: readonly Place[];
  /** Of which it sets some bits and keeps the others. */
  readonly changes: readonly Register[];
  /** Of {@link changes}, those whose kept bits nobody needs, as the step that follows clears them. */
  readonly discards: readonly Register[];
  /** Places that it copies; they are not among those above. */
  readonly copies: readonly (readonly [from: Place, to: Place])[];
  /** The register that it sets to its first parameter. */
  readonly loads: Register | undefined;
  readonly address: AddressStep | undefined;
  /** For a stateful ALU: whether its second operation stores sar and leaves it, and its first does not need sar. */
  readonly secondStores: boolean;
  /** The header field or intrinsic field that it moves from or to a register. */
  readonly moves: { readonly field: string; readonly to: 'register' | 'header' } | undefined;
  /** Other fields of headers: those that it reads, and those that it writes. */
  readonly readsFields: readonly string[];
  readonly writesFields: readonly string[];
}

const NO_EFFECTS: Effects = {
  reads: [],
  writes: [],
  changes: [],
  discards: [],
  copies: [],
  loads: undefined,
  address: undefined,
  secondStores: false,
  moves: undefined,
  readsFields: [],
  writesFields: [],
};

/** Effects; what is not said, the action does not have. */
export const effects = (some: Partial<Effects> = {}): Effects => ({ ...NO_EFFECTS, ...some });

/** What boxes of one colour have in common in an explanation; closed. */
export type StepCategory = 'header' | 'register' | 'address' | 'memory' | 'forwarding' | 'branch';

/** A step as a user reads it: in the words of the language, where it has a word. */
export interface StepText {
  readonly category: StepCategory;
  readonly verb: string;
  readonly operands: readonly string[];
}

export const stepWords = (category: StepCategory, verb: string, ...operands: readonly string[]): StepText => ({
  category,
  verb,
  operands,
});

/** What the words of a step depend on beside the action. */
export interface StepContext {
  /** The first parameter, if it is a constant; empty otherwise. */
  readonly constant: string;
  /** The memory that the step has to do with; empty if there is none. */
  readonly memory: string;
  /** The size of that memory less one. */
  readonly sizeMask: string;
  /** Flags of the offset steps that may come before an access; none if that is not known. */
  readonly flags: readonly number[];
}

/** How the P4 source spells what actions touch. */
export interface P4Names {
  readonly registers: Readonly<Record<Register, string>>;
  readonly saved: Readonly<Record<Register, string>>;
  readonly branch: string;
  readonly address: string;
  readonly flag: string;
  readonly egressPort: string;
  readonly arrivalPort: string;
  readonly dropControl: string;
  readonly tupleHash: string;
  readonly registerHash: string;
  /** The fields of the 5-tuple. */
  tuple(): readonly string[];
  /** A field as a register takes it. */
  registerValue(field: string): string;
  /** Statements that write a register into a field, and into what the parser keeps of it. */
  writeField(field: string, register: string): readonly string[];
}

/** A statement of the language that one action may do alone. */
export interface DirectStatement {
  readonly primitive: string;
  readonly registers: readonly Register[];
  /** Its field's full name. */
  readonly field: string | undefined;
}

/** Sets of actions that the shipped data planes are made of; `optional` ones are in none of them. */
export type FamilyGroup = 'core' | 'saving' | 'forwarding' | 'header' | 'optional';

/**
 * What the actions of one family are. Methods take an effect of the family; `Effect` is the plain data that says which
 * action is meant.
 */
export interface InstructionFamily<Effect extends { readonly kind: string }> {
  readonly kind: Effect['kind'];
  readonly group: FamilyGroup;
  /** The heading of the family in the reference. */
  readonly title: string;
  /** What stands before its actions in the P4 source. */
  readonly heading: string;
  /** Its actions that need no field of a data plane, in the order of the shipped data planes. */
  readonly members: readonly Effect[];
  /** Whether a case that does such a step alone can do it in the RPB of its BRANCH. */
  readonly inlines: boolean;
  /** The name as the driver sends it, e.g. `extract_hdrl5key1_sar`. */
  name(effect: Effect): string;
  /** For families whose actions depend on the fields of a data plane: what a name means, or undefined. */
  parse?(name: string, fieldByCompactName: ReadonlyMap<string, string>): Effect | undefined;
  parameters(effect: Effect, bits: StateBits): readonly ActionParameter[];
  effects(effect: Effect): Effects;
  /** The effect that does a statement of the language alone; its parameter is the statement's integer. */
  direct?(statement: DirectStatement): Effect | undefined;
  /**
   * What is known of the carried state behind it.
   * @param values of its parameters
   * @param extracted what a field that it extracts can be
   * @param addressMask addresses wrap there
   */
  known(
    state: PacketState,
    effect: Effect,
    values: readonly number[],
    extracted: KnownWord,
    addressMask: number,
  ): PacketState;
  words(effect: Effect, context: StepContext): StepText;
  /** Its P4 statements. @param parameters names */
  p4(effect: Effect, parameters: readonly string[], names: P4Names): readonly Block[];
  /** The body of the RegisterAction that it executes, where it has one. */
  p4Alu?(effect: Effect, names: P4Names): { readonly name: string; readonly body: readonly Block[] };
  /** What it does, as the reference puts it. */
  summary(effect: Effect): string;
}

/** A parameter that has to be there. */
export const parameterAt = <Value>(parameters: readonly Value[], index: number): Value =>
  must(parameters[index], 'parameter of an action');

/** A field's name without dots and underscores, as action names hold it: hdr.ipv4.total_len → hdripv4totallen. */
export function compactFieldName(field: string): string {
  return field.replaceAll(/[._]/g, '');
}
