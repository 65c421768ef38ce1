/** The reference of the language: an article for each of its words, computed for a data plane. */
export type { Article, ArticleKind, Fact } from './article.js';
export { articleText } from './article-text.js';
export { articleAskedFor, articleOf, languageWords, nearestWord } from './articles.js';
export { fieldArticles, headerArticles, movesText as fieldMovesText } from './field-articles.js';
export { type FieldMove, type FieldUse, fieldUses } from './field-use.js';
export { findingArticles } from './finding-articles.js';
export { languageReference } from './language-document.js';
export {
  placesTextOf as primitivePlacesText,
  primitiveArticles,
  stepCountText as primitiveStepsText,
} from './primitive-articles.js';
export {
  type PrimitiveUse,
  type PrimitiveVariant,
  primitiveUses,
  type StepUse,
  signatureOf as primitiveSignature,
} from './primitive-use.js';
export { topicArticles } from './topic-articles.js';
export { keywordArticles, registerArticles } from './word-articles.js';
