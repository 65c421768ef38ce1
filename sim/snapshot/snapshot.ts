/**
 * A whole switch as bytes: entries, memory, counters, and the programs that they belong to. The first line names the
 * version, the second is a SHA-256 of all that follows, which is gzipped: a length, that many bytes of JSON, and the
 * words of all register arrays, little-endian.
 */
import { gunzip, gzip } from '#platform/gzip';
import { sha256 as digestOf } from '#platform/sha256';
import {
  type CompiledProgram,
  compiledProgramFromJson,
  type DocumentDataPlane,
  DocumentError,
  DomainError,
  type MemoryBlock,
  type MulticastGroup,
  type Operation,
  type TableEntry,
} from '../../compiler/index.js';
import { hexadecimalOf } from '../../traces/platform/hexadecimal.js';
import { type Counters, emptyCounters } from '../blocks/counters.js';
import type { Switch } from '../pipeline/switch.js';
import { TargetError } from '../target/target.js';

export const SNAPSHOT_SCHEMA = 'p4runpro-sim/snapshot@1';

/** Bytes that are not a snapshot, or not one for this switch; the message is a predicate: the caller names the file. */
export class SnapshotError extends DomainError {
  override readonly name = 'SnapshotError';
  readonly ends = 'bad-input';

  constructor(
    readonly code: 'not-a-snapshot' | 'other-version' | 'damaged' | 'other-data-plane',
    message: string,
  ) {
    super(message);
  }
}

/** The contents of a snapshot: entries, memory, programs and counters. */
export interface SwitchSnapshot {
  readonly programs: readonly CompiledProgram[];
  readonly counters: Readonly<Counters>;
  /** In the order in which they were inserted. */
  readonly entries: readonly TableEntry[];
  /** Groups to which packets are copied. */
  readonly groups: readonly MulticastGroup[];
  /** By program id: the memory blocks that were declared for it. */
  readonly blocks: readonly (readonly [programId: number, blocks: readonly MemoryBlock[]])[];
  /** The words of all register arrays. */
  readonly memory: Uint32Array;
  /** A note of the caller that took the snapshot, any JSON value. */
  readonly note: unknown;
  /** Seed of random numbers; their arrival number is that of packets counted. */
  readonly seed: number;
}

/** Takes a snapshot, between two packets. @param counters those of the run: with workers, of all their switches */
export function takeSnapshot(
  emulator: Switch,
  programs: readonly CompiledProgram[],
  counters: Readonly<Counters>,
  note: unknown,
): Uint8Array {
  const { name, hash } = emulator.dataPlane;
  const entries = emulator.entries();
  const blocks = emulator.owners.list();
  const { seed } = emulator;
  const all = emulator.groups();
  // Left out where there are none, so that snapshots stay as they were.
  const groups = all.length === 0 ? undefined : all;
  const head = new TextEncoder().encode(
    JSON.stringify({ dataPlane: { name, hash }, counters, programs, entries, groups, blocks, note, seed }),
  );
  const { words } = emulator.memory;
  const body = new Uint8Array(LENGTH_BYTES + head.length + words.length * WORD_BYTES);
  const view = viewOf(body);
  view.setUint32(0, head.length, true);
  body.set(head, LENGTH_BYTES);
  body.set(littleEndian(words), LENGTH_BYTES + head.length);
  const packed = gzip(body, 1);
  const firstLines = new TextEncoder().encode(`${SNAPSHOT_SCHEMA}\n${sha256(packed)}\n`);
  const bytes = new Uint8Array(firstLines.length + packed.length);
  bytes.set(firstLines);
  bytes.set(packed, firstLines.length);
  return bytes;
}

