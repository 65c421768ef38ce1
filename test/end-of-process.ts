/** What test files of a process share, such as a browser, is closed when the last of them has ended. */
import { test } from 'uvu';

const open: (() => Promise<void>)[] = [];
let isInTurn = false;

/** To be called by a test file that opens what other files of the process use too. A file that runs by itself closes it. */
export function closeAtEnd(close: () => Promise<void>): void {
  if (isInTurn) open.push(close);
  else test.after(close);
}

/** To be called before the first file. @returns what closes all */
export function filesInTurn(): () => Promise<void> {
  isInTurn = true;
  return async () => {
    for (const close of open.splice(0)) await close();
  };
}
