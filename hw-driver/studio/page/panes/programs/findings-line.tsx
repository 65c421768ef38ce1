/** How many findings the text has, with the first of them; a click goes to the next one. */
import { EditorView } from '@codemirror/view';
import type { FindingWithFixes } from '../../../language/protocol.js';
import { counted } from '../../state/format.js';
import { checked } from './checked.js';
import { editorView } from './editor-view.js';
import { openedFile } from './files.js';

/** Selects the next finding behind the cursor, or the first. */
function goToNext(findings: readonly FindingWithFixes[]): void {
  const { value: view } = editorView;
  if (view === undefined) return;
  const { from } = view.state.selection.main;
  const next = findings.find(({ range }) => range.start > from) ?? findings[0];
  if (next === undefined) return;
  const { length } = view.state.doc;
  const [anchor, head] = [Math.min(next.range.start, length), Math.min(next.range.end, length)];
  view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
  view.focus();
}

export function FindingsLine() {
  const { text, findings } = checked.value;
  const isOld = text !== openedFile.value.text;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const counts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const kind = errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'good';
  const first = findings.find(({ severity }) => errors === 0 || severity === 'error');
  return (
    <div class={`findings-line ${kind} ${isOld ? 'old' : ''}`} role="status">
      {first === undefined ? (
        <span>no findings</span>
      ) : (
        <>
          <button type="button" class="plain" title="Go to the next finding (F8)" onClick={() => goToNext(findings)}>
            {counts.join(', ')}
          </button>
          <span class="first-finding" title={first.hint}>
            {first.message}
          </span>
        </>
      )}
    </div>
  );
}
