/** The program files of the page: texts under edit, one of them in the editor. */

import shipped from 'p4runpro:shipped-programs';
import { computed, signal } from '@preact/signals';
import { must } from '../../../../../compiler/data-plane/must.js';

export interface ProgramFile {
  /** Stays the same when the file is renamed. */
  readonly id: number;
  readonly name: string;
  readonly text: string;
  /** The text with which it was opened. */
  readonly saved: string;
}

let lastId = 0;

const fileOf = (name: string, text: string): ProgramFile => {
  lastId++;
  return { id: lastId, name, text, saved: text };
};

/** Never empty. */
export const files = signal<readonly ProgramFile[]>([fileOf('cache', textOfShipped('cache'))]);
const openedId = signal(lastId);

/** The file in the editor. */
export const openedFile = computed<ProgramFile>(() =>
  must(files.value.find(({ id }) => id === openedId.value) ?? files.value[0], 'opened file'),
);

/** Names of the programs that ship. */
export const SHIPPED_NAMES: readonly string[] = shipped.map(({ name }) => name);

function textOfShipped(name: string): string {
  return must(
    shipped.find((each) => each.name === name),
    `shipped program ${name}`,
  ).text;
}

export function openFile(id: number): void {
  openedId.value = id;
}

/** Adds a file and shows it in the editor; one of the same name and text that is there already is shown. */
export function addFile(name: string, text: string): void {
  const same = files.value.find((file) => file.name === name && file.text === text);
  const file = same ?? fileOf(freeName(name), text);
  if (same === undefined) files.value = [...files.value, file];
  openFile(file.id);
}

export const addShipped = (name: string): void => addFile(name, textOfShipped(name));

function freeName(name: string): string {
  const taken = new Set(files.value.map((file) => file.name));
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} ${n}`;
  return free;
}

export function changeText(id: number, text: string): void {
  files.value = files.value.map((file) => (file.id === id ? { ...file, text } : file));
}

/** Notes that the text of a file is on the disk. */
export function markSaved(id: number): void {
  files.value = files.value.map((file) => (file.id === id ? { ...file, saved: file.text } : file));
}

/** Takes a file away; the last one is kept, as an empty file. */
export function closeFile(id: number): void {
  const at = files.value.findIndex((file) => file.id === id);
  const left = files.value.filter((file) => file.id !== id);
  files.value = left.length > 0 ? left : [fileOf('untitled', '')];
  if (openedId.value === id) openFile(must(files.value[Math.max(0, at - 1)], 'file beside').id);
}

/** Puts the files that the page was started with in place of the example. */
export function startWith(programs: readonly { readonly name: string; readonly text: string }[]): void {
  const [first, ...others] = programs.map(({ name, text }) => fileOf(name, text));
  if (first === undefined) return;
  files.value = [first, ...others];
  openFile(first.id);
}
