/** The lines in the editor that run at the place of the packet. */

import { type EditorState, type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view';
import { effect } from '@preact/signals';
import { type RunningLines, runningLines } from '../../state/story.js';
import { editorView } from './editor-view.js';
import { openedFile } from './files.js';

const setLines = StateEffect.define<readonly number[]>();

const LINE = Decoration.line({ class: 'running-line' });

class LineMark extends GutterMarker {
  override elementClass = 'running-line-gutter';
}
const MARK = new LineMark();

const startsOf = (state: EditorState, lines: readonly number[]): number[] =>
  [...lines]
    .filter((line) => line >= 1 && line <= state.doc.lines)
    .sort((a, b) => a - b)
    .map((line) => state.doc.line(line).from);

interface Marked {
  readonly lines: DecorationSet;
  readonly gutter: RangeSet<GutterMarker>;
}

const NONE: Marked = { lines: Decoration.none, gutter: RangeSet.empty };

const marked = StateField.define<Marked>({
  create: () => NONE,
  update: (value, { effects, changes, docChanged, state }) => {
    for (const each of effects) {
      if (!each.is(setLines)) continue;
      const starts = startsOf(state, each.value);
      return {
        lines: Decoration.set(starts.map((start) => LINE.range(start))),
        gutter: RangeSet.of(starts.map((start) => MARK.range(start))),
      };
    }
    return docChanged ? { lines: value.lines.map(changes), gutter: value.gutter.map(changes) } : value;
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ lines }) => lines),
    gutterLineClass.from(field, ({ gutter }) => gutter),
  ],
});

export const runningLineExtension: Extension = marked;

/** Marks the lines in the editor, where it has the text that they are of. */
function mark(running: RunningLines | undefined): void {
  const view = editorView.value;
  if (view === undefined) return;
  const isOfText = running !== undefined && running.text === view.state.doc.toString();
  const lines = isOfText ? running.lines : [];
  const [first] = startsOf(view.state, lines);
  const scrolling = first === undefined ? [] : [EditorView.scrollIntoView(first, { y: 'nearest', yMargin: 40 })];
  view.dispatch({ effects: [setLines.of(lines), ...scrolling] });
}

effect(() => {
  // Read here, so that a change of the file or the editor marks its lines too.
  const { id } = openedFile.value;
  const running = runningLines.value;
  if (editorView.value !== undefined && id > 0) queueMicrotask(() => mark(running));
});
