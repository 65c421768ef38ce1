/** Long work on a switch that others use too. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Works one after another, in the order in which they came, each until it has ended. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

/** For how long work goes on before others come: some 10 ms of updates. */
const STEPS = 256;

/** Does something for each, and lets other events come in between. @param step ends the loop with false */
export async function eachInTurns<Item>(
  items: readonly Item[],
  step: (item: Item, index: number) => boolean,
): Promise<void> {
  for (let i = 0; i < items.length; i++) {
    if (i > 0 && i % STEPS === 0) await nextTurn();
    if (!step(items[i] as Item, i)) return;
  }
}
