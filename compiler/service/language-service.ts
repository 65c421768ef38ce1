/**
 * The language service: answers for editors about a text, without a protocol and without an editor's types. The
 * language server uses it, and a web page can.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { CompiledProgram } from '../link/compiled-program.js';
import { DEFAULT_LINK_OPTIONS, DEFAULT_RECIRCULATIONS } from '../passes/compile.js';
import { articleOf } from '../reference/articles.js';
import { type CodeLens, codeLenses } from './code-lenses.js';
import { type Completion, completionAt } from './completion.js';
import { definitionAt, referencesAt } from './definition.js';
import { ServiceDocument } from './document.js';
import { type DocumentSymbol, documentSymbols } from './document-symbols.js';
import { type Finding, findingsOf } from './findings.js';
import { type FoldingRange, foldingRanges } from './folding.js';
import { formattingEdits } from './formatting.js';
import { type Hover, type HoverArticle, hoverAt } from './hover.js';
import { type InlayHint, inlayHints } from './inlay-hints.js';
import { type TrialOptions, TrialSwitch } from './placements.js';
import { type QuickFix, quickFixes } from './quick-fixes.js';
import { type Renamable, type RenameResult, renamableAt, renameAt } from './rename.js';
import { type SemanticToken, semanticTokens } from './semantic-tokens.js';
import { type SignatureHelp, signatureHelpAt } from './signature-help.js';
import type { TextEdit, TextRange } from './text-lines.js';

/** Options of {@link languageService}. */
export interface ServiceOptions extends Partial<TrialOptions> {
  /** Programs that already run on the switch for which placements are computed; none by default. */
  readonly running?: readonly CompiledProgram[];
}

/** All offsets count UTF-16 units; offsets outside the text are clamped. */
export interface LanguageService {
  readonly dataPlane: DataPlane;
  /** A version of a text; results are kept in it. */
  document(text: string): ServiceDocument;
  findings(document: ServiceDocument): readonly Finding[];
  hover(document: ServiceDocument, offset: number): Hover | undefined;
  /** The article of a word in the reference, for example of a completion item. */
  article(word: string): HoverArticle | undefined;
  completion(document: ServiceDocument, offset: number): Completion;
  signatureHelp(document: ServiceDocument, offset: number): SignatureHelp | undefined;
  definition(document: ServiceDocument, offset: number): TextRange | undefined;
  references(document: ServiceDocument, offset: number, withDeclaration: boolean): readonly TextRange[];
  renamable(document: ServiceDocument, offset: number): Renamable | undefined;
  rename(document: ServiceDocument, offset: number, newName: string): RenameResult;
  symbols(document: ServiceDocument): readonly DocumentSymbol[];
  foldingRanges(document: ServiceDocument): readonly FoldingRange[];
  semanticTokens(document: ServiceDocument): readonly SemanticToken[];
  formatting(document: ServiceDocument): readonly TextEdit[];
  quickFixes(document: ServiceDocument, range: TextRange): readonly QuickFix[];
  inlayHints(document: ServiceDocument, range: TextRange): readonly InlayHint[];
  codeLenses(document: ServiceDocument): readonly CodeLens[];
}

/**
 * A language service for a data plane.
 * @throws {DoesNotFit} if a switch cannot hold the running programs
 */
export function languageService(
  dataPlane: DataPlane,
  { running = [], recirculations = DEFAULT_RECIRCULATIONS, ...options }: ServiceOptions = {},
): LanguageService {
  const trialSwitch = new TrialSwitch(dataPlane, running, { ...DEFAULT_LINK_OPTIONS, ...options, recirculations });
  return {
    dataPlane,
    document: (text) => new ServiceDocument(text, dataPlane, trialSwitch),
    findings: findingsOf,
    hover: hoverAt,
    article: (word) => articleOf(word, dataPlane),
    completion: completionAt,
    signatureHelp: signatureHelpAt,
    definition: definitionAt,
    references: referencesAt,
    renamable: renamableAt,
    rename: renameAt,
    symbols: documentSymbols,
    foldingRanges,
    semanticTokens,
    formatting: formattingEdits,
    quickFixes,
    inlayHints,
    codeLenses,
  };
}
