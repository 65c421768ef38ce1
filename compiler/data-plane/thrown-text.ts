/** What code of other people threw, in words for one sentence. */

/** Its name and first line, and the line of the file where it arose if the stack tells: `TypeError: ... (mine.js:12)`. */
export function thrownText(thrown: unknown): string {
  if (!isErrorLike(thrown)) return `${valueText(thrown)}, which is no Error`;
  const [message = ''] = thrown.message.split('\n');
  const place = placeIn(thrown.stack);
  const text = message === '' ? thrown.name : `${thrown.name}: ${message}`;
  return place === undefined ? text : `${text} (${place})`;
}

/** A value that something else was expected for, in words; nothing of it is called. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** Also an error of another context of the JavaScript engine, which is no instance of this one's Error. */
function isErrorLike(thrown: unknown): thrown is ErrorLike {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { name, message } = thrown as Partial<ErrorLike>;
  return typeof name === 'string' && typeof message === 'string';
}

/** The folder of the project's own files. Asked for where there are files: a page may have no address of its own. */
const ownFolder = (): string => new URL('../../', import.meta.url).href;

/** The first file of a stack by its name and line, unless it is the project's own. */
function placeIn(stack: string | undefined): string | undefined {
  if (stack === undefined) return undefined;
  const [, path, file, line] = /(file:\/\/\S*?([^/\s]+?\.[cm]?[jt]s)):(\d+)/.exec(stack) ?? [];
  return path === undefined || path.startsWith(ownFolder()) ? undefined : `${file}:${line}`;
}
