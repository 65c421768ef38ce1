/**
 * The meaning of the language: runs a checked program on one packet, statement by statement. It knows nothing of RPBs,
 * steps, passes or entries, so it is what compiled programs are held against (sim/validation).
 */

import type { Field } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import type { HashedFields } from '../data-plane/headers.js';
import { must } from '../data-plane/must.js';
import type { PrimitiveName } from './primitives.js';
import {
  type BranchStatement,
  type Case,
  type PrimitiveStatement,
  type Program,
  registersOf,
  type Statement,
} from './program.js';

/** What a program sees of its packet. */
export interface PacketFields {
  /** 0 for a field of a header that the packet lacks. Fields have up to 32 bits here. */
  readField(field: Field): number;
  /** Cuts the value to the field's width; does nothing if the packet lacks the header. */
  writeField(field: Field, value: number): void;
  /** 13 bytes: IPv4 source, destination, source port, destination port, protocol; 0 where the packet has none. */
  fiveTuple(): Uint8Array;
  /** RETURN: swaps the Ethernet addresses, and the IP addresses of a packet that has them. */
  swapAddresses(): void;
}

/** The hash function of a statement: 16 bits from the 13 bytes of the 5-tuple or the 4 bytes of har. */
export type StatementHash = (statement: PrimitiveStatement, input: Uint8Array) => number;

/** The random number of a statement: 32 bits, before its mask. */
export type StatementRandom = (statement: PrimitiveStatement) => number;

/** What a program runs on. */
export interface ProgramInputs {
  readonly packet: PacketFields;
  /** Words of each memory of the program, by name, pairs low word first; changed in place. */
  readonly memories: ReadonlyMap<string, Uint32Array>;
  readonly hash: StatementHash;
  readonly random: StatementRandom;
}

export type Registers = Readonly<Record<Register, number>>;

/** What is decided about the packet. DROP wins over the others, before or after them; of those, the last one wins. */
export type Verdict =
  /** Nothing: the switch's default forwarding applies. */
  | { readonly kind: 'none' }
  | { readonly kind: 'forwarded'; readonly port: number }
  /** A copy to each port of the group. */
  | { readonly kind: 'copied'; readonly group: number }
  /** To the port that the packet first came in on. */
  | { readonly kind: 'returned' }
  /** To the CPU port. */
  | { readonly kind: 'reported' }
  | { readonly kind: 'dropped' };

export interface MemoryAccess {
  readonly memory: string;
  readonly address: number;
  /** The word at the address; of a pair the low one. */
  readonly before: number;
  readonly after: number;
  /** Of a pair: its high word. */
  readonly high?: { readonly before: number; readonly after: number };
}

/** Indices of the words that an access met, in the words of its memory. */
export const accessedWords = ({ address, high }: MemoryAccess): readonly number[] =>
  high === undefined ? [address] : [2 * address, 2 * address + 1];

/** One statement that ran. */
export interface ExecutedStatement {
  readonly statement: Statement;
  readonly before: Registers;
  readonly after: Registers;
  readonly access: MemoryAccess | undefined;
  /** Of a BRANCH: the case that was taken, if one was. */
  readonly taken: Case | undefined;
}

export type ProgramRun =
  | {
      readonly kind: 'finished';
      readonly verdict: Verdict;
      /** Where the last decision was MULTICAST, whether or not the packet, or this copy of it, was dropped. */
      readonly group: number | undefined;
      readonly registers: Registers;
      readonly trace: readonly ExecutedStatement[];
    }
  /**
   * An access outside the memory, which the language does not define: on the data plane it meets another word of the
   * program or of another one. Statements before it have had their effects, which {@link undoAccesses} takes back.
   */
  | {
      readonly kind: 'undefined';
      readonly statement: PrimitiveStatement;
      /** The value of mar. */
      readonly address: number;
      readonly trace: readonly ExecutedStatement[];
    };

/** Runs a program on a packet that its filters match, or on one copy of it, which its fields tell apart. @param inputs the packet, which it rewrites, and the memories */
export function interpret(program: Program, inputs: ProgramInputs): ProgramRun {
  const interpreter = new Interpreter(program, inputs);
  const outside = interpreter.runBody(program.body);
  const { trace, registers } = interpreter;
  if (outside !== undefined) return { kind: 'undefined', statement: outside, address: registers.mar, trace };
  const { verdict: last, dropped } = interpreter;
  const verdict: Verdict = dropped ? { kind: 'dropped' } : last;
  const group = last.kind === 'copied' ? last.group : undefined;
  return { kind: 'finished', verdict, group, registers: { ...registers }, trace };
}

