/** Messages to the user: what failed, what was done. They lie over the page, so that nothing moves. */
import { signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly kind: 'error' | 'done';
  readonly text: string;
}

const notices = signal<readonly Notice[]>([]);
let lastId = 0;

/** How long a message that something is done is shown. */
const DONE_MS = 5000;
/** More than these would hide the page: the oldest go. */
const MAX_NOTICES = 4;

/** Shows a sentence; an error stays until it is dismissed. */
export function notify(kind: Notice['kind'], text: string): void {
  lastId++;
  const id = lastId;
  notices.value = [...notices.value.filter((each) => each.text !== text), { id, kind, text }].slice(-MAX_NOTICES);
  if (kind === 'done') setTimeout(() => dismiss(id), DONE_MS);
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((each) => each.id !== id);
}

/** Dismisses the newest message. @returns whether there was one */
export function dismissLast(): boolean {
  const last = notices.value.at(-1);
  if (last !== undefined) dismiss(last.id);
  return last !== undefined;
}

export function Notices() {
  return (
    <div class="notices" role="log" aria-label="Messages" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <p>{text}</p>
          <button type="button" class="plain" aria-label="Dismiss the message" onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
