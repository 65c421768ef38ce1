/** Searching the record of a run. */
import { type History, HistorySearch, parseCondition } from '../../../sim/history/index.js';
import type { SearchAsk, Searched } from './protocol.js';
import { breathe, type Working } from './working.js';

/** Packets that are looked at, before the thread looks for messages. */
const PACKETS_AT_ONCE = 4096;

/** @throws {ConditionError} {@link SessionError} `cancelled` */
export async function search(
  history: History,
  { at, condition, direction }: SearchAsk,
  working: Working,
): Promise<Searched> {
  const looking = new HistorySearch(history, parseCondition(condition), at, direction);
  for (;;) {
    const state = looking.advance(PACKETS_AT_ONCE);
    const { examined, packets } = state;
    if (state.kind === 'found') return { packet: state.packet, examined };
    if (state.kind === 'not-found') return { packet: null, examined };
    await breathe(working, { done: examined, total: packets, unit: 'packets' });
  }
}
