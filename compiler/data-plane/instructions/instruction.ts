/** The type of a row of the instruction table, which describes a family of actions. The table is in table.ts. */
import type { Gress, Register } from '../description.js';
import type { HashInput } from '../headers.js';
import type { KnownWord } from '../known-word.js';
import { must } from '../must.js';
import type { Block } from '../p4-text.js';
import type { PacketState } from './packet-state.js';

/** A parameter of an action, with a value in each entry. */
export interface ActionParameter {
  readonly name: string;
  /** Bits. */
  readonly width: number;
}

/** Widths of parameters that depend on the data plane, in bits. */
export interface StateBits {
  readonly branchId: number;
  readonly port: number;
}

/** A register, or the copy of it that BACKUP makes. */
export type Place = Register | `saved ${Register}`;

/** The part of an action in a memory access: a step of the address computation (hash, mask, offset) or the access. */
export type AddressStep = 'hash' | 'mask' | 'offset' | 'access';

/**
 * The registers and fields that an action reads and writes, for liveness, known loads, links of memories and the
 * resource model.
 */
export interface Effects {
  readonly reads: readonly Place[];
  /** Registers that it sets in full. */
  readonly writes: readonly Place[];
  /** Registers of which it sets some bits and keeps the others. */
  readonly changes: readonly Register[];
  /** Those of {@link changes} whose kept bits are not needed, as the following step clears them. */
  readonly discards: readonly Register[];
  /** Registers and saved copies that it copies; they are not among those above. */
  readonly copies: readonly (readonly [from: Place, to: Place])[];
  /** The register that it sets to its first parameter. */
  readonly loads: Register | undefined;
  readonly address: AddressStep | undefined;
  /** The hash that it computes, into the low half of a register. */
  readonly hashes: { readonly input: HashInput; readonly into: 'har' | 'mar' } | undefined;
  /** Whether it sets the branch id to its first parameter. */
  readonly setsBranch: boolean;
  /** Whether it drops the packet: what runs after the ingress or egress of this pass is not executed. */
  readonly drops: boolean;
  /**
   * For a stateful ALU: whether its second operation stores sar without changing it, and its first does not read sar.
   */
  readonly secondStores: boolean;
  /** The field that it moves to or from a register. */
  readonly moves: { readonly field: string; readonly to: 'register' | 'header' } | undefined;
  /** Other header fields that it reads, and that it writes. */
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
  hashes: undefined,
  setsBranch: false,
  drops: false,
  secondStores: false,
  moves: undefined,
  readsFields: [],
  writesFields: [],
};

/** Effects, by default none. */
export const effects = (some: Partial<Effects> = {}): Effects => ({ ...NO_EFFECTS, ...some });

/** Categories of steps, which an explanation shows by colour; closed. */
export type StepCategory = 'header' | 'register' | 'address' | 'memory' | 'forwarding' | 'branch';

/** A step as text for users, in the words of the language where it has one. */
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

/** The context of a step on which its text depends, beside the action. */
export interface StepContext {
  /** The first parameter, if it is a constant; empty otherwise. */
  readonly constant: string;
  /** The memory that the step addresses or accesses; empty if none. */
  readonly memory: string;
  /** The size of that memory in buckets, minus one. */
  readonly sizeMask: string;
  /** The flags that offset steps before an access may have set; empty if unknown. */
  readonly flags: readonly number[];
}

/** A list of fields that a hash action of its own takes. */
export type FieldHashInput = Exclude<HashInput, '5-tuple' | 'har'>;

