/**
 * The primitives of the language, one row each. Checker, liveness, expansion and documentation read these rows;
 * what a primitive becomes on the data plane is in expand.ts.
 */
import type { Register } from '../data-plane/description.js';
import { FIVE_TUPLE, type HashedFields } from '../data-plane/headers.js';
import { hashOfFields } from '../data-plane/instructions/hash.js';
import type { ActionEffect } from '../data-plane/instructions/table.js';

export type ArgumentKind = 'field' | 'register' | 'integer' | 'memory' | 'port' | 'group' | 'fields';

/** A register by name, or the first or second register argument. */
export type RegisterUse = Register | 'first' | 'second';

export type NeededAction = (
  registers: readonly Register[],
  hashed: HashedFields | undefined,
) => ActionEffect | undefined;

export interface PrimitiveRow {
  readonly name: string;
  /** `fields` stands for one or more names of fields of the 5-tuple, and is the last. */
  readonly arguments: readonly ArgumentKind[];
  readonly reads: readonly RegisterUse[];
  /** Registers that the primitive sets in full. */
  readonly writes: readonly RegisterUse[];
  /** Registers of which it sets some bits and keeps the others. */
  readonly changes: readonly RegisterUse[];
  readonly accessesMemory: boolean;
  /** Whether the memory that it accesses is one of pairs. */
  readonly onPairs: boolean;
  /** Header fields that it reads or writes, beside its argument. */
  readonly fields: readonly string[];
  /** Expands into several steps that may need a register of their own. */
  readonly pseudo: boolean;
  /** The action that a data plane must have for it, where not every one has it. @param registers its arguments */
  readonly needs?: NeededAction | undefined;
  readonly summary: string;
}

interface RowOptions {
  readonly reads?: readonly RegisterUse[];
  readonly writes?: readonly RegisterUse[];
  readonly changes?: readonly RegisterUse[];
  readonly accessesMemory?: boolean;
  readonly onPairs?: boolean;
  readonly fields?: readonly string[];
  readonly pseudo?: boolean;
  readonly needs?: NeededAction;
}

const row = <Name extends string>(
  name: Name,
  args: readonly ArgumentKind[],
  summary: string,
  {
    reads = [],
    writes = [],
    changes = [],
    accessesMemory = false,
    onPairs = false,
    fields = [],
    pseudo = false,
    needs,
  }: RowOptions = {},
): PrimitiveRow & { readonly name: Name } => ({
  name,
  arguments: args,
  reads,
  writes,
  changes,
  accessesMemory,
  onPairs,
  fields,
  pseudo,
  needs,
  summary,
});

const TWO_REGISTERS = ['register', 'register'] as const;
const REGISTER_AND_INTEGER = ['register', 'integer'] as const;
const COMBINE: RowOptions = { reads: ['first', 'second'], writes: ['first'] };
const COMBINE_PSEUDO: RowOptions = { ...COMBINE, pseudo: true };
const WITH_CONSTANT: RowOptions = { reads: ['first'], writes: ['first'], pseudo: true };
const READ_MODIFY_WRITE: RowOptions = { reads: ['mar', 'sar'], writes: ['sar'], accessesMemory: true };

