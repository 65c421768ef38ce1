/** Reads network files strictly: all mistakes of a file at once, each with its place and a hint. */
import { dirname } from 'node:path';
import { counted } from '../../compiler/data-plane/counting.js';
import { DomainError } from '../../compiler/index.js';
import { readInput, reasonOf } from '../../traces/system/index.js';
import { checkField, type Mistake } from './fields.js';
import { JsonPlaces, pathText } from './json-places.js';
import { NETWORK_FIELDS, type NetworkFile } from './network-file.js';
import type { NetworkFiles } from './planned-switch.js';
import { topologyMistakes } from './topology.js';

/** Thrown for a network file with mistakes; the message has a line for each. */
export class NetworkError extends DomainError {
  override readonly name = 'NetworkError';
  readonly code = 'not-a-network';
  readonly ends = 'bad-input';

  constructor(
    message: string,
    readonly mistakes: readonly Mistake[],
  ) {
    super(message);
  }
}

/** A network file that was read. */
export interface ReadNetwork extends NetworkFiles {
  readonly file: NetworkFile;
  /** For messages. */
  readonly path: string;
  readonly places: JsonPlaces;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** Mistakes that a message has. */
const MOST_SHOWN = 100;

/** @throws {NetworkError} for a file that cannot be read, is no JSON, or has mistakes of form or topology */
export function readNetwork(path: string): ReadNetwork {
  let text: string;
  try {
    text = readInput(path, MAX_BYTES).toString('utf8');
  } catch (error) {
    throw new NetworkError(`${path}: ${reasonOf(error)}`, []);
  }
  return networkFromText(text, path, dirname(path));
}

/** @param path for messages @param folder to which the paths in the text are relative @throws {NetworkError} */
export function networkFromText(text: string, path: string, folder: string): ReadNetwork {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new NetworkError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`, []);
  }
  const places = new JsonPlaces(text);
  const mistakes: Mistake[] = places.repeated.map((at) => ({ path: at, message: 'is given more than once' }));
  if (!isNetworkFile(json, mistakes)) throw mistakesError(path, places, mistakes);
  const all = [...mistakes, ...topologyMistakes(json)];
  if (all.length > 0) throw mistakesError(path, places, all);
  return { file: json, path, folder, places };
}

/** Whether a document has the form of a network file; adds to the mistakes where it has not. */
function isNetworkFile(json: unknown, mistakes: Mistake[]): json is NetworkFile {
  const before = mistakes.length;
  checkField(json, NETWORK_FIELDS, [], mistakes);
  return mistakes.length === before;
}

/** The error of several mistakes, in the order of the text. */
export function mistakesError(path: string, places: JsonPlaces, mistakes: readonly Mistake[]): NetworkError {
  const { text, inOrder } = mistakesText(path, places, mistakes);
  return new NetworkError(text, inOrder);
}

/** A line for each mistake of a file, with its place and hint, in the order of the text; of very many, the first. */
export function mistakesText(
  path: string,
  places: JsonPlaces,
  mistakes: readonly Mistake[],
): { readonly text: string; readonly inOrder: readonly Mistake[] } {
  const placed = mistakes.map((mistake) => ({ mistake, offset: places.offsetOf(mistake.path) }));
  placed.sort((a, b) => a.offset - b.offset);
  const lines = placed.slice(0, MOST_SHOWN).map(({ mistake, offset }) => {
    const { line, column } = places.placeAt(offset);
    const at = mistake.path.length === 0 ? '' : `${pathText(mistake.path)}: `;
    const hint = mistake.hint === undefined ? '' : ` (${mistake.hint})`;
    return `${path}:${line}:${column}: ${at}${mistake.message}${hint}`;
  });
  if (placed.length > MOST_SHOWN) lines.push(`and ${counted(placed.length - MOST_SHOWN, 'more mistake')}`);
  return { text: lines.join('\n'), inOrder: placed.map(({ mistake }) => mistake) };
}