/** Gives memories the contents they had before a run. */
export function undoAccesses({ trace }: ProgramRun, memories: ReadonlyMap<string, Uint32Array>): void {
  for (const { access } of [...trace].reverse()) {
    const words = access && memories.get(access.memory);
    if (words === undefined || access === undefined) continue;
    const [low, high] = accessedWords(access);
    words[must(low, 'accessed word')] = access.before;
    if (high !== undefined && access.high !== undefined) words[high] = access.high.before;
  }
}

type Words = (old: number, sar: number) => readonly [memory: number, sar: number];

const both = (value: number): readonly [number, number] => [value >>> 0, value >>> 0];

/** What a memory primitive leaves in its word and in sar. */
const MEMORY: Partial<Record<PrimitiveName, Words>> = {
  MEMADD: (old, sar) => both(old + sar),
  MEMSUB: (old, sar) => both(old - sar),
  MEMAND: (old, sar) => both(old & sar),
  MEMOR: (old, sar) => [(old | sar) >>> 0, old],
  MEMREAD: (old) => both(old),
  MEMWRITE: (_old, sar) => both(sar),
  MEMMAX: (old, sar) => both(Math.max(old, sar)),
};

const BYTES_IN_TUPLE: Readonly<Record<HashedFields, { readonly start: number; readonly end: number }>> = {
  src: { start: 0, end: 4 },
  dst: { start: 4, end: 8 },
  'src, dst': { start: 0, end: 8 },
  '5-tuple': { start: 0, end: 13 },
};

/** What a primitive on registers leaves in its first register; modulo 2^32. */
const ARITHMETIC: Partial<Record<PrimitiveName, (first: number, second: number, integer: number) => number>> = {
  LOADI: (_first, _second, integer) => integer,
  MOVE: (_first, second) => second,
  ADD: (first, second) => first + second,
  SUB: (first, second) => first - second,
  AND: (first, second) => first & second,
  OR: (first, second) => first | second,
  XOR: (first, second) => first ^ second,
  MAX: (first, second) => Math.max(first, second),
  MIN: (first, second) => Math.min(first, second),
  ADDI: (first, _second, integer) => first + integer,
  SUBI: (first, _second, integer) => first - integer,
  ANDI: (first, _second, integer) => first & integer,
  ORI: (first, _second, integer) => first | integer,
  XORI: (first, _second, integer) => first ^ integer,
  NOT: (first) => ~first,
  EQUAL: (first, second) => first ^ second,
  SGT: (first, second) => Math.min(first, second) ^ second,
  SLT: (first, second) => Math.max(first, second) ^ second,
};

class Interpreter {
  readonly registers: Record<Register, number> = { har: 0, sar: 0, mar: 0 };
  readonly trace: ExecutedStatement[] = [];
  verdict: Verdict = { kind: 'none' };
  dropped = false;

  constructor(
    private readonly program: Pick<Program, 'memories'>,
    private readonly inputs: ProgramInputs,
  ) {}

  /** The statement that accesses a memory outside its bounds, if one does; nothing runs after it. */
  runBody(statements: readonly Statement[]): PrimitiveStatement | undefined {
    for (const statement of statements) {
      if (statement.kind === 'branch') {
        const taken = this.branch(statement);
        // There is no join: what follows the BRANCH runs only where no case matched.
        if (taken !== undefined) return this.runBody(taken.body);
      } else if (!this.run(statement)) return statement;
    }
    return undefined;
  }

  private branch(statement: BranchStatement): Case | undefined {
    const taken = statement.cases.find(({ conditions }) =>
      conditions.every(({ register, value, mask }) => (this.registers[register] & mask) >>> 0 === value),
    );
    const registers = { ...this.registers };
    this.trace.push({ statement, before: registers, after: registers, access: undefined, taken });
    return taken;
  }

  /** False if the statement accesses a memory outside its bounds. */
  private run(statement: PrimitiveStatement): boolean {
    const before = { ...this.registers };
    const words = MEMORY[statement.primitive];
    const isOnPair = statement.primitive === 'MEMCAS';
    const access = isOnPair ? this.accessPair(statement) : words && this.access(statement, words);
    if ((words !== undefined || isOnPair) && access === undefined) return false;
    if (access === undefined) this.execute(statement);
    this.trace.push({ statement, before, after: { ...this.registers }, access, taken: undefined });
    return true;
  }

