/** The types of hosts that answer, by name. */
import { isModulePath, MODULE_PATHS } from '../../../hw-driver/cli/kit/user-modules.js';
import { isProblem, namedValues, type TextProblem } from '../../workloads/source-text.js';
import { ECHO } from './echo.js';
import type { HostType } from './host-type.js';
import { KEY_VALUE } from './key-value.js';
import { SINK } from './sink.js';

export const HOST_TYPES: Readonly<Record<string, HostType>> = { sink: SINK, echo: ECHO, 'key-value': KEY_VALUE };

/** How a host answers, as plain data: a type with all its parameters, or the path of a module. */
export type Answering =
  | { readonly type: string; readonly values: Readonly<Record<string, number>> }
  | { readonly module: string };

/** @param text the type with its parameters, as in `key-value:servicens=2000` */
export function answeringFromText(text: string): Answering | TextProblem {
  if (isModulePath(text)) return { module: text };
  const named = namedValues(text);
  if (isProblem(named)) return named;
  const type = Object.hasOwn(HOST_TYPES, named.kind) ? HOST_TYPES[named.kind] : undefined;
  if (type === undefined) {
    const types = Object.keys(HOST_TYPES).join(', ');
    return { problem: `there is no type of hosts '${named.kind}': it is one of ${types}, or ${MODULE_PATHS}` };
  }
  const { parameters } = type;
  const unknown = Object.keys(named.values).find((name) => !Object.hasOwn(parameters, name));
  if (unknown !== undefined) {
    const known = Object.keys(parameters);
    const has = known.length === 0 ? 'it has no parameters' : `it has ${known.join(', ')}`;
    return { problem: `${named.kind} has no '${unknown}'; ${has}` };
  }
  const values: Record<string, number> = {};
  for (const [name, { minimum, maximum, standard, isWhole, unit }] of Object.entries(parameters)) {
    const value = named.values[name] ?? standard;
    if (value < minimum || value > maximum || (isWhole && !Number.isInteger(value))) {
      const what = isWhole ? 'a whole number' : 'a number';
      const range = `${what} from ${minimum} to ${maximum}${unit === '' ? '' : ` ${unit}`}`;
      return { problem: `${named.kind}:${name}: ${value} is not ${range}` };
    }
    values[name] = value;
  }
  return { type: named.kind, values };
}
