/** Conditions of words of memory: the record of writes answers them. */
import type { MemoryBlock } from '../../../compiler/index.js';
import { type Compared, compares, type NamedWords } from '../conditions/condition.js';
import type { History } from '../history.js';
import type { RecordedProgram } from '../history-event.js';
import { ByVersion } from './by-version.js';
import { type Check, recordCheck } from './check.js';
import { required } from './required.js';

/** Words of the memory of all RPBs: the places `from` … `to - 1`. */
interface Places {
  readonly from: number;
  readonly to: number;
}

/** Whether a word has a value when a packet has left. */
export function wordCheck(
  history: History,
  words: NamedWords & { readonly bucket: number },
  compared: Compared,
): Check {
  const places = placesOf(history, words);
  const { writes, columns } = history.run;
  /** Packets between two writes of the word; the answer is the same for all of them. */
  let known = { from: 0, to: 0, holds: false };
  return recordCheck((packet) => {
    if (packet >= known.from && packet < known.to) return known.holds;
    const { from, to, value: place } = places.at(packet);
    if (place === undefined) {
      known = { from, to, holds: false };
      return false;
    }
    // The writes of this packet have been made, and no event behind it.
    const row = history.run.writesBefore(packet + 1, history.run.eventsBefore(packet));
    const last = writes.previous(place.from, place.from + 1, row);
    const next = writes.next(place.from, place.from + 1, row);
    const value = last < 0 ? 0 : writes.after(last);
    const since = last < 0 ? from : Math.max(from, history.writes.at(last).packet);
    const until = next < 0 ? columns.count : history.writes.at(next).packet;
    known = { from: since, to: Math.min(to, until), holds: compares(value, compared) };
    return known.holds;
  });
}

/** Whether a packet writes one of these words, a value of this kind if it is compared. */
export function writesCheck(history: History, words: NamedWords, written: Compared | undefined): Check {
  const places = placesOf(history, words);
  const { run } = history;
  const { writes } = run;
  /** Packets of which none writes one. */
  let quiet = { from: 0, to: 0 };
  const isMeant = (row: number): boolean =>
    !writes.isByEvent(row) && (written === undefined || compares(writes.after(row), written));
  return recordCheck((packet) => {
    if (packet >= quiet.from && packet < quiet.to) return false;
    const { from, to, value: place } = places.at(packet);
    if (place === undefined) {
      quiet = { from, to };
      return false;
    }
    const first = run.writesBefore(packet);
    let row = writes.next(place.from, place.to, first);
    while (row >= 0 && !isMeant(row)) row = writes.next(place.from, place.to, row + 1);
    if (row >= 0 && writes.originOf(row) === packet) return true;
    let before = writes.previous(place.from, place.to, first);
    while (before >= 0 && !isMeant(before)) before = writes.previous(place.from, place.to, before);
    quiet = {
      from: before < 0 ? from : Math.max(from, writes.originOf(before) + 1),
      to: row < 0 ? to : Math.min(to, writes.originOf(row)),
    };
    return false;
  });
}

function placesOf(history: History, words: NamedWords): ByVersion<Places | undefined> {
  const places = new ByVersion(history, (programs) => placesIn(history, programs, words));
  required(history, words.program, (program) => {
    const block = program.compiled.memories.find(({ name }) => name === words.memory);
    if (block === undefined) return `program ${words.program} has no memory ${words.memory}`;
    if (words.bucket !== undefined && words.bucket >= block.buckets) {
      return `memory ${words.memory} of ${words.program} has ${block.buckets.toLocaleString('en-US')} buckets, and no bucket ${words.bucket}`;
    }
    if (words.half !== undefined && wordsOf(history, block) === 1) {
      return `memory ${words.memory} of ${words.program} has no pairs, and so neither .lo nor .hi`;
    }
    return undefined;
  });
  return places;
}

const wordsOf = (history: History, { rpb }: MemoryBlock): number => history.dataPlane.rpb(rpb).words;

function placesIn(
  history: History,
  programs: ReadonlyMap<string, RecordedProgram>,
  { program, memory, bucket, half }: NamedWords,
): Places | undefined {
  const block = programs.get(program)?.compiled.memories.find(({ name }) => name === memory);
  if (block === undefined || (bucket !== undefined && bucket >= block.buckets)) return undefined;
  const first = history.writes.indexOf({ rpb: block.rpb, bucket: block.base, word: 0 });
  const words = wordsOf(history, block);
  if (bucket === undefined) return { from: first, to: first + block.buckets * words };
  const from = first + bucket * words + (half === 'hi' ? 1 : 0);
  return { from, to: from + (half === undefined ? words : 1) };
}
