/** Reads back what P4 source declares, with the few forms that generated source has; throws on anything else. */
import type { MatchTable, TableAction, TableKey } from '../../compiler/index.js';
import type { P4File } from '../../compiler/p4/generate.js';

export interface P4Table extends Omit<MatchTable, 'gress'> {
  readonly control: string;
}

export interface P4Control {
  readonly name: string;
  readonly text: string;
  readonly actions: ReadonlyMap<string, TableAction['parameters']>;
  readonly instances: ReadonlyMap<string, string>;
}

export const withoutComments = (text: string): string => text.replaceAll(/\/\/[^\n]*/g, '');

/** The text between a brace and the one that closes it. */
function bracedBody(text: string, open: number): string {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return text.slice(open + 1, i);
  }
  throw new Error(`a brace is not closed: ${text.slice(open, open + 60)}`);
}

/** Bodies of declarations whose head matches; the first group is the name. */
export function bodies(text: string, head: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of text.matchAll(head)) {
    const name = match[1] ?? '';
    if (found.has(name)) throw new Error(`${name} is declared twice`);
    found.set(name, bracedBody(text, (match.index ?? 0) + match[0].length - 1));
  }
  return found;
}

export function readControls(files: readonly P4File[]): Map<string, P4Control> {
  const text = files.map((file) => withoutComments(file.text)).join('\n');
  const controls = bodies(text, /\bcontrol (\w+)\([^)]*\) \{/g);
  return new Map([...controls].map(([name, body]) => [name, readControl(name, body)]));
}

function readControl(name: string, text: string): P4Control {
  const actions = new Map<string, TableAction['parameters']>();
  for (const [, action = '', list = ''] of text.matchAll(/\baction (\w+)\(([^)]*)\)/g)) {
    actions.set(
      action,
      list === ''
        ? []
        : list.split(', ').map((parameter) => {
            const [, width = '', parameterName = ''] = /^bit<(\d+)> (\w+)$/.exec(parameter) ?? [];
            return { name: parameterName, width: Number(width) };
          }),
    );
  }
  const instances = [...text.matchAll(/^ {4}(\w+)\(\) (\w+);$/gm)].map(([, control = '', instance = '']) => {
    return [instance, control] as const;
  });
  return { name, text, actions, instances: new Map(instances) };
}

/** Tables of a control, with the names that the control interface gives them. @param path e.g. SwitchIngress.rpb3 */
export function readTables(control: P4Control, path: string, widthOf: (expression: string) => number): P4Table[] {
  const stages = [...control.text.matchAll(/@pragma stage (\d+)\s+table (\w+)/g)];
  return [...bodies(control.text, /\btable (\w+) \{/g)].map(([name, body]) => {
    const keys = lines(bodies(body, /\b(key) = \{/g).get('key')).map((line) => readKey(line, widthOf));
    const actions = lines(bodies(body, /\b(actions) = \{/g).get('actions')).map((line): TableAction => {
      const [, scope, action = ''] = /^(@defaultonly )?(\w+)$/.exec(line) ?? [];
      const defaultOnly = scope !== undefined;
      if (action === 'NoAction') return { name: action, parameters: [], defaultOnly };
      const parameters = control.actions.get(action);
      if (parameters === undefined) throw new Error(`${path}.${name}: ${line} is no action of its control`);
      return { name: `${path}.${action}`, parameters, defaultOnly };
    });
    const [, defaultAction = ''] = /default_action = (\w+)\(\);/.exec(body) ?? [];
    return {
      control: control.name,
      name: `${path}.${name}`,
      stage: Number(stages.find((match) => match[2] === name)?.[1]),
      entries: Number(/\bsize = (\d+);/.exec(body)?.[1]),
      keys,
      actions,
      defaultAction: defaultAction === 'NoAction' ? defaultAction : `${path}.${defaultAction}`,
    };
  });
}

const lines = (body: string | undefined): string[] =>
  (body ?? '')
    .split(';')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function readKey(line: string, widthOf: (expression: string) => number): TableKey {
  const [, expression = '', match = '', name = expression] =
    /^(\S+) : (exact|ternary)(?: @name\("([^"]+)"\))?$/.exec(line) ?? [];
  if (match !== 'exact' && match !== 'ternary') throw new Error(`no key: ${line}`);
  return { name, match, width: widthOf(expression) };
}

/** Widths of all fields below `hdr.` and the metadata, by expression; slices are computed. */
export function fieldWidths(files: readonly P4File[]): (expression: string) => number {
  const text = files.map((file) => withoutComments(file.text)).join('\n');
  const types = bodies(text, /\b(?:header|struct) (\w+) \{/g);
  const widths = new Map<string, number>([
    ['ig_intr_md.ingress_port', 9],
    ['eg_intr_md.deq_timedelta', 18],
    ['eg_intr_md.enq_qdepth', 19],
  ]);
  const walk = (type: string, path: string): void => {
    for (const line of lines(types.get(type))) {
      const [, width, inner = '', name = ''] = /^(?:@padding )?(?:bit<(\d+)>|(\w+)) (\w+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`no field: ${line}`);
      if (width !== undefined) widths.set(`${path}.${name}`, Number(width));
      else if (inner === 'bool') widths.set(`${path}.${name}`, 1);
      else walk(inner, `${path}.${name}`);
    }
  };
  walk('header_t', 'hdr');
  walk('ingress_metadata_t', 'ig_md');
  walk('egress_metadata_t', 'eg_md');
  return (expression) => {
    const [, whole = '', high, low] = /^([\w.]+)(?:\[(\d+):(\d+)\])?$/.exec(expression) ?? [];
    const width = widths.get(whole);
    if (width === undefined) throw new Error(`no such field: ${expression}`);
    if (high === undefined) return width;
    if (Number(high) >= width || Number(low) > Number(high)) throw new Error(`no such bits: ${expression}`);
    return Number(high) - Number(low) + 1;
  };
}
