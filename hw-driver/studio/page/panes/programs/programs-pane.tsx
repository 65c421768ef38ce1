/** The pane of programs: their files, and the editor. */

import { notify } from '../../shell/notices.js';
import type { Pane } from '../../shell/pane.js';
import { Editor } from './editor.js';
import { addFile, addShipped, closeFile, files, openedFile, openFile, SHIPPED_NAMES } from './files.js';
import './programs.css';

/** Longer texts are no programs: the compiler reads none of them. */
const MAX_FILE_BYTES = 4 * 2 ** 20;

async function openFromDisk(list: FileList | null): Promise<void> {
  if (list === null) return;
  for (const file of list) {
    if (file.size > MAX_FILE_BYTES) {
      notify(
        'error',
        `${file.name} has ${file.size.toLocaleString('en')} bytes, and a program has at most ${MAX_FILE_BYTES.toLocaleString('en')}`,
      );
      continue;
    }
    const text = await file.text();
    if (text.includes('\0')) notify('error', `${file.name} is a binary file, and the text of a program was expected`);
    else addFile(file.name, text);
  }
}

function FileTools() {
  const opened = openedFile.value;
  return (
    <div class="pane-tools">
      <select
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
      <select
        aria-label="Open a program that ships"
        value=""
        onChange={({ currentTarget }) => {
          addShipped(currentTarget.value);
          currentTarget.value = '';
        }}
      >
        <option value="" disabled>
          Examples…
        </option>
        {SHIPPED_NAMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <label class="button">
        Open…
        <input
          type="file"
          class="said-only"
          multiple
          accept=".p4runpro,text/plain"
          onChange={({ currentTarget }) => openFromDisk(currentTarget.files)}
        />
      </label>
      <button type="button" onClick={() => addFile('untitled', '')}>
        New
      </button>
      <button type="button" class="plain" aria-label={`Close ${opened.name}`} onClick={() => closeFile(opened.id)}>
        ×
      </button>
    </div>
  );
}

function Content() {
  return (
    <>
      <FileTools />
      <Editor />
    </>
  );
}

export const programsPane: Pane = { id: 'programs', title: 'Programs', area: 'left', shortcuts: [], Content };
