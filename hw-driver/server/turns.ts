/** Scheduling of long work on a switch with several clients. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Runs asynchronous work one at a time, in order. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

/** Number of steps before other events get a turn: about 10 ms of updates. */
const STEPS = 256;

/** Calls a step for each item, with turns for other events in between. @param step ends the loop by returning false */
export async function eachInTurns<Item>(
  items: readonly Item[],
  step: (item: Item, index: number) => boolean,
): Promise<void> {
  for (let i = 0; i < items.length; i++) {
    if (i > 0 && i % STEPS === 0) await nextTurn();
    if (!step(items[i] as Item, i)) return;
  }
}
