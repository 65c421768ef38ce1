/**
 * Conformance vectors: entry sets with the output packets and registers that independent implementations of the data
 * plane computed.
 */

import { access, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  builtInDataPlane,
  type DataPlane,
  DomainError,
  dataPlaneFromJson,
  defaultForwardEntry,
  type KeyField,
  type TableEntry,
} from '../../../compiler/index.js';
import { isSystemError, readInput, reasonOf } from '../../../traces/system/index.js';

/** The data plane of the vectors: published hash functions, corrected initialisation, wide branch ids. */
export const CONFORMANCE_DATA_PLANE: DataPlane = dataPlaneFromJson({
  extends: 'published',
  name: 'conformance',
  summary: 'the setting of the conformance vectors',
  init: { onEveryPass: false },
  state: { branchIdBits: 16 },
});

/** Ingress port of all packets. */
const INGRESS_PORT = 1;

/** Default setting of a vector without `setting.json`: packets that no program forwards leave by port 2. */
const SETTING: Setting = { dataPlane: CONFORMANCE_DATA_PLANE, forward: [[INGRESS_PORT, 2]] };

interface Setting {
  readonly dataPlane: DataPlane;
  /** Default forwarding, from ingress port to egress port. */
  readonly forward: readonly (readonly [ingress: number, egress: number])[];
}

export interface ConformanceVector {
  readonly name: string;
  readonly dataPlane: DataPlane;
  readonly capture: string;
  readonly ingressPort: number;
  readonly entries: readonly TableEntry[];
  /** Output packets as hexadecimal text by egress port, in order of arrival. */
  readonly packets: readonly (readonly [port: number, hex: string])[];
  /** Words other than 0 by RPB number and bucket. */
  readonly registers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Thrown for a folder without valid conformance vectors. */
export class VectorError extends DomainError {
  override readonly name = 'VectorError';
  readonly code = 'not-a-vector';
  readonly ends = 'bad-input';
}

/** The vectors in a folder: the folder itself, or its subfolders in order of name. @throws {VectorError} */
export async function findVectors(folder: string): Promise<ConformanceVector[]> {
  const isVector = await access(join(folder, 'entries.json')).then(
    () => true,
    () => false,
  );
  if (isVector) return [await readVector(folder)];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new VectorError(`${folder}: no such folder`);
  });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.length === 0)
    throw new VectorError(`${folder}: no conformance vectors here (entries.json, in.pcap, expected.json)`);
  return Promise.all(folders.sort().map((name) => readVector(join(folder, name))));
}

type RawKey = readonly [string, number, string] | readonly [string, number, number, string];
type RawEntry = readonly [string, readonly RawKey[], readonly [readonly (readonly [string, number])[], string]];

const isListOf = <Item>(value: unknown, isItem: (item: unknown) => item is Item): value is readonly Item[] =>
  Array.isArray(value) && value.every(isItem);
const isText = (value: unknown): value is string => typeof value === 'string';

const isRawKey = (value: unknown): value is RawKey =>
  Array.isArray(value) &&
  (value.length === 3 || value.length === 4) &&
  isText(value[0]) &&
  isText(value.at(-1)) &&
  value.slice(1, -1).every(Number.isInteger);
const isParameter = (value: unknown): value is readonly [string, number] =>
  Array.isArray(value) && isText(value[0]) && Number.isInteger(value[1]);

function isRawEntry(value: unknown): value is RawEntry {
  if (!Array.isArray(value)) return false;
  const [table, key, data] = value as readonly unknown[];
  return (
    isText(table) && isListOf(key, isRawKey) && Array.isArray(data) && isListOf(data[0], isParameter) && isText(data[1])
  );
}

function isExpected(value: unknown): value is Pick<ConformanceVector, 'packets' | 'registers'> {
  if (typeof value !== 'object' || value === null || !('packets' in value) || !('registers' in value)) return false;
  const isPacket = (packet: unknown): packet is readonly [number, string] =>
    Array.isArray(packet) && Number.isInteger(packet[0]) && isText(packet[1]);
  return isListOf(value.packets, isPacket) && typeof value.registers === 'object' && value.registers !== null;
}

async function readVector(folder: string): Promise<ConformanceVector> {
  const read = async (file: string): Promise<unknown> => {
    const path = join(folder, file);
    try {
      return JSON.parse(readInput(path).toString('utf8'));
    } catch (error) {
      if (!isSystemError(error))
        throw new VectorError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      throw new VectorError(
        `${path}: ${error.code === 'ENOENT' ? 'no such file, but a conformance vector has one' : reasonOf(error)}`,
      );
    }
  };
  const rawEntries = await read('entries.json');
  const expected = await read('expected.json');
  if (!isListOf(rawEntries, isRawEntry) || !isExpected(expected)) {
    throw new VectorError(`${folder}: entries.json or expected.json does not have the format of a conformance vector`);
  }
  const { dataPlane, forward } = await readSetting(folder, read);
  return {
    name: basename(folder),
    dataPlane,
    capture: join(folder, 'in.pcap'),
    ingressPort: INGRESS_PORT,
    entries: [
      ...forward.map(([ingress, egress]) => defaultForwardEntry(dataPlane, ingress, egress)),
      ...rawEntries.map(entryFromRaw),
    ],
    packets: expected.packets,
    registers: expected.registers,
  };
}

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isInteger);

/** `setting.json`: a built-in data plane by its name, and default forwarding as pairs of ports. @throws {VectorError} */
async function readSetting(folder: string, read: (file: string) => Promise<unknown>): Promise<Setting> {
  const isThere = await access(join(folder, 'setting.json')).then(
    () => true,
    () => false,
  );
  if (!isThere) return SETTING;
  const setting = await read('setting.json');
  if (typeof setting === 'object' && setting !== null && 'dataPlane' in setting && 'forward' in setting) {
    const { dataPlane: name, forward } = setting;
    const dataPlane = isText(name) ? builtInDataPlane(name) : undefined;
    if (dataPlane !== undefined && isListOf(forward, isPair)) return { dataPlane, forward };
  }
  throw new VectorError(`${folder}: setting.json names no data plane with pairs of ports to forward between`);
}

/** Entries with their position in the list as priority. */
function entryFromRaw([table, key, [parameters, action]]: RawEntry, index: number): TableEntry {
  return {
    table,
    key: key.map(
      (field): KeyField =>
        field.length === 3
          ? { name: field[0], match: 'exact', value: field[1] }
          : { name: field[0], match: 'ternary', value: field[1], mask: field[2] },
    ),
    priority: index,
    action,
    parameters: parameters.map(([name, value]) => ({ name, value })),
  };
}
