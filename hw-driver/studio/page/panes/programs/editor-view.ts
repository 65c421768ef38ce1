/** The editor of the page, while it is there. */
import type { EditorView } from '@codemirror/view';
import { signal } from '@preact/signals';

export const editorView = signal<EditorView | undefined>(undefined);
