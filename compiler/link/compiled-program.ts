/**
 * The compiled program: one versioned JSON document, the only input of emulator and driver. Equal input gives
 * equal bytes.
 */

import type { CrcDescription } from '../data-plane/description.js';
import { DomainError } from '../data-plane/domain-error.js';

export const COMPILED_PROGRAM_SCHEMA = 'p4runpro-sim/compiled-program@2';
/**
 * Of a program over a chain of switches. RPBs are numbered along the chain, the pass of a step is its switch, from 0, and
 * tables of later switches have its number in front: `switch2.SwitchIngress.rpb3.tb_operation`.
 */
export const COMPILED_CHAIN_SCHEMA = 'p4runpro-sim/compiled-program@3';

/** The schema of documents for a data plane. */
export const schemaOf = ({ switches }: { readonly switches: number }): CompiledProgram['schema'] =>
  switches === 1 ? COMPILED_PROGRAM_SCHEMA : COMPILED_CHAIN_SCHEMA;

export type KeyField =
  | { readonly name: string; readonly match: 'exact'; readonly value: number }
  | { readonly name: string; readonly match: 'ternary'; readonly value: number; readonly mask: number };

export interface ActionArgument {
  readonly name: string;
  readonly value: number;
}

/** One entry of one table, with the names that the driver sends. */
export interface TableEntry {
  readonly table: string;
  readonly key: readonly KeyField[];
  /** In ternary tables, the lowest wins. */
  readonly priority: number;
  readonly action: string;
  readonly parameters: readonly ActionArgument[];
}

/** The table, key and priority of an entry; a table has at most one entry with these. */
export type EntryKey = Pick<TableEntry, 'table' | 'key' | 'priority'>;

/** Buckets of an RPB that belong to a memory of a program. */
export interface MemoryBlock {
  readonly name: string;
  /** RPB number, from 1; along a chain. */
  readonly rpb: number;
  readonly base: number;
  readonly buckets: number;
}

/** A step with its RPB and pass, and the line of the text that it comes from. */
export interface PlacedStep {
  /** Position of its statement in the source, from 1. */
  readonly line: number;
  readonly column: number;
  /** The action, or `branch`. */
  readonly action: string;
  readonly depth: number;
  readonly branch: number;
  readonly rpb: number;
  readonly pass: number;
}

/** One field of the input of a hash unit, most significant byte first. */
export interface HashInputField {
  /** A header field, or the register har. */
  readonly name: string;
  readonly bits: number;
}

/** A hash of a program, with all that is needed to compute it elsewhere, e.g. to query a sketch. */
export interface HashUse {
  /** Position of its statement in the source, from 1. */
  readonly line: number;
  readonly column: number;
  /** The RPB and pass whose hash unit computes it. */
  readonly rpb: number;
  readonly pass: number;
  /** In the order of hashing; fields of missing headers are 0. */
  readonly input: readonly HashInputField[];
  /** The register whose low 16 bits take the result. */
  readonly into: 'har' | 'mar';
  /** In the usual Rocksoft convention. */
  readonly crc: CrcDescription;
  /** The mask of the result; null without one. */
  readonly mask: number | null;
  /** Memories that are accessed at the result: the word in the register array is base + result. */
  readonly memories: readonly Pick<MemoryBlock, 'name' | 'base'>[];
}

/** What a document is bound to: the data plane of a switch, or of each switch of a chain. */
export interface DocumentDataPlane {
  readonly name: string;
  readonly hash: string;
  readonly switches: number;
}

/** The document of a compiled program: entries, placement, memory blocks. */
export interface CompiledProgram {
  readonly schema: typeof COMPILED_PROGRAM_SCHEMA | typeof COMPILED_CHAIN_SCHEMA;
  readonly program: string;
  /** SHA-256 of the source, hexadecimal. */
  readonly sourceHash: string;
  readonly dataPlane: { readonly name: string; readonly hash: string };
  readonly programId: number;
  readonly passes: number;
  readonly placement: readonly PlacedStep[];
  readonly memories: readonly MemoryBlock[];
  /** In the order of the source. */
  readonly hashes: readonly HashUse[];
  /** In the order of installation: RPBs and recirculation first, filters last. */
  readonly entries: readonly TableEntry[];
}

/** The document as text, with a line end. */
export function formatCompiledProgram(program: CompiledProgram): string {
  return `${JSON.stringify(program, null, 1)}\n`;
}

