/** Rows of the list of packets, fetched in blocks as they come into view. */
import { signal } from '@preact/signals';
import type { PacketRows } from '../../../session/protocol.js';
import { askSession } from '../../state/session-client.js';
import { tell } from '../../state/studio.js';

const ROWS_OF_BLOCK = 256;
/** More are in no view: the oldest go. */
const MAX_BLOCKS = 64;

/** Counts the blocks that came: what is drawn of them is drawn again. */
export const blocksCame = signal(0);

interface Block {
  readonly rows: PacketRows;
  /** Of the list that it is of. */
  readonly version: number;
}

const blocks = new Map<number, Block>();
const asked = new Set<string>();
let version = 0;

let inView = { from: 0, to: 0 };

/** The rows are others from now on: those that are there are shown until the new ones come, which are fetched. */
export function forgetRows(): void {
  version++;
  asked.clear();
  fetchRows(inView.from, inView.to);
}

/** Fetches the rows of a range, and of the blocks beside it, as far as they are not there. */
export function fetchRows(from: number, to: number): void {
  inView = { from, to };
  const first = Math.max(0, Math.floor(from / ROWS_OF_BLOCK) - 1);
  const last = Math.floor(to / ROWS_OF_BLOCK) + 1;
  // Those in view first.
  const wanted = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  for (const block of [...wanted.slice(1, -1), first, last]) fetchBlock(block);
}

function fetchBlock(block: number): void {
  const key = `${version} ${block}`;
  if (asked.has(key) || blocks.get(block)?.version === version) return;
  asked.add(key);
  const askedFor = version;
  askSession('rows', { from: block * ROWS_OF_BLOCK, count: ROWS_OF_BLOCK }).then(
    (rows) => {
      if (askedFor !== version) return;
      asked.delete(key);
      blocks.delete(block);
      blocks.set(block, { rows, version });
      for (const old of blocks.keys()) {
        if (blocks.size <= MAX_BLOCKS) break;
        blocks.delete(old);
      }
      blocksCame.value++;
    },
    (error: unknown) => {
      asked.delete(key);
      tell(error);
    },
  );
}

/** A row with its place in its columns; undefined until it comes. */
export function rowAt(row: number): { readonly rows: PacketRows; readonly i: number } | undefined {
  const block = blocks.get(Math.floor(row / ROWS_OF_BLOCK));
  const i = row % ROWS_OF_BLOCK;
  return block === undefined || i >= block.rows.count ? undefined : { rows: block.rows, i };
}
