/** Traffic sources and types of hosts as texts: `KIND:name=value,…`. */
import { type SourceKind, type SourceOptions, TRAFFIC_SOURCES } from '../../traces/generate/traffic-sources.js';

/** A word with numbers by name. */
export interface NamedValues {
  readonly kind: string;
  readonly values: Readonly<Record<string, number>>;
}

/** What is wrong with a text; the sentence has no subject. */
export interface TextProblem {
  readonly problem: string;
}

export const isProblem = (read: object): read is TextProblem => 'problem' in read;

/** @param text as in `cache:rate=200000,hitrate=0.9` */
export function namedValues(text: string): NamedValues | TextProblem {
  const [kind = '', ...rest] = text.split(':');
  const values: Record<string, number> = {};
  for (const assignment of rest.join(':').split(',')) {
    if (assignment === '' && rest.length === 0) continue;
    const [, name = '', digits = ''] = /^(\w+)=([-+.\w]+)$/.exec(assignment) ?? [];
    const number = digits === '' ? Number.NaN : Number(digits);
    if (Number.isNaN(number)) return { problem: `'${assignment}' is not of the form name=number` };
    if (Object.hasOwn(values, name)) return { problem: `${name} is given more than once` };
    values[name] = number;
  }
  return { kind, values };
}

const isKind = (text: string): text is SourceKind => Object.hasOwn(TRAFFIC_SOURCES, text);

/** Whether names are parameters of a kind of traffic is seen where it is generated. */
export function sourceFromText(text: string): SourceOptions | TextProblem {
  const read = namedValues(text);
  if (!isProblem(read) && isKind(read.kind)) return { kind: read.kind, values: read.values };
  const kind = text.split(':')[0] ?? '';
  if (isKind(kind) && isProblem(read)) return read;
  return { problem: `there is no source '${kind}': it is one of ${Object.keys(TRAFFIC_SOURCES).join(', ')}` };
}