const ROWS = [
  row('EXTRACT', ['field', 'register'], 'register = field, zero-extended', { writes: ['first'] }),
  row('MODIFY', ['field', 'register'], "field = register, cut to the field's width", { reads: ['first'] }),
  row('HASH_5_TUPLE', [], 'har[15:0] = h(5-tuple)', { changes: ['har'], fields: FIVE_TUPLE }),
  row('HASH', [], 'har[15:0] = h(har)', { reads: ['har'], changes: ['har'] }),
  row('HASH_5_TUPLE_MEM', ['memory'], 'mar = h(5-tuple) & (size - 1)', {
    writes: ['mar'],
    fields: FIVE_TUPLE,
  }),
  row('HASH_FIELDS', ['fields'], 'har[15:0] = h(fields)', {
    changes: ['har'],
    needs: (_registers, hashed) => hashed && hashOfFields(hashed, 'har'),
  }),
  row('HASH_FIELDS_MEM', ['memory', 'fields'], 'mar = h(fields) & (size - 1)', {
    writes: ['mar'],
    needs: (_registers, hashed) => hashed && hashOfFields(hashed, 'mar'),
  }),
  row('HASH_MEM', ['memory'], 'mar = h(har) & (size - 1)', { reads: ['har'], writes: ['mar'] }),
  row('MEMADD', ['memory'], 'm[mar] += sar; sar = new m[mar]', READ_MODIFY_WRITE),
  row('MEMSUB', ['memory'], 'm[mar] -= sar; sar = new m[mar]', READ_MODIFY_WRITE),
  row('MEMAND', ['memory'], 'm[mar] &= sar; sar = new m[mar]', READ_MODIFY_WRITE),
  row('MEMOR', ['memory'], 'm[mar] |= sar; sar = old m[mar]', READ_MODIFY_WRITE),
  row('MEMREAD', ['memory'], 'sar = m[mar]', { reads: ['mar'], writes: ['sar'], accessesMemory: true }),
  row('MEMWRITE', ['memory'], 'm[mar] = sar', { reads: ['mar', 'sar'], accessesMemory: true }),
  row('MEMMAX', ['memory'], 'm[mar] = max(m[mar], sar); sar = new m[mar]', READ_MODIFY_WRITE),
  row(
    'MEMCAS',
    ['memory'],
    'if m.lo = har or m.lo = 0: m.lo = har, m.hi += sar, har = 0; else har = m.lo; sar = m.hi',
    {
      reads: ['mar', 'har', 'sar'],
      writes: ['har', 'sar'],
      accessesMemory: true,
      onPairs: true,
      needs: () => ({ kind: 'pair' }),
    },
  ),
  row('LOADI', REGISTER_AND_INTEGER, 'register = integer', { writes: ['first'] }),
  row('ADD', TWO_REGISTERS, 'first += second', COMBINE),
  row('AND', TWO_REGISTERS, 'first &= second', COMBINE),
  row('OR', TWO_REGISTERS, 'first |= second', COMBINE),
  row('XOR', TWO_REGISTERS, 'first ^= second', COMBINE),
  row('MAX', TWO_REGISTERS, 'first = max(first, second), unsigned', COMBINE),
  row('MIN', TWO_REGISTERS, 'first = min(first, second), unsigned', COMBINE),
  row('FORWARD', ['port'], 'egress port = port'),
  row('DROP', [], 'the packet is dropped'),
  row('RETURN', [], 'swap Ethernet and IP addresses, egress port = the port the packet came in on', {
    fields: ['hdr.ipv4.src', 'hdr.ipv4.dst'],
  }),
  row('REPORT', [], 'egress port = the CPU port'),
  row('RANDOM', REGISTER_AND_INTEGER, 'register = random number & integer', {
    writes: ['first'],
    needs: ([register]) => (register === undefined ? undefined : { kind: 'random', register }),
  }),
  row('MULTICAST', ['group'], 'a copy to each port of the group, no egress port', {
    needs: () => ({ kind: 'multicast' }),
  }),
  row('NOP', [], 'nothing; takes a step, needs no entry'),
  row('MOVE', TWO_REGISTERS, 'first = second', { reads: ['second'], writes: ['first'], pseudo: true }),
  row('ADDI', REGISTER_AND_INTEGER, 'register += integer', WITH_CONSTANT),
  row('SUBI', REGISTER_AND_INTEGER, 'register -= integer', WITH_CONSTANT),
  row('ANDI', REGISTER_AND_INTEGER, 'register &= integer', WITH_CONSTANT),
  row('ORI', REGISTER_AND_INTEGER, 'register |= integer', WITH_CONSTANT),
  row('XORI', REGISTER_AND_INTEGER, 'register ^= integer', WITH_CONSTANT),
  row('NOT', ['register'], 'register = ~register', WITH_CONSTANT),
  row('EQUAL', TWO_REGISTERS, 'first = 0 if equal', COMBINE_PSEUDO),
  row('SGT', TWO_REGISTERS, 'first = 0 if first >= second', COMBINE_PSEUDO),
  row('SLT', TWO_REGISTERS, 'first = 0 if first <= second', COMBINE_PSEUDO),
  row('SUB', TWO_REGISTERS, 'first -= second', COMBINE_PSEUDO),
] as const;

export type PrimitiveName = (typeof ROWS)[number]['name'];

/** All primitives but BRANCH, which is a statement of its own. */
export const PRIMITIVES: ReadonlyMap<string, PrimitiveRow & { readonly name: PrimitiveName }> = new Map(
  ROWS.map((entry) => [entry.name, entry]),
);

/** The kind of an argument by its place, from 0; undefined behind the last one. */
export const argumentKind = ({ arguments: kinds }: PrimitiveRow, index: number): ArgumentKind | undefined =>
  kinds[index] ?? (kinds.at(-1) === 'fields' ? 'fields' : undefined);

/** Primitives that compute a hash. */
export const HASHES: ReadonlySet<string> = new Set([...PRIMITIVES.keys()].filter((name) => name.startsWith('HASH')));

/** The register that a use stands for, given the register arguments; undefined for an argument that is missing. */
export const registerOfUse = (use: RegisterUse, args: readonly Register[]): Register | undefined =>
  use === 'first' ? args[0] : use === 'second' ? args[1] : use;

/** The registers that uses stand for, given the register arguments. */
export function registersUsed(uses: readonly RegisterUse[], args: readonly Register[]): Register[] {
  const used: Register[] = [];
  for (const use of uses) {
    const register = registerOfUse(use, args);
    if (register !== undefined) used.push(register);
  }
  return used;
}
