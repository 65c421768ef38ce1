/**
 * The reference of the package's entry points, made from the declarations that the compiler emits beside the code: each
 * exported name with its docstring and its types. The declarations are read as text: what `tsc` writes is regular.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFile } from '../../traces/system/package-root.js';

interface ExportedName {
  readonly name: string;
  /** The built file that it is exported from, without its ending. */
  readonly from: string;
}

interface Declared {
  readonly kind: 'class' | 'function' | 'interface' | 'type' | 'const';
  readonly name: string;
  readonly doc: string;
  /** As in the declaration file, without `export declare`. */
  readonly code: string;
}

const KINDS: readonly (readonly [Declared['kind'], string])[] = [
  ['class', 'Classes'],
  ['function', 'Functions'],
  ['const', 'Constants'],
  ['interface', 'Interfaces'],
  ['type', 'Types'],
];

/** The Markdown of one entry point. @param source its list of exports, as `compiler/public.ts` @param entry as `./compiler` */
export function apiReference(entry: string, source: string): string {
  const text = readFileSync(packageFile(source), 'utf8');
  const declared = exportsOf(text, packageFile('dist', source)).map(declarationOf);
  const names = new Set(declared.map(({ name }) => name));
  const lines = [
    `# p4runpro-sim${entry.slice(1)}`,
    '',
    `What \`import ... from 'p4runpro-sim${entry.slice(1)}'\` has, made from the declarations. [All entry points](README.md)`,
  ];
  for (const [kind, title] of KINDS) {
    const of = declared.filter((each) => each.kind === kind).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (of.length === 0) continue;
    lines.push('', `## ${title}`);
    for (const { name, doc, code } of of) {
      lines.push('', `### ${name}`, '', ...(doc === '' ? [] : [docText(doc, names), '']), '```ts', code, '```');
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Names of `export { a, type B } from '...'` and `export type { C } from '...'`. */
const exportsOf = (text: string, file: string): ExportedName[] =>
  [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)\.js';$/gm)].flatMap(([, names = '', path = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => ({ name, from: join(dirname(file), path) })),
  );

/** @throws if a name is not declared where it comes from */
function declarationOf({ name, from }: ExportedName): Declared {
  const found = findDeclaration(name, from, new Set());
  if (found === undefined) throw new Error(`${name} is not declared in ${from}.d.ts`);
  return found;
}

function findDeclaration(name: string, from: string, seen: Set<string>): Declared | undefined {
  if (seen.has(from) || !existsSync(`${from}.d.ts`)) return undefined;
  seen.add(from);
  const text = readFileSync(`${from}.d.ts`, 'utf8');
  const head = new RegExp(
    `((?:/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?)^export (?:declare )?(?:abstract )?(class|function|interface|type|const) ${name}\\b`,
    'm',
  ).exec(text);
  if (head === null) {
    for (const [, path = ''] of text.matchAll(/^export (?:\*|(?:type )?\{[^}]*\}) from '(\.[^']+)\.js';$/gm)) {
      const found = findDeclaration(name, join(dirname(from), path), seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const [whole, doc = '', kind = ''] = head;
  const start = head.index + doc.length;
  const code = text.slice(start, endOf(text, head.index + whole.length, kind));
  return { kind: kind as Declared['kind'], name, doc, code: shown(code) };
}

/** Behind the closing brace of a class or an interface, or the semicolon of all else. */
function endOf(text: string, from: number, kind: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const rest = text.slice(at, at + 2);
    if (rest === '/*') at = text.indexOf('*/', at) + 1;
    else if (rest === '//') at = text.indexOf('\n', at);
    else if ('\'"`'.includes(text.charAt(at))) at = text.indexOf(text.charAt(at), at + 1);
    else if ('({['.includes(text.charAt(at))) depth++;
    else if (')}]'.includes(text.charAt(at)) && --depth === 0 && (kind === 'class' || kind === 'interface'))
      return at + 1;
    else if (text.charAt(at) === ';' && depth === 0) return at + 1;
  }
  throw new Error('a declaration does not end');
}

/** Without `export declare`, and without private members and their comments. */
const shown = (code: string): string =>
  code
    .replace(/^export (declare )?/, '')
    .replace(/\{@link ([\w.]+)\}/g, '$1')
    .replace(/^ {4}(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n {4})?private [^;]*;\n/gm, '')
    .trim();

/** A docstring as Markdown: text first, then a list of its tags. */
function docText(doc: string, names: ReadonlySet<string>): string {
  const plain = doc
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim()
    .replace(/\{(?:@link )?(\w[\w.]*)\}/g, (_, name: string) =>
      names.has(name) ? `[${name}](#${name.toLowerCase()})` : `\`${name}\``,
    );
  const [text = '', ...tags] = plain.split(/\s*@(?=(?:param|returns|throws)\b)/);
  const list = tags.map((tag) => {
    const [, kind = '', name = '', rest = ''] = /^(param|returns|throws) ?(?:(\S+) ?)?([\s\S]*)$/.exec(tag) ?? [];
    const said = kind === 'param' ? `\`${name}\`: ${rest}` : `${kind} ${name} ${rest}`;
    return `- ${said.replace(/\s+/g, ' ').trim()}`;
  });
  return [text.trim(), ...(list.length === 0 ? [] : ['', ...list])].join('\n').trim();
}
