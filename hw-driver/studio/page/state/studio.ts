/**
 * What the page knows of its session: signals that panes read, and the functions that change them. The moment is the
 * packet before which the switch is looked at; the pane of one packet shows that packet.
 */
import { batch, computed, signal } from '@preact/signals';
import { type AskOptions, SessionRefusal } from '../../session/client.js';
import type { NewEvent, OpenedSession, PacketOrigin, SessionProgress, Timeline } from '../../session/protocol.js';
import { notify } from '../shell/notices.js';
import { askSession } from './session-client.js';

/** The session's data plane and engine; undefined until it is open. */
export const session = signal<OpenedSession | undefined>(undefined);

const NO_TIMELINE: Timeline = { events: [], ran: 0, packets: 0, bytes: 0 };

/** Packets and events. Every change of them is another object: what was asked before is out of date then. */
export const timeline = signal<Timeline>(NO_TIMELINE);

/** The packet before which the switch is looked at: from 0 to {@link Timeline.ran}. */
export const moment = signal(0);

/** The step of the packet at the moment: 0 when it arrives, n behind its step n. */
export const step = signal(0);

/** Work that the person waits for. */
export interface Work {
  /** As `Running packets`. */
  readonly what: string;
  readonly progress: SessionProgress | undefined;
  readonly cancel: () => void;
}

/** All that goes on, in the order in which it began. */
const works = signal<readonly Work[]>([]);

/** The work whose progress is shown; undefined if there is none. */
export const work = computed<Work | undefined>(() => works.value.at(-1));

/** Moves to a packet, and to the beginning of its way. A number outside of the run is brought into it. */
export function goTo(packet: number): void {
  const { ran } = timeline.value;
  batch(() => {
    moment.value = Math.max(0, Math.min(packet, ran));
    step.value = 0;
  });
}

function setTimeline(changed: Timeline): void {
  batch(() => {
    timeline.value = changed;
    if (moment.value > changed.ran) goTo(changed.ran);
  });
}

/** A sentence of what was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Shows why something failed; what the person cancelled is no failure. */
export function tell(error: unknown): void {
  if (!(error instanceof SessionRefusal && error.failure.code === 'cancelled')) notify('error', reasonOf(error));
}

/**
 * Does work that takes long, with its progress in the header; what fails is said. Work inside of work shows its own
 * progress, and what can be done only without work stays impossible until all of it is done.
 * @returns undefined where it failed or was cancelled
 */
export async function working<T>(
  what: string,
  body: (options: Required<AskOptions>) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const cancel = (): void => controller.abort();
  let shown: Work = { what, progress: undefined, cancel };
  works.value = [...works.value, shown];
  try {
    return await body({
      onProgress: (progress) => {
        const before = shown;
        const next = { what, progress, cancel };
        works.value = works.value.map((each) => (each === before ? next : each));
        shown = next;
      },
      signal: controller.signal,
    });
  } catch (error) {
    tell(error);
    return undefined;
  } finally {
    works.value = works.value.filter((each) => each !== shown);
  }
}

/** Opens the session for a data plane, without packets and events. */
export async function openSession(dataPlane: string | object): Promise<void> {
  await working('Opening the switch', async () => {
    const opened = await askSession('open', { dataPlane });
    batch(() => {
      session.value = opened;
      setTimeline(NO_TIMELINE);
      goTo(0);
    });
  });
}

/** A session that was opened with packets and events, in place of the one that is there. */
export function useSession(opened: OpenedSession, its: Timeline): void {
  batch(() => {
    session.value = opened;
    setTimeline(its);
    goTo(0);
  });
}

/** Runs the packets that have not run. */
export async function runPackets(): Promise<void> {
  await working('Running packets', async (options) => setTimeline(await askSession('run', {}, options)));
  // A run that was cancelled ended somewhere.
  setTimeline(await askSession('timeline', {}));
}

/** Adds packets behind those that are there, and runs them. @returns whether they were added */
export async function addPackets(origin: PacketOrigin): Promise<boolean> {
  const isAdded = await working('Reading packets', async (options) => {
    const { notes } = await askSession('add-packets', { origin }, options);
    for (const note of notes) notify('done', note);
    await runPackets();
    return true;
  });
  return isAdded === true;
}

export async function clearPackets(): Promise<void> {
  await working('Clearing packets', async () => {
    setTimeline(await askSession('clear-packets', {}));
    goTo(0);
  });
}

/** Makes an event at its packet and runs the packets behind it again. @returns whether it was made */
export async function makeEvent(event: NewEvent): Promise<boolean> {
  const isMade = await working('Changing the switch', async (options) => {
    const made = await askSession('make-event', { event }, options);
    await runAgain(made.timeline);
    return true;
  });
  return isMade === true;
}

/** Runs packets behind events that changed, and stays at the moment. */
async function runAgain(changed: Timeline): Promise<void> {
  const at = moment.value;
  setTimeline(changed);
  await runPackets();
  goTo(at);
}

/** Undoes events and runs the packets behind them again. */
export async function removeEvents(ids: readonly number[]): Promise<void> {
  await working('Changing the switch', async (options) => {
    await runAgain(await askSession('remove-events', { ids }, options));
  });
}
