/** The TextMate grammar, generated from the words of the language. */
import { KEYWORDS, PRIMITIVES, REGISTERS } from '../../compiler/index.js';

/** A rule with one expression, or with expressions for its begin and end. */
interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
}

export interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Rule[];
}

const scope = (name: string): string => `${name}.p4runpro`;
const anyOf = (words: Iterable<string>): string => `\\b(?:${[...words].join('|')})\\b`;

/** A name of a program or memory. */
const NAME = '[A-Za-z][A-Za-z0-9_]*';

const IPV6_ADDRESS =
  '(?<![\\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9A-Fa-f]{0,4})(?:/\\d{1,3})?(?![\\w:.])';

/** Rules in the order in which they are tried. */
export function textMateGrammar(): TextMateGrammar {
  const controls = KEYWORDS.filter((word) => word !== 'program');
  return {
    name: 'P4runpro',
    scopeName: 'source.p4runpro',
    fileTypes: ['p4runpro'],
    patterns: [
      { name: scope('comment.line'), match: '(?://|#).*$' },
      { name: scope('comment.block'), begin: '/\\*', end: '\\*/' },
      {
        match: `(@)\\s*(?:(pair)\\s+(?=[A-Za-z]))?(${NAME})`,
        captures: {
          1: { name: scope('punctuation.definition.memory') },
          2: { name: scope('keyword.declaration') },
          3: { name: scope('variable.other.memory') },
        },
      },
      {
        match: `\\b(program)\\s+(${NAME})`,
        captures: { 1: { name: scope('keyword.declaration') }, 2: { name: scope('entity.name.function.program') } },
      },
      { name: scope('keyword.declaration'), match: anyOf(['program']) },
      { name: scope('keyword.control'), match: anyOf(controls) },
      {
        match: `\\b(${memoryPrimitives().join('|')})\\s*\\(\\s*(${NAME})`,
        captures: { 1: { name: scope('support.function.primitive') }, 2: { name: scope('variable.other.memory') } },
      },
      { name: scope('support.function.primitive'), match: anyOf(PRIMITIVES.keys()) },
      { name: scope('variable.language.register'), match: `(?<![.\\w])(?:${REGISTERS.join('|')})(?![.\\w])` },
      { name: scope('variable.other.property.field'), match: `\\b${NAME}(?:\\.${NAME})+(?:\\[\\d+\\])?` },
      { name: scope('constant.numeric.address'), match: IPV6_ADDRESS },
      { name: scope('constant.numeric.address'), match: '\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d{1,2})?\\b' },
      { name: scope('constant.numeric.integer'), match: '\\b(?:0[xX][0-9A-Fa-f]+|0[bB][01]+|\\d+)\\b' },
      { name: scope('punctuation.separator'), match: '[,;:]' },
    ],
  };
}

const memoryPrimitives = (): string[] =>
  [...PRIMITIVES.values()].filter((row) => row.arguments[0] === 'memory').map(({ name }) => name);
