/** The Markdown that the reference is made of. */
import { wrap } from '../explain/text-wrap.js';

/** Plain text as Markdown shows it, with nothing that it takes for markup. */
export const escaped = (text: string): string => text.replaceAll(/[<*|`[\]]/g, '\\$&');

const BOLD = '**';

/** @param text without marks of its own */
export const bold = (text: string): string => [BOLD, text, BOLD].join('');

const LINE_WIDTH = 118;

/** Paragraphs as lines; a line that begins like a heading or a list is marked as none. @param rest what later lines begin with */
export const paragraphs = (text: string, first = '', rest = ''): string =>
  escaped(text)
    .split('\n\n')
    .map((paragraph) =>
      wrap(paragraph, LINE_WIDTH, first, rest)
        .map((line, i) => (i === 0 ? line : line.replace(/^( *)([-+#>]|\d+\.)/, '$1\\$2')))
        .join('\n'),
    )
    .join('\n\n');

/** A cell of a table: code keeps its characters but for the bar. */
export const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);

export const fenced = (language: string, text: string): string =>
  `\`\`\`${language}\n${text.endsWith('\n') ? text : `${text}\n`}\`\`\``;

/** @param rows cells in Markdown */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** The place within the document that a heading makes. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
