/** What the editor of the page asks the language worker, and its answers. Offsets count UTF-16 units of the text asked about. */
import type { Completion, Finding, Hover, HoverArticle, QuickFix, TextEdit } from '../../../compiler/service/index.js';

/** A finding, with the edits that correct it. */
export interface FindingWithFixes extends Finding {
  readonly fixes: readonly QuickFix[];
}

interface Call<Ask, Answer> {
  readonly ask: Ask;
  readonly answer: Answer;
}

/** All that can be asked, by kind. */
export interface LanguageCalls {
  /** Before all else, and again for another data plane. */
  readonly 'data-plane': Call<{ readonly dataPlane: string | object }, null>;
  readonly findings: Call<{ readonly text: string }, readonly FindingWithFixes[]>;
  readonly hover: Call<{ readonly text: string; readonly offset: number }, Hover | null>;
  readonly completion: Call<{ readonly text: string; readonly offset: number }, Completion>;
  /** The reference's article of a word, for an item of a completion. */
  readonly article: Call<{ readonly word: string }, HoverArticle | null>;
  readonly formatting: Call<{ readonly text: string }, readonly TextEdit[]>;
}

export type LanguageKind = keyof LanguageCalls;
export type LanguageAsk<Kind extends LanguageKind> = LanguageCalls[Kind]['ask'];
export type LanguageAnswer<Kind extends LanguageKind> = LanguageCalls[Kind]['answer'];
export type LanguageQuestion = {
  readonly [Kind in LanguageKind]: { readonly kind: Kind } & LanguageAsk<Kind>;
}[LanguageKind];

/** To the worker, which answers in order. */
export interface LanguageRequest {
  readonly number: number;
  readonly question: LanguageQuestion;
}

/** From the worker. */
export type LanguageReply = { readonly number: number } & (
  | { readonly kind: 'answer'; readonly answer: LanguageAnswer<LanguageKind> }
  /** A sentence. */
  | { readonly kind: 'failed'; readonly message: string }
);