  private access(statement: PrimitiveStatement, words: Words): MemoryAccess | undefined {
    const memory = must(statement.memory, `memory of ${statement.primitive}`);
    const { registers } = this;
    const store = this.inputs.memories.get(memory);
    if (store === undefined) throw new Error(`there is no memory ${memory} to run on`);
    const address = registers.mar;
    const before = store[address];
    if (before === undefined) return undefined;
    const [after, sar] = words(before, registers.sar);
    store[address] = after;
    registers.sar = sar;
    return { memory, address, before, after };
  }

  /** MEMCAS: a free pair, or that of the key in har, gets the key and adds sar; another one gives its key in har. */
  private accessPair(statement: PrimitiveStatement): MemoryAccess | undefined {
    const memory = must(statement.memory, `memory of ${statement.primitive}`);
    const { registers } = this;
    const store = must(this.inputs.memories.get(memory), `memory ${memory}`);
    const address = registers.mar;
    const [low, high] = [store[2 * address], store[2 * address + 1]];
    if (low === undefined || high === undefined) return undefined;
    const isOurs = low === registers.har || low === 0;
    const after = isOurs ? registers.har : low;
    const sum = isOurs ? (high + registers.sar) >>> 0 : high;
    store[2 * address] = after;
    store[2 * address + 1] = sum;
    registers.har = isOurs ? 0 : low;
    registers.sar = sum;
    return { memory, address, before: low, after, high: { before: high, after: sum } };
  }

  private execute(statement: PrimitiveStatement): void {
    const { registers } = this;
    const { packet } = this.inputs;
    const { primitive, field, integer } = statement;
    const arithmetic = ARITHMETIC[primitive];
    if (arithmetic !== undefined) {
      const { first, second } = registersOf(statement);
      registers[first] = arithmetic(registers[first], registers[second], integer) >>> 0;
      return;
    }
    switch (primitive) {
      case 'EXTRACT':
        registers[registersOf(statement).first] = packet.readField(must(field, 'field of EXTRACT'));
        return;
      case 'MODIFY':
        packet.writeField(must(field, 'field of MODIFY'), registers[registersOf(statement).first]);
        return;
      case 'RANDOM':
        // No number is drawn of which no bit stays.
        registers[registersOf(statement).first] = integer === 0 ? 0 : (this.inputs.random(statement) & integer) >>> 0;
        return;
      case 'HASH_5_TUPLE':
        return this.hashInto('har', statement, packet.fiveTuple());
      case 'HASH':
        return this.hashInto('har', statement, bytesOf(registers.har));
      case 'HASH_FIELDS':
        return this.hashInto('har', statement, this.fields(statement));
      case 'HASH_FIELDS_MEM':
        return this.hashAddress(statement, this.fields(statement));
      case 'HASH_5_TUPLE_MEM':
        return this.hashAddress(statement, packet.fiveTuple());
      case 'HASH_MEM':
        return this.hashAddress(statement, bytesOf(registers.har));
      case 'FORWARD':
        this.verdict = { kind: 'forwarded', port: integer };
        return;
      case 'RETURN':
        packet.swapAddresses();
        this.verdict = { kind: 'returned' };
        return;
      case 'REPORT':
        this.verdict = { kind: 'reported' };
        return;
      case 'DROP':
        this.dropped = true;
        return;
      case 'MULTICAST':
        this.verdict = { kind: 'copied', group: integer };
        return;
      case 'NOP':
        return;
      default:
        throw new Error(`the interpreter does not know ${primitive}`);
    }
  }

  /** The bytes of the fields that HASH_FIELDS names, as they lie in the 5-tuple. */
  private fields({ hashed }: PrimitiveStatement): Uint8Array {
    const { start, end } = BYTES_IN_TUPLE[must(hashed, 'fields of HASH_FIELDS')];
    return this.inputs.packet.fiveTuple().slice(start, end);
  }

  /** The high half of the register keeps its value. */
  private hashInto(register: Register, statement: PrimitiveStatement, input: Uint8Array): void {
    const hash = this.inputs.hash(statement, input);
    this.registers[register] = ((this.registers[register] & 0xffff0000) | hash) >>> 0;
  }

  private hashAddress(statement: PrimitiveStatement, input: Uint8Array): void {
    this.hashInto('mar', statement, input);
    const memory = must(statement.memory, `memory of ${statement.primitive}`);
    const { buckets } = must(
      this.program.memories.find(({ name }) => name === memory),
      `memory ${memory}`,
    );
    this.registers.mar = (this.registers.mar & (buckets - 1)) >>> 0;
  }
}

/** A register as HASH reads it: 4 bytes, most significant first. */
function bytesOf(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Registers in the order of {@link REGISTERS}, as text for reports. */
export function formatRegisters(registers: Registers): string {
  return REGISTERS.map((register) => `${register} ${registers[register].toString(16)}`).join(', ');
}
