/** Types of the meaning of actions: a function, and equivalent generated JavaScript. */
import type { ActionEffect } from '../../../compiler/index.js';
import type { WritableField } from '../deparser.js';
import type { HashUnit } from '../hash.js';
import type { Phv } from '../phv.js';
import type { Endpoints, FieldOperands } from './field-operands.js';

/** An operation's operands, as its entry has them. */
export interface Operands {
  /** Register or field operands. */
  readonly first: number;
  readonly second: number;
  /** The first parameter: an immediate, mask, offset, port or branch id. */
  readonly immediate: number;
  /** The second parameter: the SALU flag of an offset. */
  readonly flag: number;
  /** The index of its RPB, from 0. */
  readonly rpb: number;
  /** Whether memory accesses are checked, since they are not proven to lie within the program's blocks. */
  readonly isGuarded: boolean;
}

/** Inputs of functions from the switch, besides the packet. */
export interface InstructionUnit {
  /** Words of all register arrays. */
  readonly words: Uint32Array;
  readonly fields: readonly WritableField[];
  readonly cpuPort: number;
  /** Addresses wrap here; a power of two less one. */
  readonly addressMask: number;
  hashTuple(rpb: number, phv: Phv): number;
  hashWord(rpb: number, value: number): number;
  /** @param site of random-numbers.ts @returns 32 bits with a sign */
  random(arrival: number, site: number): number;
  /** Of the IPv4 source, destination, or both; 0 for a packet without. */
  hashAddresses(rpb: number, phv: Phv, source: boolean, destination: boolean): number;
  /** Index of the word for the packet's address in an RPB. */
  accessed(isGuarded: boolean, rpb: number, phv: Phv): number;
  returnToSender(phv: Phv): void;
}

/** Values of the packet that generated code holds in variables. */
export type Variable =
  | RegisterVariable
  | SavedVariable
  | 'branch'
  | 'address'
  | 'flag'
  | 'port'
  | 'dropped'
  | 'ipv4Changed'
  | 'ipv4Delta'
  | 'transportDelta';
/** Values of the packet that no action sets. */
export type Intrinsic =
  | 'programId'
  | 'arrival'
  | 'copy'
  | 'timestamp'
  | 'packetLength'
  | 'ingressPort'
  | 'dequeueDelta'
  | 'queueDepth'
  | 'replicationId';
export type RegisterVariable = 'har' | 'sar' | 'mar';
export type SavedVariable = 'har0' | 'sar0' | 'mar0';

/** By register operand. */
export const REGISTER_VARIABLES = ['har', 'sar', 'mar'] as const;
export const SAVED_VARIABLES = ['har0', 'sar0', 'mar0'] as const;

/** What code depends on of a hash unit. */
export type HashCode = Pick<HashUnit, 'initial' | 'xorOut' | 'reflected'>;

/**
 * What a constant is that code leaves open, of an entry: the index of its RPB, where in the pipe it draws random numbers,
 * where the tables of its RPB's hash unit and its register array start, or the first parameter.
 */
export type ConstantSource = 'rpb' | 'site' | 'hashTables' | 'registerArray' | 'immediate';

/** What code may depend on besides open constants: the first parameter not, if it is one of those. */
export type CodeOperands = Omit<Operands, 'rpb'>;
export type OpenOperands = Omit<CodeOperands, 'immediate'>;

/**
 * What the code of an operation is written with. D is the packet's bytes as a DataView, E the unit, M the memory as
 * integers with a sign, T the tables of all hash units.
 */
export interface CodeWriter {
  readonly fields: readonly WritableField[];
  readonly endpoints: Endpoints;
  /** Of the entry's RPB: its hash unit, the buckets of its register array, and the words in a bucket. */
  readonly hash: HashCode;
  readonly arraySize: number;
  readonly arrayWords: number;
  readonly cpuPort: number;
  readonly addressMask: number;
  /** The variable, which the code reads, or its value if that is known. */
  read(variable: Variable): string;
  /** The variable, which the code reads or not, and sets. */
  write(variable: Variable): string;
  /** A statement: the variable gets this value, which later code can know. */
  assign(variable: Variable, value: number): string;
  intrinsic(name: Intrinsic): string;
  /** Where a header starts; negative for one that the packet lacks. */
  header(index: number): string;
  /** A number that instances of one program may have different ones of. */
  constant(source: ConstantSource): string;
}

/** What an operation works on; its code reads and sets variables besides. */
export type Reach =
  /** Nothing besides variables and intrinsic values. */
  | 'variables'
  /** The word of memory at the packet's address. */
  | 'memory'
  /** Bytes of the packet, which it reads. */
  | 'packet'
  /** Bytes of the packet, of which it puts 16 bits of hash into the low half of the one register that it sets. */
  | 'packet hash'
  /** Bytes of the packet, which it sets. */
  | 'packet write'
  /** Nothing but variables, of which it sets the egress port. */
  | 'verdict'
  /** As `verdict`, to a group: behind the ingress the packet is copied. */
  | 'group'
  /** Nothing but variables, of which it sets the one that tells that the packet is dropped. */
  | 'dropping';

/** One operation, which an opcode stands for. */
export type Operation<Name extends string = string> = OperationRow<Name> & (ClosedCode | OpenCode) & MemoryUse;

/** Operations that reach memory say when they store, for those who record writes. */
type MemoryUse =
  | { readonly reaches: Exclude<Reach, 'memory'>; readonly stores?: undefined }
  | { readonly reaches: 'memory'; readonly stores: Stores };

/**
 * Whether an operation is about to store at the packet's bucket, be it the value that is there. Of a pair it stores both
 * words. @param at place of the bucket's first word in the memory
 */
export type Stores = (memory: Uint32Array, at: number, phv: Phv) => boolean;

interface ClosedCode {
  readonly isOpen?: false;
  /** Equivalent statements. */
  code(operands: CodeOperands, to: CodeWriter): string;
}

/** Its first parameter is an open constant. */
interface OpenCode {
  readonly isOpen: true;
  /** Equivalent statements. */
  code(operands: OpenOperands, to: CodeWriter): string;
}

interface OperationRow<Name extends string> {
  readonly name: Name;
  /** Executes the operation on a packet. */
  run(unit: InstructionUnit, operands: Operands, phv: Phv): void;
}

/** An operation by name, with its register or field operands. */
export interface Decoded<Name extends string = string> {
  readonly operation: Name;
  readonly first?: number;
  readonly second?: number;
}

/** Meaning of the actions of one family of the instruction table. */
export interface FamilyMeaning<Effect extends ActionEffect, Name extends string> {
  readonly kind: Effect['kind'];
  readonly operations: readonly Operation<Name>[];
  decode(effect: Effect, fields: FieldOperands): Decoded<Name>;
}

/** {@link FamilyMeaning} of a family by its kind. */
export type Meaning<Kind extends ActionEffect['kind'], Name extends string> = FamilyMeaning<
  Extract<ActionEffect, { readonly kind: Kind }>,
  Name
>;
