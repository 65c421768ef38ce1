/** The file of `--update-script`: programs to deploy, revoke and change, with virtual times. */

import { dirname, isAbsolute, join } from 'node:path';
import { DomainError } from '../../../compiler/index.js';
import { readJson } from '../../../hw-driver/index.js';

export const UPDATE_SCRIPT_SCHEMA = 'p4runpro-bench/update-script@1';

/** Thrown for a script that is invalid or cannot be executed. */
export class UpdateScriptError extends DomainError {
  override readonly name = 'UpdateScriptError';
  readonly code = 'not-an-update-script';
  readonly ends = 'bad-input';
}

/** The action of an update. */
export type UpdateRequest =
  /** Deploys the arrival of the workload with this number, from 0. */
  | { readonly kind: 'deployArrival'; readonly number: number }
  /** Deploys the programs of a file. */
  | { readonly kind: 'deployFile'; readonly path: string }
  | { readonly kind: 'revoke'; readonly program: string }
  /** Changes the cases of a running program; the file has its whole text with the new cases. */
  | { readonly kind: 'cases'; readonly path: string };

export interface ScriptedUpdate {
  /** Virtual time after the first packet. */
  readonly atUs: number;
  readonly request: UpdateRequest;
}

export interface UpdateScript {
  /** Rate at which the control plane changes entries one by one. */
  readonly operationsPerSecond: number;
  readonly updates: readonly ScriptedUpdate[];
}

const LAST_US = 9e9;
const FASTEST = 1e9;
const ACTIONS = ['deploy', 'revoke', 'cases'] as const;

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown, minimum: number, maximum: number): value is number =>
  typeof value === 'number' && value >= minimum && value <= maximum;

/** @throws {UpdateScriptError} naming the invalid value */
export function readUpdateScript(path: string): UpdateScript {
  return updateScriptFromJson(readJson(path), path, dirname(path));
}

/** @param name name of the script, for messages @param folder folder to which its paths are relative */
export function updateScriptFromJson(json: unknown, name: string, folder: string): UpdateScript {
  const refuse = (what: string): never => {
    throw new UpdateScriptError(`${name}: ${what}`);
  };
  if (!isObject(json)) return refuse('an update script must be a JSON object');
  const { schema, operationsPerSecond, updates, ...others } = json;
  if (schema !== UPDATE_SCRIPT_SCHEMA) return refuse(`"schema" must be "${UPDATE_SCRIPT_SCHEMA}"`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(`unknown key "${unknown}"`);
  if (!isNumber(operationsPerSecond, 1, FASTEST)) {
    return refuse(`"operationsPerSecond" must be a number from 1 to ${FASTEST}`);
  }
  if (!Array.isArray(updates)) return refuse('"updates" must be a list');
  let lastUs = 0;
  const scripted = updates.map((update: unknown, i): ScriptedUpdate => {
    const parsed = updateFromJson(update, folder);
    if (typeof parsed === 'string') return refuse(`updates[${i}]: ${parsed}`);
    if (parsed.atUs < lastUs) return refuse(`updates[${i}]: "atUs" is less than that of the previous update`);
    lastUs = parsed.atUs;
    return parsed;
  });
  return { operationsPerSecond, updates: scripted };
}

/** The update, or a message on what is wrong. */
function updateFromJson(json: unknown, folder: string): ScriptedUpdate | string {
  if (!isObject(json)) return 'an update must be an object';
  const { atUs, ...rest } = json;
  if (!isNumber(atUs, 0, LAST_US)) return `"atUs" must be a number of microseconds from 0 to ${LAST_US}`;
  const [[action, argument] = ['', undefined], ...more] = Object.entries(rest);
  const known = ACTIONS.find((name) => name === action);
  if (known === undefined || more.length > 0) return `besides "atUs" it must have exactly one of ${ACTIONS.join(', ')}`;
  const request = requestOf(known, argument, folder);
  return typeof request === 'string' ? request : { atUs, request };
}

function requestOf(action: (typeof ACTIONS)[number], argument: unknown, folder: string): UpdateRequest | string {
  if (action === 'deploy' && Number.isSafeInteger(argument) && Number(argument) >= 0) {
    return { kind: 'deployArrival', number: Number(argument) };
  }
  if (typeof argument !== 'string' || argument === '') {
    return action === 'deploy'
      ? '"deploy" takes a file name or the number of an arrival'
      : `"${action}" takes a string`;
  }
  if (action === 'revoke') return { kind: 'revoke', program: argument };
  const path = isAbsolute(argument) ? argument : join(folder, argument);
  return { kind: action === 'deploy' ? 'deployFile' : 'cases', path };
}
