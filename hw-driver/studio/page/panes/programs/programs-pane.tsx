/** The pane of programs: their files, the editor, and what of them runs on the switch. */
import { useEffect } from 'preact/hooks';
import { notify } from '../../shell/notices.js';
import type { Pane } from '../../shell/pane.js';
import { grouped } from '../../state/format.js';
import { session, tell, work } from '../../state/studio.js';
import { showEntriesOfCursor } from '../switch/switch-pane.js';
import { BEHIND_EDITOR, Editor } from './editor.js';
import { editorView } from './editor-view.js';
import { addFile, addShipped, closeFile, files, markSaved, openedFile, openFile, SHIPPED_NAMES } from './files.js';
import { FindingsLine } from './findings-line.js';
import { formatText } from './language-extensions.js';
import { ProgramsOfText, runOpenedFile } from './running.js';
import './programs.css';

/** Longer texts are no programs: the compiler reads none of them. */
const MAX_FILE_BYTES = 4 * 2 ** 20;

/** Opens the text of a program in the editor; what is none is said. */
export async function openProgram(file: File): Promise<void> {
  if (file.size > MAX_FILE_BYTES) {
    const most = grouped(MAX_FILE_BYTES);
    notify('error', `${file.name} has ${grouped(file.size)} bytes, and the text of a program has at most ${most}.`);
    return;
  }
  const text = await file.text();
  if (text.includes('\0')) notify('error', `${file.name} is a binary file, and the text of a program was expected.`);
  else addFile(file.name, text);
}

async function openFromDisk(list: FileList | null): Promise<void> {
  if (list !== null) await Promise.all(Array.from(list, openProgram));
}

function format(): void {
  const view = editorView.value;
  if (view === undefined) return;
  formatText(view).catch(tell);
  view.focus();
}

/** The opened text as a file for the disk. */
function download(): void {
  const { id, name, text } = openedFile.value;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name.endsWith('.p4runpro') ? name : `${name.replaceAll('/', '-')}.p4runpro`;
  link.click();
  URL.revokeObjectURL(link.href);
  markSaved(id);
}

const PAPER = SHIPPED_NAMES.filter((name) => !name.includes('/'));
const OTHERS = SHIPPED_NAMES.filter((name) => name.includes('/'));

/** Adds an empty file, or one of the programs that ship. */
function AddFile() {
  return (
    <select
      class="add-file"
      aria-label="New file"
      value=""
      onChange={({ currentTarget }) => {
        if (currentTarget.value === EMPTY) addFile('untitled', '');
        else addShipped(currentTarget.value);
        currentTarget.value = '';
      }}
    >
      <option value="" disabled>
        New
      </option>
      <option value={EMPTY}>empty file</option>
      <optgroup label="Programs of the paper">
        {PAPER.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label="Programs beyond the paper">
        {OTHERS.map((name) => (
          <option key={name} value={name}>
            {name.slice(name.lastIndexOf('/') + 1)}
          </option>
        ))}
      </optgroup>
    </select>
  );
}

const EMPTY = 'empty:';

function FileTools() {
  const opened = openedFile.value;
  return (
    <div class="pane-tools">
      <select
        class="grows"
        aria-label="File"
        value={String(opened.id)}
        onChange={({ currentTarget }) => openFile(Number(currentTarget.value))}
      >
        {files.value.map(({ id, name, text, saved }) => (
          <option key={id} value={String(id)}>
            {text === saved ? name : `${name} •`}
          </option>
        ))}
      </select>
      <AddFile />
      <label class="button">
        Open
        <input
          type="file"
          class="said-only"
          multiple
          accept=".p4runpro,text/plain"
          aria-label="Open programs from the disk"
          onChange={({ currentTarget }) => openFromDisk(currentTarget.files)}
        />
      </label>
      <button type="button" title="Save the text to the disk" onClick={download}>
        Save
      </button>
      <button type="button" class="plain" aria-label={`Close ${opened.name}`} onClick={() => closeFile(opened.id)}>
        ×
      </button>
    </div>
  );
}

/** The browser asks before it leaves a page with texts that are nowhere else. */
function keepUnsaved(event: BeforeUnloadEvent): void {
  if (files.peek().some(({ text, saved }) => text !== saved)) event.preventDefault();
}

function Content() {
  useEffect(() => {
    window.addEventListener('beforeunload', keepUnsaved);
    return () => window.removeEventListener('beforeunload', keepUnsaved);
  }, []);
  return (
    <>
      <FileTools />
      <Editor />
      <div class="editor-foot" id={BEHIND_EDITOR} tabIndex={-1}>
        <FindingsLine />
        <button type="button" class="plain" title="Format the text (Shift+Alt+F)" onClick={format}>
          Format
        </button>
      </div>
      {session.value !== undefined && <ProgramsOfText />}
    </>
  );
}

export const programsPane: Pane = {
  id: 'programs',
  title: 'Programs',
  area: 'left',
  shortcuts: [
    {
      keys: ['Ctrl+Enter'],
      does: 'Deploy the programs of the text, or replace those that run',
      whileTyping: true,
      run: () => {
        if (work.value === undefined) runOpenedFile().catch(tell);
      },
    },
    { keys: ['Alt+Shift+F', 'Alt+F'], does: 'Format the text', whileTyping: true, run: format },
    {
      keys: ['Alt+Enter'],
      does: 'Show the entries of the line on the switch',
      whileTyping: true,
      run: () => void showEntriesOfCursor().catch(tell),
    },
  ],
  Content,
};
