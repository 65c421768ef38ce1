/** The editor of the page, while it is there. */
import type { EditorView } from '@codemirror/view';
import { signal } from '@preact/signals';

export const editorView = signal<EditorView | undefined>(undefined);

/** Puts another text in place of the one in the editor; Ctrl+Z brings it back. */
export function replaceText(text: string): void {
  const view = editorView.value;
  view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}
