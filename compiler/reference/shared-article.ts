/** The articles of one word on several data planes as one: what they share once, what differs with their names. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import type { Article } from './article.js';
import { groupedByText } from './places.js';

/** A fact: one text, or several with the names of the data planes that each is of. */
export interface SharedFact {
  readonly label: string;
  readonly texts: readonly { readonly dataPlanes: readonly string[]; readonly text: string }[];
  /** Whether there is one text, which all data planes share. */
  readonly isShared: boolean;
}

export interface SharedArticle extends Omit<Article, 'facts'> {
  readonly facts: readonly SharedFact[];
}

/** What an article says on a data plane. */
interface Said {
  readonly dataPlane: DataPlane;
  readonly article: Article;
}

/** @param articleFor the article of the word on a data plane. Paragraphs and facts that not all share name those that do */
export function sharedArticle(
  dataPlanes: readonly DataPlane[],
  articleFor: (dataPlane: DataPlane) => Article,
): SharedArticle {
  const said = dataPlanes.map((dataPlane): Said => ({ dataPlane, article: articleFor(dataPlane) }));
  const first = must(said[0], 'data plane of a reference').article;
  return { ...first, meaning: sharedParagraphs(said).join('\n\n'), facts: sharedFacts(said) };
}

/** Paragraph by paragraph, in the order of the first article that has it. */
function sharedParagraphs(said: readonly Said[]): readonly string[] {
  const paragraphs = said.flatMap(({ dataPlane, article }) =>
    article.meaning.split('\n\n').map((text, at) => ({ dataPlane, text, at })),
  );
  return [...groupedByText(paragraphs, ({ text, at }) => `${String(at).padStart(3)} ${text}`)]
    .sort(([a], [b]) => Number(a.slice(0, 3)) - Number(b.slice(0, 3)))
    .map(([, members]) => {
      const { text } = must(members[0], 'paragraph');
      return members.length === said.length ? text : `${namesOf(members)}: ${text}`;
    });
}

const namesOf = (members: readonly { readonly dataPlane: DataPlane }[]): string =>
  `${members.length === 1 ? 'Data plane' : 'Data planes'} ${members.map(({ dataPlane }) => dataPlane.name).join(' and ')}`;

/** Labels in the order in which they come; a label that an article has several times is one fact. */
function sharedFacts(said: readonly Said[]): readonly SharedFact[] {
  const labels = new Set(said.flatMap(({ article }) => article.facts.map(([label]) => label)));
  return [...labels].map((label): SharedFact => {
    const spoken = said.map(({ dataPlane, article }) => ({ dataPlane, text: textOf(label, article) }));
    const groups = groupedByText(spoken, ({ text }) => text);
    const texts = groups
      .filter(([text]) => text !== '')
      .map(([text, members]) => ({ dataPlanes: members.map(({ dataPlane }) => dataPlane.name), text }));
    return { label, texts, isShared: groups.length === 1 };
  });
}

const textOf = (label: string, { facts }: Article): string =>
  facts.flatMap(([name, text]) => (name === label ? [text] : [])).join('; ');
