/** What the editor of the page asks the language worker, and its answers. All offsets count UTF-16 units of the text asked about. */
import type {
  Completion,
  Finding,
  HoverArticle,
  QuickFix,
  TextEdit,
  TextRange,
} from '../../../compiler/service/index.js';

/** A finding, with what a click can do about it. */
export interface FindingWithFixes extends Finding {
  readonly fixes: readonly QuickFix[];
}

/** Answers by the kind of the question. */
export interface LanguageAnswers {
  readonly findings: readonly FindingWithFixes[];
  readonly hover: (HoverArticle & { readonly range: TextRange }) | undefined;
  readonly completion: Completion;
  readonly article: HoverArticle | undefined;
  readonly formatting: readonly TextEdit[];
}

export type LanguageQuestion =
  | { readonly kind: 'findings'; readonly text: string }
  | { readonly kind: 'hover'; readonly text: string; readonly offset: number }
  | { readonly kind: 'completion'; readonly text: string; readonly offset: number }
  /** Of a word of the language, for the item of a completion. */
  | { readonly kind: 'article'; readonly word: string }
  | { readonly kind: 'formatting'; readonly text: string };

/** The first message to the worker: the data plane that programs are for, by name or as its description. */
export interface LanguageSettings {
  readonly dataPlane: string | object;
}

/** A message to the worker; answers carry the number of their question. */
export interface LanguageRequest {
  readonly number: number;
  readonly question: LanguageQuestion | ({ readonly kind: 'settings' } & LanguageSettings);
}

export type LanguageReply = { readonly number: number } & (
  | { readonly answer: LanguageAnswers[keyof LanguageAnswers] }
  /** A data plane that is none. */
  | { readonly error: string }
);
