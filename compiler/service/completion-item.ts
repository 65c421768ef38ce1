/** The type of completion items. */

export type CompletionKind =
  | 'keyword'
  | 'primitive'
  | 'field'
  | 'register'
  | 'memory'
  | 'value'
  /** A template of several words. */
  | 'snippet';

export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  /** A short description. */
  readonly detail: string;
  /** The text to insert; if `isSnippet`, `${1:default}` and `$0` are tab stops. */
  readonly insert: string;
  readonly isSnippet: boolean;
}