/** A document that is not a compiled program for this version, data plane or use. */
export class DocumentError extends DomainError {
  override readonly name = 'DocumentError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'not-a-compiled-program' | 'other-version' | 'other-data-plane' | 'not-to-be-installed',
    message: string,
  ) {
    super(message);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isListOf = (value: unknown, isItem: (item: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && isItem(item));

const isKeyField = ({ name, match, value, mask }: Record<string, unknown>): boolean =>
  isText(name) && isCount(value) && (match === 'exact' || (match === 'ternary' && isCount(mask)));
const isArgument = ({ name, value }: Record<string, unknown>): boolean => isText(name) && isCount(value);
const isTableEntry = ({ table, key, priority, action, parameters }: Record<string, unknown>): boolean =>
  isText(table) && isListOf(key, isKeyField) && isCount(priority) && isText(action) && isListOf(parameters, isArgument);
const isMemoryBlock = ({ name, rpb, base, buckets }: Record<string, unknown>): boolean =>
  isText(name) && isCount(rpb) && isCount(base) && isCount(buckets) && buckets !== 0;
const isInputField = ({ name, bits }: Record<string, unknown>): boolean => isText(name) && isCount(bits);
const isNamedBase = ({ name, base }: Record<string, unknown>): boolean => isText(name) && isCount(base);
const isCrc = ({ name, polynomial, reflected, initial, xorOut }: Record<string, unknown>): boolean =>
  isText(name) && [polynomial, initial, xorOut].every(isCount) && typeof reflected === 'boolean';
const isHashUse = ({ input, into, crc, mask, memories, ...numbers }: Record<string, unknown>): boolean =>
  isListOf(input, isInputField) &&
  (into === 'har' || into === 'mar') &&
  isObject(crc) &&
  isCrc(crc) &&
  (mask === null || isCount(mask)) &&
  isListOf(memories, isNamedBase) &&
  ['line', 'column', 'rpb', 'pass'].every((name) => isCount(numbers[name]));
const isPlacedStep = ({ action, ...numbers }: Record<string, unknown>): boolean =>
  isText(action) && ['line', 'column', 'depth', 'branch', 'rpb', 'pass'].every((name) => isCount(numbers[name]));

/**
 * A compiled program from JSON, checked for its version and data plane.
 * @throws {DocumentError}
 */
export function compiledProgramFromJson(json: unknown, dataPlane: DocumentDataPlane): CompiledProgram {
  if (!isObject(json) || typeof json['schema'] !== 'string') {
    throw new DocumentError('not-a-compiled-program', 'this is not a compiled program: it has no "schema"');
  }
  const expected = schemaOf(dataPlane);
  if (json['schema'] !== expected) {
    const message = `this has schema ${json['schema']}, and ${expected} is expected`;
    throw new DocumentError('other-version', `${message}${chainHint(json['schema'], expected)}`);
  }
  const { dataPlane: of, entries, memories, hashes, placement, program, programId, passes, sourceHash } = json;
  const complete =
    isObject(of) &&
    isListOf(entries, isTableEntry) &&
    isListOf(memories, isMemoryBlock) &&
    isListOf(hashes, isHashUse) &&
    isListOf(placement, isPlacedStep) &&
    isText(program) &&
    isText(sourceHash) &&
    isCount(programId) &&
    isCount(passes);
  if (!complete) throw new DocumentError('not-a-compiled-program', 'this compiled program is incomplete or damaged');
  if (of['hash'] !== dataPlane.hash) {
    throw new DocumentError(
      'other-data-plane',
      `program ${program} was compiled for data plane '${String(of['name'])}' (${short(of['hash'])}), ` +
        `not for '${dataPlane.name}' (${short(dataPlane.hash)})`,
    );
  }
  return json as unknown as CompiledProgram;
}

/** What the two schemas are for, where they are those of a switch and of a chain. */
function chainHint(schema: string, expected: string): string {
  const SCHEMAS: readonly string[] = [COMPILED_PROGRAM_SCHEMA, COMPILED_CHAIN_SCHEMA];
  if (!SCHEMAS.includes(schema)) return '';
  return expected === COMPILED_CHAIN_SCHEMA
    ? ': it was compiled for one switch, not for a chain of switches'
    : ': it was compiled for a chain of switches, not for one';
}

const short = (hash: unknown): string => String(hash).slice(0, 12);

/** A text that is equal for two entries if and only if one table cannot have both. */
export function entryIdentity({ table, key, priority }: EntryKey): string {
  const fields = key.map((field) => {
    const value = `${field.name}=${field.value}`;
    return field.match === 'ternary' ? `${value}/${field.mask}` : value;
  });
  return `${table} ${priority} ${fields.sort().join()}`;
}
