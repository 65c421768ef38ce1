/** The program of a file test, which stands above its expected text. */
import { readFileSync } from 'node:fs';
import { testPath } from './support.js';

/** The first line of the first section; the program ends above it. */
const FIRST_SECTION = /^==== after /m;

/** All that stands above the expected text; directives are comments of the language. */
export const headOf = (text: string): string => text.slice(0, FIRST_SECTION.exec(text)?.index ?? text.length).trimEnd();

/** The text of a program that the prototype compiles wrongly. @param name of its file, without `.txt` */
export const miscompiled = (name: string): string =>
  headOf(readFileSync(testPath(`filetests/miscompiled/${name}.txt`), 'utf8'));
