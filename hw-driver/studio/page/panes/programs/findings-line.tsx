/** How many findings the text has; a click goes to the next one. */
import { nextDiagnostic } from '@codemirror/lint';
import { counted } from '../../state/format.js';
import { checked } from './checked.js';
import { editorView } from './editor-view.js';
import { openedFile } from './files.js';

function goToNext(): void {
  const view = editorView.value;
  if (view === undefined) return;
  nextDiagnostic(view);
  view.focus();
}

export function FindingsLine() {
  const { text, findings } = checked.value;
  const isOld = text !== openedFile.value.text;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const kind = errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'good';
  return (
    <div class={`findings-line ${kind} ${isOld ? 'old' : ''}`} role="status">
      {parts.length === 0 ? (
        <span>no findings</span>
      ) : (
        <button type="button" class="plain" title="Go to the next finding (F8)" onClick={goToNext}>
          {parts.join(', ')}
        </button>
      )}
    </div>
  );
}
