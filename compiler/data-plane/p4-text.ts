/** P4 text as nested lines. */

/** A line, or lines one level deeper. */
export type Block = string | readonly Block[];

const INDENT = '    ';

/** The text of lines, each level indented by four more spaces; empty lines stay empty. */
export function renderBlocks(blocks: readonly Block[], depth = 0): string {
  return blocks
    .map((block) => {
      if (typeof block !== 'string') return renderBlocks(block, depth + 1);
      return block === '' ? '\n' : `${INDENT.repeat(depth)}${block}\n`;
    })
    .join('');
}

/** `head {`, its lines, `}`. */
export const braces = (head: string, body: readonly Block[], end = '}'): Block[] => [`${head} {`, body, end];

/** A control or parser: `head(`, a line for each parameter, its body. */
export const declaration = (head: string, parameters: readonly string[], body: readonly Block[]): Block[] => [
  `${head}(`,
  parameters.map((parameter, i) => (i < parameters.length - 1 ? `${parameter},` : `${parameter}) {`)),
  body,
  '}',
];

const MAX_LINE = 90;

/** `head`, the items, `tail`; on several lines if they are too long for one. */
export function list(head: string, items: readonly string[], tail: string): Block[] {
  const line = `${head}${items.join(', ')}${tail}`;
  if (line.length <= MAX_LINE) return [line];
  return [head, items.map((item, i) => (i < items.length - 1 ? `${item},` : item)), tail];
}

export const comment = (...lines: readonly string[]): string[] => lines.map((line) => `// ${line}`);

export const hex = (value: number, width: number): string => `${width}w0x${value.toString(16)}`;

/** Lists of blocks, separated by empty lines. */
export const spaced = (parts: readonly (readonly Block[])[]): Block[] =>
  parts.filter((part) => part.length > 0).flatMap((part, i) => (i === 0 ? part : ['', ...part]));
