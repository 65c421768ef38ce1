/** The editor: CodeMirror with one state for each file, so that each keeps its cursor and its history of changes. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { must } from '../../../../../compiler/data-plane/must.js';
import { checked } from './checked.js';
import { editorView } from './editor-view.js';
import { changeText, files, openedFile, type ProgramFile } from './files.js';
import { languageExtensions } from './language-extensions.js';
import { highlighting, p4runpro } from './p4runpro-language.js';
import { runningLineExtension } from './running-line.js';

/** As `p4runpro fmt` indents. */
const INDENT = '    ';

/** Of the element behind the editor. */
export const BEHIND_EDITOR = 'behind-editor';

/** Escape leaves the editor, in which Tab indents, for the place behind it: Tab goes on from there. */
const leave = (): boolean => {
  document.getElementById(BEHIND_EDITOR)?.focus();
  return true;
};

const SETUP: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  foldGutter(),
  drawSelection(),
  indentUnit.of(INDENT),
  indentOnInput(),
  syntaxHighlighting(highlighting),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  lintGutter(),
  EditorView.contentAttributes.of({
    'aria-label': 'Text of the program',
    'aria-description': 'Tab indents. Escape leaves the text.',
  }),
  keymap.of([
    ...closeBracketsKeymap,
    // Keys of the page are not the editor's.
    ...defaultKeymap.filter(({ key }) => key !== 'Escape' && key !== 'Mod-Enter'),
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
    { key: 'Escape', run: leave },
  ]),
  p4runpro(),
  runningLineExtension,
  languageExtensions((text, findings) => {
    checked.value = { text, findings };
  }),
];

/** States of the files that are not in the editor. */
const kept = new Map<number, EditorState>();

const stateOf = ({ id, text }: ProgramFile): EditorState =>
  EditorState.create({
    doc: text,
    extensions: [
      SETUP,
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) changeText(id, state.doc.toString());
      }),
    ],
  });

/** The editor of the opened file. */
export function Editor() {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const shown = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const editor = new EditorView({ parent: must(parent.current, 'place of the editor') });
    view.current = editor;
    editorView.value = editor;
    return () => {
      editorView.value = undefined;
      editor.destroy();
    };
  }, []);
  const file = openedFile.value;
  useLayoutEffect(() => {
    const editor = must(view.current, 'editor');
    if (shown.current !== file.id) {
      if (shown.current !== undefined) kept.set(shown.current, editor.state);
      shown.current = file.id;
      editor.setState(kept.get(file.id) ?? stateOf(file));
      for (const id of kept.keys()) if (!files.value.some((each) => each.id === id)) kept.delete(id);
    }
  }, [file.id]);
  return <div class="editor" ref={parent} />;
}
