/** The form of the reference of the language: an article for each word, which help, hover and docs/LANGUAGE.md show. */

/** In the order in which the reference lists them. */
export const ARTICLE_KINDS = ['topic', 'keyword', 'register', 'primitive', 'header', 'field', 'finding'] as const;
export type ArticleKind = (typeof ARTICLE_KINDS)[number];

/** A property of what the article is about: a label, and a text of one line. */
export type Fact = readonly [label: string, text: string];

/** What there is to know of one word of the language, on one data plane. Plain text, without line breaks in a paragraph. */
export interface Article {
  readonly kind: ArticleKind;
  /** The word as a program spells it, or the name of the topic. */
  readonly title: string;
  /** How it is written; absent where the title says it. */
  readonly signature?: string;
  /** Paragraphs, with an empty line between them. */
  readonly meaning: string;
  readonly facts: readonly Fact[];
  /** Lines of a program, where an example helps. */
  readonly example?: string;
  /** Of an example with a fault: the same text put right. */
  readonly cure?: string;
}

/** Facts without those that have no text. */
export const factsOf = (...facts: readonly (readonly [label: string, text: string | undefined])[]): readonly Fact[] =>
  facts.flatMap(([label, text]): Fact[] => (text === undefined || text === '' ? [] : [[label, text]]));
