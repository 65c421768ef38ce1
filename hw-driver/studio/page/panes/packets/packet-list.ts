/** The list of packets: its filter, its number of rows, and the row of the moment. */
import { effect, signal } from '@preact/signals';
import { SessionRefusal } from '../../../session/client.js';
import type { RowFilter } from '../../../session/protocol.js';
import { askSession } from '../../state/session-client.js';
import { goTo, moment, reasonOf, session, tell, timeline } from '../../state/studio.js';
import { forgetRows, rowAt } from './row-blocks.js';

/** What the person asks for; empty for all packets. */
export const filter = signal<RowFilter>({});
/** Why the filter is none; undefined if it is one. */
export const filterError = signal<string | undefined>(undefined);
export const rowCount = signal(0);
/** The row of the packet at the moment, if it is listed. */
export const selectedRow = signal<number | undefined>(undefined);
/** The row that comes into view: each object once. */
export const shownRow = signal<{ readonly row: number }>({ row: 0 });
/** Arrival of the first packet of all, in seconds and nanoseconds, from which the list counts time. */
export const firstArrival = signal({ seconds: 0, nanoseconds: 0 });

const isEmpty = (asked: RowFilter): boolean => Object.values(asked).every((value) => value === undefined);

let lastAsked = 0;

async function list(asked: RowFilter): Promise<void> {
  lastAsked++;
  const number = lastAsked;
  try {
    const { rows } = await askSession('filter-rows', { filter: isEmpty(asked) ? null : asked });
    if (number !== lastAsked) return;
    filterError.value = undefined;
    forgetRows();
    rowCount.value = rows;
    shownRow.value = { row: await findRow() };
  } catch (error) {
    if (number !== lastAsked) return;
    if (error instanceof SessionRefusal && error.failure.code === 'bad-filter') filterError.value = reasonOf(error);
    else tell(error);
  }
}

/** Looks for the row of the moment. @returns it, or that of the next packet that is listed */
async function findRow(): Promise<number> {
  const packet = moment.value;
  const { row, isExact } = await askSession('row-of', { packet });
  if (packet === moment.value) selectedRow.value = isExact ? row : undefined;
  return row;
}

async function findFirstArrival(): Promise<void> {
  const { seconds, nanoseconds } = await askSession('rows', { from: 0, count: 1 });
  const [first, rest] = [seconds[0], nanoseconds[0]];
  if (first !== undefined && rest !== undefined) firstArrival.value = { seconds: first, nanoseconds: rest };
}

/** Follows the timeline and the filter. */
effect(() => {
  const asked = filter.value;
  if (timeline.value.packets === 0 && session.value === undefined) return;
  list(asked);
});

/** A filter that is not text says nothing of the first packet: the list of all of them does. */
effect(() => {
  if (timeline.value.packets > 0 && isEmpty(filter.value)) findFirstArrival().catch(tell);
});

effect(() => {
  if (session.value !== undefined && moment.value >= 0) findRow().catch(tell);
});

/** Moves to the packet of a row, which need not be there yet. */
export async function goToRow(row: number): Promise<void> {
  selectedRow.value = row;
  const found = rowAt(row);
  const packet = found?.rows.packet[found.i] ?? (await askSession('rows', { from: row, count: 1 })).packet[0];
  if (packet !== undefined && selectedRow.peek() === row) goTo(packet);
}
