/** Where panes lead to each other: a source line, an RPB, a word of memory, a packet. */
import { EditorView } from '@codemirror/view';
import { signal } from '@preact/signals';
import type { NamedWord } from '../../session/protocol.js';
import { editorView } from '../panes/programs/editor-view.js';
import { addFile, files, openedFile, openFile } from '../panes/programs/files.js';
import type { Area, PaneId } from '../shell/pane.js';
import { revealPane } from '../shell/view.js';
import { goTo } from './studio.js';

/** Statements of a line of a program that runs. */
export interface SourcePlace {
  readonly program: string;
  /** From 1. */
  readonly line: number;
}

/** The line whose entries are marked. */
export const sourcePlace = signal<SourcePlace | undefined>(undefined);

/** The RPB whose entries are listed, from 1. */
export const selectedRpb = signal(1);

/** The word whose history is shown. */
export const selectedWord = signal<NamedWord | undefined>(undefined);

/** Where each pane stands, as its row says too: the list of panes imports what leads to them. */
const AREAS: Readonly<Record<PaneId, Area>> = {
  programs: 'left',
  switch: 'state',
  packets: 'list',
  packet: 'detail',
  memory: 'state',
  time: 'line',
  search: 'tools',
  compare: 'tools',
  share: 'tools',
};

/** Makes a pane seen. */
export const reveal = (id: PaneId): void => revealPane({ id, area: AREAS[id] });

/** Shows a line of a program's text in the editor, and puts the cursor there. */
export function showSource(program: string, text: string, line: number): void {
  sourcePlace.value = { program, line };
  const file = files.value.find((each) => each.text === text);
  if (file === undefined) addFile(program, text);
  else openFile(file.id);
  reveal('programs');
  // The editor has the text of the file when the page has been drawn.
  requestAnimationFrame(() => requestAnimationFrame(() => goToLine(line)));
}

function goToLine(line: number): void {
  const view = editorView.value;
  if (view === undefined || line > view.state.doc.lines) return;
  const { from } = view.state.doc.line(line);
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  view.focus();
}

/** The line of the cursor in the editor, from 1, and the text around it. */
export function cursorLine(): { readonly line: number; readonly text: string } | undefined {
  const state = editorView.value?.state;
  return state && { line: state.doc.lineAt(state.selection.main.head).number, text: openedFile.value.text };
}

/** Goes to a packet and shows it. */
export function showPacket(packet: number): void {
  goTo(packet);
  reveal('packet');
}

/** Shows a word of memory and its history. */
export function showWord(word: NamedWord): void {
  selectedWord.value = word;
  reveal('memory');
}

/** Shows the entries of a line. */
export function showEntries(place: SourcePlace, rpb: number): void {
  sourcePlace.value = place;
  selectedRpb.value = rpb;
  reveal('switch');
}
