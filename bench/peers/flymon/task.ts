/**
 * A measurement task of FlyMon. Source: Zheng et al., "FlyMon: Enabling On-the-Fly Task Reconfiguration for Network
 * Measurement", SIGCOMM 2022, and its published artefact.
 */
import type { PeerRequest } from '../peer-allocator.js';
import { ALGORITHMS, type AlgorithmName } from './algorithms.js';
import { isPrefix, type TaskFilter } from './filter.js';

/** Bits of each field, counted from its highest bit, that a hash unit reads. */
export interface FlowKey {
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
}

const KEY_BITS: FlowKey = { source: 32, destination: 32, sourcePort: 16, destinationPort: 16, protocol: 8 };
const KEY_FIELDS = ['source', 'destination', 'sourcePort', 'destinationPort', 'protocol'] as const;

export const keysEqual = (a: FlowKey, b: FlowKey): boolean => KEY_FIELDS.every((field) => a[field] === b[field]);

export const STANDARD_PARAMETERS = ['packet-size', 'queue-length', 'time-stamp'] as const;

/** What a task adds, compares or marks for each packet. */
export type TaskParameter =
  | { readonly kind: 'constant' }
  /** Another key, by its hash. */
  | { readonly kind: 'key'; readonly key: FlowKey }
  | { readonly kind: 'standard'; readonly name: (typeof STANDARD_PARAMETERS)[number] };

export interface MeasurementTask extends PeerRequest {
  readonly filter: TaskFilter;
  readonly key: FlowKey;
  readonly parameter: TaskParameter;
  readonly algorithm: AlgorithmName;
  /** Memory of the whole task in words. */
  readonly words: number;
}

/** @throws Error a sentence on what is wrong with a task */
export function checkTask({ id, filter, key, parameter, algorithm, words }: MeasurementTask): void {
  const keys = parameter.kind === 'key' ? [key, parameter.key] : [key];
  if (!isPrefix(filter.source) || !isPrefix(filter.destination)) throw new Error(`task ${id} has a malformed filter`);
  for (const each of keys)
    if (!isKey(each)) throw new Error(`task ${id} has a key that masks more bits than a field has`);
  if (!Number.isInteger(words) || words < 1)
    throw new Error(`task ${id} (${ALGORITHMS[algorithm].title}) has no memory`);
}

const isKey = (key: FlowKey): boolean =>
  KEY_FIELDS.every((field) => Number.isInteger(key[field]) && key[field] >= 0 && key[field] <= KEY_BITS[field]);
