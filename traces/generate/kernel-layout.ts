/** The memory of the kernels of generation, and code that reads it. */
import { type Code, i32, type Local } from '../web-assembly/code.js';
import { chosenPacketsBytes, chosenPacketsLayout } from './chosen-packets.js';
import { GROUP_DRAWS } from './draws.js';
import { TOGETHER } from './generation-steps.js';
import { IMAGE, IMAGE_HALF } from './image-pool.js';
import { FIRST_DOUBLE_WORDS } from './packet-image.js';
import { PERIOD_BYTES } from './payload.js';

export const WORD = 4;
export const DOUBLE_WORD = 8;

export const COLUMN = chosenPacketsLayout(TOGETHER);
const STARTS = chosenPacketsBytes(TOGETHER);
const WANTED_COUNT = STARTS + TOGETHER * WORD;
const PAYLOAD_SUMS = WANTED_COUNT + DOUBLE_WORD;
const PATTERN = PAYLOAD_SUMS + PERIOD_BYTES * WORD;
const DRAWS = PATTERN + 8 * 2 * PERIOD_BYTES;

/** Where the memory of the kernels has what, in bytes. */
export const AT = {
  chosen: 0,
  /** Where the frame of each chosen packet is. */
  starts: STARTS,
  /** Of the packets that were looked at last, how many are of wanted targets. */
  wantedCount: WANTED_COUNT,
  /** By the length of a payload below a period. */
  payloadSums: PAYLOAD_SUMS,
  pattern: PATTERN,
  draws: DRAWS,
  /** Behind the draws, what the last three at once may overwrite. */
  pool: DRAWS + GROUP_DRAWS * WORD + 2 * DOUBLE_WORD,
} as const;

/** Bytes behind a frame that a copy of the first double words may overwrite. */
export const OVERWRITTEN = FIRST_DOUBLE_WORDS * DOUBLE_WORD;

/** The offset of a word of a record in the memory. */
export const inPool = (word: number): number => AT.pool + word * WORD;
export const plus = (a: Local, b: number): Code => i32.add(a.value, i32.const(b));
export const shifted = (a: Local, bits: number): Code => i32.shrU(a.value, i32.const(bits));

/** A field of the image whose record starts at this byte of the pool. */
export const imageWord = (record: Local, name: keyof typeof IMAGE): Code => i32.load(record.value, inPool(IMAGE[name]));
export const imageHalf = (record: Local, name: keyof typeof IMAGE_HALF): Code =>
  i32.load16u(record.value, AT.pool + 2 * IMAGE_HALF[name]);

/** `hash32` of a variable. */
export const hash = (x: Local): Code => [
  ...x.set(i32.mul(i32.xor(x.value, shifted(x, 16)), i32.const(0x85ebca6b))),
  ...x.set(i32.mul(i32.xor(x.value, shifted(x, 13)), i32.const(0xc2b2ae35))),
  ...x.set(i32.xor(x.value, shifted(x, 16))),
];
