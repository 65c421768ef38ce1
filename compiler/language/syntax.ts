/** The syntax tree: what the text says, before anything is known to make sense. */
import type { Span } from './diagnostics.js';
import type { Prefix } from './integers.js';

export interface SourceFile {
  readonly annotations: readonly Annotation[];
  readonly programs: readonly ProgramSyntax[];
}

/** `@name buckets`: a block of virtual memory; `@pair name buckets`: one of pairs. */
export interface Annotation {
  readonly isOfPairs?: boolean;
  readonly name: Word;
  readonly buckets: Integer;
  readonly span: Span;
}

export interface Word {
  readonly text: string;
  readonly span: Span;
}

export interface Integer {
  readonly value: number;
  /** All bits of a value of more than 48, of which `value` has the order of magnitude. */
  readonly wide?: bigint;
  readonly span: Span;
}

export interface ProgramSyntax {
  readonly name: Word;
  readonly filters: readonly MatchSyntax[];
  readonly body: readonly StatementSyntax[];
  readonly span: Span;
}

/** `<subject, value, mask>` or `<subject, prefix>`: a filter on a field or a condition on a register. */
export interface MatchSyntax {
  readonly subject: Word;
  readonly value: Integer;
  readonly mask: Integer;
  /** The prefix that value and mask were written as. */
  readonly prefix?: Prefix;
  readonly span: Span;
}

export type StatementSyntax =
  | {
      readonly kind: 'primitive';
      readonly name: Word;
      readonly arguments: readonly ArgumentSyntax[];
      readonly span: Span;
    }
  | { readonly kind: 'branch'; readonly cases: readonly CaseSyntax[]; readonly span: Span };

export type ArgumentSyntax =
  | { readonly kind: 'name'; readonly text: string; readonly span: Span }
  | { readonly kind: 'field'; readonly text: string; readonly span: Span }
  | ({ readonly kind: 'integer' } & Integer);

export interface CaseSyntax {
  readonly conditions: readonly MatchSyntax[];
  readonly body: readonly StatementSyntax[];
  /** The words before the body. */
  readonly span: Span;
}
