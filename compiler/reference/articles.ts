/** The article of any word of the language, and the words that there are. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { nearest } from '../language/diagnostics.js';
import { fieldHabit } from '../language/field-habits.js';
import { PRIMITIVES } from '../language/primitives.js';
import { ARTICLE_KINDS, type Article, type ArticleKind } from './article.js';
import { fieldArticle, headerArticles } from './field-articles.js';
import { fieldUse } from './field-use.js';
import { findingArticle, findingArticles, isFindingCode } from './finding-articles.js';
import { primitiveArticle } from './primitive-articles.js';
import { primitiveUse } from './primitive-use.js';
import { topicArticles } from './topic-articles.js';
import { keywordArticles, registerArticles } from './word-articles.js';

/** Other words for topics and keywords. */
const SYNONYMS: Readonly<Record<string, string>> = {
  annotation: '@',
  comment: 'text',
  integer: 'text',
  recirculation: 'pass',
  bucket: 'memory',
  port: 'forwarding',
};

/** Words of other languages, and marks, for which people ask in help. */
const ASKED_WORDS: ReadonlyMap<string, string> = new Map([
  ['if', 'case'],
  ['else', 'case'],
  ['default', 'case'],
  ['switch', 'BRANCH'],
  ['<', 'filter'],
  ['>', 'filter'],
  ['//', 'text'],
  ['#', 'text'],
]);

const EDITED_KINDS: readonly ((dataPlane: DataPlane) => readonly Article[])[] = [
  topicArticles,
  keywordArticles,
  registerArticles,
  headerArticles,
];

/**
 * What there is to know of a primitive, field (or another spelling of one), header, register, keyword, topic, or code of
 * a finding, spelled exactly; undefined for any other word.
 */
export function articleOf(word: string, dataPlane: DataPlane): Article | undefined {
  const row = PRIMITIVES.get(word);
  if (row !== undefined) return primitiveArticle(primitiveUse(row, dataPlane), dataPlane);
  const reference = dataPlane.fieldReference(word);
  if (reference !== undefined) return fieldArticle(fieldUse(reference.field, dataPlane), word, dataPlane);
  if (isFindingCode(word)) return findingArticle(word);
  const title = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : word;
  for (const articles of EDITED_KINDS) {
    const article = articles(dataPlane).find((each) => each.title === title);
    if (article !== undefined) return article;
  }
  return undefined;
}

/** All words that have an article, by kind, in the order of the reference; other spellings are left out. */
export function languageWords(dataPlane: DataPlane): ReadonlyMap<ArticleKind, readonly string[]> {
  const words = new Map<ArticleKind, string[]>(ARTICLE_KINDS.map((kind) => [kind, []]));
  for (const { kind, title } of EDITED_KINDS.flatMap((articles) => articles(dataPlane))) words.get(kind)?.push(title);
  words.get('primitive')?.push(...PRIMITIVES.keys());
  words.get('field')?.push(...dataPlane.fields.keys());
  words.get('finding')?.push(...findingArticles().map(({ title }) => title));
  return words;
}

/** The article of a word as people type it: small or capital letters alike, fields and headers also without `hdr.`. */
export function articleAskedFor(word: string, dataPlane: DataPlane): Article | undefined {
  const exact = articleOf(word, dataPlane) ?? articleOf(`hdr.${word}`, dataPlane);
  if (exact !== undefined) return exact;
  const typed = word.toLowerCase();
  const meant = allWords(dataPlane).find((each) => [typed, `hdr.${typed}`].includes(each.toLowerCase()));
  const habitual = meant ?? ASKED_WORDS.get(typed) ?? fieldAskedFor(typed, dataPlane);
  return habitual === undefined ? undefined : articleOf(habitual, dataPlane);
}

/** The field of a name of elsewhere, or the only one of a last name. */
function fieldAskedFor(typed: string, dataPlane: DataPlane): string | undefined {
  const [only, ...others] = [...dataPlane.fields.keys()].filter((name) => name.endsWith(`.${typed}`));
  return fieldHabit(typed, dataPlane)?.field ?? (others.length === 0 ? only : undefined);
}

/** Other spellings included. */
const allWords = (dataPlane: DataPlane): readonly string[] => [
  ...[...languageWords(dataPlane).values()].flat(),
  ...Object.keys(dataPlane.description.aliases),
  ...Object.keys(SYNONYMS),
];

/** The word with an article that a misspelt one is nearest to; upper and lower case are alike. */
export function nearestWord(word: string, dataPlane: DataPlane): string | undefined {
  const words = allWords(dataPlane);
  return words.find((each) => each.toLowerCase() === word.toLowerCase()) ?? nearest(word, words);
}
