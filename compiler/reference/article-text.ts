/** An article as text for a terminal. */
import { wrap } from '../explain/text-wrap.js';
import type { Article } from './article.js';

const INDENT = '  ';

/** Ends with a line break. @param width columns of a line */
export function articleText({ kind, title, signature, meaning, facts, example, cure }: Article, width: number): string {
  const label = Math.max(0, ...facts.map(([name]) => name.length).filter((length) => length <= MAX_LABEL));
  const rest = ' '.repeat(INDENT.length + label + 2);
  const lines = [
    ...wrap(`${signature ?? title} (${kind})`, width),
    ...meaning.split('\n\n').flatMap((paragraph) => ['', ...wrap(paragraph, width, INDENT, INDENT)]),
    ...(facts.length === 0 ? [] : ['']),
    ...facts.flatMap(([name, text]) =>
      name.length <= label
        ? wrap(text, width, `${INDENT}${name.padEnd(label)}  `, rest)
        : [`${INDENT}${name}`, ...wrap(text, width, rest, rest)],
    ),
    ...exampleLines('Example:', example),
    ...exampleLines('Put right:', cure),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

const exampleLines = (title: string, text: string | undefined): readonly string[] =>
  text === undefined ? [] : ['', `${INDENT}${title}`, ...text.split('\n').map((line) => `${INDENT}${line}`)];

/** Longer labels stand on a line of their own. */
const MAX_LABEL = 20;
