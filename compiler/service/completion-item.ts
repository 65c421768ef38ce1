/** What completion offers. */

export type CompletionKind =
  | 'keyword'
  | 'primitive'
  | 'field'
  | 'register'
  | 'memory'
  | 'value'
  /** Several words at once. */
  | 'snippet';

export interface CompletionItem {
  readonly label: string;
  readonly kind: CompletionKind;
  /** What it is, in a few words. */
  readonly detail: string;
  /** The text that is put in; `${1:default}` and `$0` are places that the cursor goes to, if `isSnippet`. */
  readonly insert: string;
  readonly isSnippet: boolean;
}