/** The names in the P4 source of the registers, fields and units that actions use. */
export interface P4Names {
  readonly registers: Readonly<Record<Register, string>>;
  readonly saved: Readonly<Record<Register, string>>;
  readonly branch: string;
  readonly address: string;
  readonly flag: string;
  readonly egressPort: string;
  /** The number of no port: a packet with it as egress port is sent to its group alone. */
  readonly noPort: string;
  /** The group that a packet is copied to, 0 for none. */
  readonly group: string;
  /** Statements after which the packet goes to no group; none where the data plane has no groups. */
  readonly leaveGroup: readonly string[];
  readonly arrivalPort: string;
  readonly dropControl: string;
  readonly tupleHash: string;
  readonly registerHash: string;
  readonly random: string;
  /** The hash of a list of fields other than the 5-tuple. */
  fieldHash(input: FieldHashInput): string;
  /** The fields of the 5-tuple. */
  tuple(): readonly string[];
  /** The P4 expression of a field. */
  expression(field: string): string;
  /** The P4 expression of a field, extended to the width of a register. */
  registerValue(field: string): string;
  /** Statements that write a register into a field, and into its copies that the parser keeps. */
  writeField(field: string, register: string): readonly string[];
}

/** A RegisterAction: its name, its results, and its body. */
export interface P4Alu {
  readonly name: string;
  readonly results: 1 | 2;
  readonly body: readonly Block[];
}

/** A statement of the language that a single action may implement. */
export interface DirectStatement {
  readonly primitive: string;
  readonly registers: readonly Register[];
  /** The full name of its field. */
  readonly field: string | undefined;
}

/**
 * The sets of actions of the shipped data planes: `extended` ones are not in the paper's, those of `extended ingress` in
 * ingress only; `optional` ones are in none.
 */
export type FamilyGroup = 'core' | 'saving' | 'forwarding' | 'header' | 'extended' | 'extended ingress' | 'optional';

/**
 * A family of actions. Methods take an effect of the family; `Effect` is the plain data that identifies
 * an action.
 */
export interface InstructionFamily<Effect extends { readonly kind: string }> {
  readonly kind: Effect['kind'];
  readonly group: FamilyGroup;
  /** The heading of the family in the reference. */
  readonly title: string;
  /** The comment before its actions in the P4 source. */
  readonly heading: string;
  /** Its actions without a field of the data plane, in the order of the shipped data planes. */
  readonly members: readonly Effect[];
  /** The one gress in which the chip can do its actions; absent where both can. */
  readonly onlyIn?: Gress;
  /** Whether a case can do such a step in the RPB of its BRANCH. */
  readonly inlines: boolean;
  /** The name as the driver sends it, e.g. `extract_hdrl5key1_sar`. */
  name(effect: Effect): string;
  /**
   * For families whose actions depend on the fields of a data plane: the effect of an action by its name, or undefined.
   */
  parse?(name: string, fieldByCompactName: ReadonlyMap<string, string>): Effect | undefined;
  parameters(effect: Effect, bits: StateBits): readonly ActionParameter[];
  effects(effect: Effect): Effects;
  /** The effect that implements a statement of the language; its parameter is the integer of the statement. */
  direct?(statement: DirectStatement): Effect | undefined;
  /**
   * What is known of the carried state after it.
   * @param values of the parameters
   * @param extracted the values that the extracted field can have
   * @param addressMask the mask at which addresses wrap
   */
  known(
    state: PacketState,
    effect: Effect,
    values: readonly number[],
    extracted: KnownWord,
    addressMask: number,
  ): PacketState;
  words(effect: Effect, context: StepContext): StepText;
  /** Its P4 statements. @param parameters the names of the parameters */
  p4(effect: Effect, parameters: readonly string[], names: P4Names): readonly Block[];
  /** Declarations that its actions need, once in an RPB. */
  p4Declarations?(names: P4Names): readonly Block[];
  /** Name and body of the RegisterAction that it executes, where it has one. */
  p4Alu?(effect: Effect, names: P4Names): P4Alu;
  /** The text of its effect in the reference. */
  summary(effect: Effect): string;
}

/** A parameter that must exist. */
export const parameterAt = <Value>(parameters: readonly Value[], index: number): Value =>
  must(parameters[index], 'parameter of an action');

/** A field's name in letters and digits only, as in action names: hdr.ipv4.total_len → hdripv4totallen. */
export function compactFieldName(field: string): string {
  return field.replaceAll(/[._[\]]/g, '');
}
