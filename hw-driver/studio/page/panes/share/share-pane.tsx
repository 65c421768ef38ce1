/** The pane of sharing: one file or a link that holds all that the page shows. */
import { signal } from '@preact/signals';
import { notify } from '../../shell/notices.js';
import type { Pane } from '../../shell/pane.js';
import { byteText, counted, grouped } from '../../state/format.js';
import {
  exportedFile,
  LINK_PREFIX,
  MAX_LINK_CHARACTERS,
  openScenarioFile,
  scenarioText,
} from '../../state/scenario.js';
import { session, tell, timeline, work } from '../../state/studio.js';
import { files } from '../programs/files.js';
import './share.css';

const title = signal('');
/** Of what was exported last. */
const size = signal<number | undefined>(undefined);
const link = signal<string | undefined>(undefined);

/** A name of a file that every system takes. */
const fileName = (of: string): string => `${of.trim().replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || 'scenario'}.html`;

async function exportFile(): Promise<void> {
  const blob = new Blob([await exportedFile(title.value)], { type: 'text/html' });
  size.value = blob.size;
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = fileName(title.value);
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}

async function makeLink(): Promise<void> {
  const text = await scenarioText(title.value);
  if (text.length > MAX_LINK_CHARACTERS) {
    link.value = undefined;
    notify(
      'error',
      `This scenario would be a link of ${grouped(text.length)} characters, and programs that pass links on take ` +
        `${grouped(MAX_LINK_CHARACTERS)}: export it as a file.`,
    );
    return;
  }
  const { origin, pathname, protocol } = location;
  link.value = `${protocol === 'file:' ? 'file://' : origin}${pathname}${LINK_PREFIX}${text}`;
  await navigator.clipboard.writeText(link.value).then(
    () => notify('done', 'The link is in the clipboard.'),
    // Browsers keep the clipboard from some pages: the link is in its field.
    () => undefined,
  );
}

async function openFiles(list: FileList | null): Promise<void> {
  const file = list?.[0];
  if (file === undefined) return;
  const opened = await openScenarioFile(file);
  if (opened !== undefined) title.value = opened;
}

/** The title of the scenario that was opened. */
export function setTitle(text: string): void {
  title.value = text;
}

function Content() {
  const { packets, events } = timeline.value;
  const isBusy = work.value !== undefined || session.value === undefined;
  return (
    <div class="share-pane">
      <label class="title-field">
        <span class="fine">Title</span>
        <input
          value={title.value}
          maxLength={200}
          placeholder="What it shows"
          onInput={({ currentTarget }) => {
            title.value = currentTarget.value;
          }}
        />
      </label>
      <p class="fine">
        With {counted(files.value.length, 'program text')}, {counted(packets, 'packet')},{' '}
        {counted(events.length, 'event')}, the data plane, and the place where you are.
      </p>
      <div class="share-buttons">
        <button type="button" class="main" disabled={isBusy} onClick={() => exportFile().catch(tell)}>
          Export one file
        </button>
        <button type="button" disabled={isBusy} onClick={() => makeLink().catch(tell)}>
          Make a link
        </button>
        <label class="button">
          Open a file
          <input
            type="file"
            class="said-only"
            accept=".html,text/html"
            aria-label="Open a scenario from the disk"
            onChange={({ currentTarget }) => openFiles(currentTarget.files).catch(tell)}
          />
        </label>
      </div>
      <p class="fine" role="status">
        {size.value === undefined
          ? 'The file opens from a disk, without a network.'
          : `The file has ${byteText(size.value)}; it opens from a disk, without a network.`}
      </p>
      {link.value !== undefined && (
        <label class="title-field">
          <span class="fine">Link ({grouped(link.value.length)} characters)</span>
          <input class="mono" readOnly value={link.value} onFocus={({ currentTarget }) => currentTarget.select()} />
        </label>
      )}
    </div>
  );
}

export const sharePane: Pane = {
  id: 'share',
  title: 'Share',
  area: 'tools',
  shortcuts: [
    {
      keys: ['Ctrl+s'],
      does: 'Export what the page shows as one file',
      whileTyping: true,
      run: () => void exportFile().catch(tell),
    },
  ],
  Content,
};
