/** The language service, for the language server and for pages. */
export type { CodeLens } from './code-lenses.js';
export type { Completion } from './completion.js';
export type { CompletionItem, CompletionKind } from './completion-item.js';
export { MAX_TEXT_LENGTH, type ServiceDocument } from './document.js';
export type { DocumentSymbol } from './document-symbols.js';
export type { Finding } from './findings.js';
export type { FoldingRange } from './folding.js';
export { articleMarkdown, articlePlainText, type Hover, type HoverArticle } from './hover.js';
export type { InlayHint } from './inlay-hints.js';
export { type LanguageService, languageService, type ServiceOptions } from './language-service.js';
export type { TrialOptions } from './placements.js';
export type { QuickFix } from './quick-fixes.js';
export type { RenameResult } from './rename.js';
export { SEMANTIC_TOKEN_KINDS, type SemanticToken, type SemanticTokenKind } from './semantic-tokens.js';
export type { SignatureHelp } from './signature-help.js';
export { type TextEdit, TextLines, type TextPosition, type TextRange, withEdits } from './text-lines.js';