/** @throws {SnapshotError} */
export function readSnapshot(bytes: Uint8Array, dataPlane: DocumentDataPlane): SwitchSnapshot {
  const body = gunzip(checkedBody(bytes));
  const view = viewOf(body);
  const headEnd = LENGTH_BYTES + view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(body.subarray(LENGTH_BYTES, headEnd))) as Omit<
    SwitchSnapshot,
    'memory' | 'blocks' | 'groups' | 'seed'
  > &
    Partial<Pick<SwitchSnapshot, 'blocks' | 'groups' | 'seed'>> & {
      readonly dataPlane: { readonly name: string; readonly hash: string };
    };
  if (head.dataPlane.hash !== dataPlane.hash) {
    const short = (hash: string): string => hash.slice(0, 12);
    throw new SnapshotError(
      'other-data-plane',
      `taken on data plane '${head.dataPlane.name}' (${short(head.dataPlane.hash)}), ` +
        `not on '${dataPlane.name}' (${short(dataPlane.hash)})`,
    );
  }
  const memory = wordsOf(body.subarray(headEnd));
  const programs = head.programs.map((program) => documentIn(program, dataPlane));
  // Older snapshots have no blocks, no seed, and no counter of accesses outside blocks; groups are left out if none.
  const groups = head.groups === undefined ? [] : head.groups;
  const { seed = 0, blocks = programs.map(({ programId, memories }) => [programId, memories] as const) } = head;
  const counters = { ...emptyCounters(), ...head.counters };
  return { programs, counters, entries: head.entries, groups, blocks, memory, note: head.note, seed };
}

/** Puts a snapshot into a switch that has no entries yet. @throws {SnapshotError} */
export function restoreSnapshot(
  emulator: Switch,
  { entries, groups, blocks, memory, counters, seed }: SwitchSnapshot,
): void {
  if (memory.length !== emulator.memory.words.length)
    throw new SnapshotError('damaged', 'its register arrays have other sizes than those of the switch');
  try {
    for (const operation of declarations(blocks)) emulator.apply(operation);
    for (const group of groups) emulator.apply({ kind: 'insertGroup', group });
    for (const entry of entries) emulator.apply({ kind: 'insertEntry', entry });
  } catch (error) {
    throw error instanceof TargetError ? new SnapshotError('damaged', error.message) : error;
  }
  emulator.memory.words.set(memory);
  for (const key of Object.keys(emptyCounters()) as (keyof Counters)[]) emulator.counters[key] = counters[key];
  emulator.arrivals = counters.in;
  emulator.seed = seed;
}

/** The operations that declare memory blocks: a replica of a switch needs them besides its entries. */
export const declarations = (blocks: SwitchSnapshot['blocks']): Operation[] =>
  blocks.map(([programId, own]) => ({ kind: 'declareMemory', programId, blocks: own }));

const LENGTH_BYTES = 4;
const WORD_BYTES = 4;
const HASH_CHARACTERS = 64;
const LINE_FEED = 0x0a;
const NAME = 'p4runpro-sim/snapshot@';

const sha256 = (bytes: Uint8Array): string => hexadecimalOf(digestOf(bytes));

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const isBigEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 0;

/** Reverses the bytes of each word, where the machine keeps them in the other order than snapshots do. */
function inOrder(words: Uint32Array): Uint32Array {
  if (!isBigEndian) return words;
  const bytes = viewOf(bytesOf(words));
  return words.map((_, i) => bytes.getUint32(i * WORD_BYTES, true));
}

/** The words as bytes, little-endian. */
const littleEndian = (words: Uint32Array): Uint8Array => bytesOf(inOrder(words));

/** The words that little-endian bytes are; a rest of less than a word is left out. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(Math.floor(bytes.length / WORD_BYTES));
  bytesOf(words).set(bytes.subarray(0, words.byteLength));
  return inOrder(words);
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Each byte is a character. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The bytes behind the two lines of the header. */
function checkedBody(bytes: Uint8Array): Uint8Array {
  const firstLine = latin1(bytes.subarray(0, Math.max(0, bytes.subarray(0, HASH_CHARACTERS).indexOf(LINE_FEED))));
  if (!firstLine.startsWith(NAME)) throw new SnapshotError('not-a-snapshot', 'not a snapshot of a switch');
  if (firstLine !== SNAPSHOT_SCHEMA) {
    throw new SnapshotError('other-version', `a snapshot of schema ${firstLine}, where ${SNAPSHOT_SCHEMA} is needed`);
  }
  const hashStart = firstLine.length + 1;
  const hash = latin1(bytes.subarray(hashStart, hashStart + HASH_CHARACTERS));
  const body = bytes.subarray(hashStart + HASH_CHARACTERS + 1);
  if (sha256(body) !== hash)
    throw new SnapshotError('damaged', 'damaged or cut off: its SHA-256 checksum does not match');
  return body;
}

function documentIn(program: unknown, dataPlane: DocumentDataPlane): CompiledProgram {
  try {
    return compiledProgramFromJson(program, dataPlane);
  } catch (error) {
    throw error instanceof DocumentError ? new SnapshotError('damaged', error.message) : error;
  }
}
