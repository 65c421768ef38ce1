/**
 * The work that compiling texts takes, as a count: how often each block of the compiler is executed, as V8 counts it for
 * coverage, and how many elements functions of the language itself go through (spread, slice, includes, splice …), which
 * coverage does not see. Equal in every run: no time is taken.
 *
 * node --no-opt --no-maglev counted-work.js STATEMENTS...: compiles a text of each shape and of each number of statements,
 * and prints a JSON object with the counts of each shape, in the order of the numbers. Run as a process of its own, as V8
 * counts only what it compiles after counting began, and counts no calls of functions that were inlined.
 */
import { Session } from 'node:inspector';
import { SHAPES } from './large-programs.js';

export interface CountedWork {
  /** By file of the compiler: blocks executed. */
  readonly blocks: Readonly<Record<string, number>>;
  /** Elements that functions of arrays, sets and maps went through. */
  readonly elements: number;
  /** What came of the text: findings or entries. */
  readonly outcome: string;
}

const session = new Session();
session.connect();

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
}

/** Coverage since it was last taken. */
function takeCoverage(): readonly ScriptCoverage[] {
  let scripts: readonly ScriptCoverage[] | undefined;
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error !== null) throw error;
    scripts = result;
  });
  if (scripts === undefined) throw new Error('the inspector did not answer at once');
  return scripts;
}

type Counted = (this: unknown, ...args: readonly unknown[]) => unknown;

/** Counts the elements that a method goes through. @param elements how many, of a call */
function countMethod(
  prototype: object,
  name: string,
  elements: (sizeBefore: number, result: unknown, args: readonly unknown[]) => number,
): void {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function') throw new Error(`there is no method ${name}`);
  const counted: Counted = function (...args) {
    const { length } = this as { readonly length: number };
    const result: unknown = Reflect.apply(method, this, args);
    count += elements(length, result, args);
    return result;
  };
  Object.defineProperty(prototype, name, { value: counted, configurable: true, writable: true });
}

let count = 0;

const lengthOf = (value: unknown): number => (value as { readonly length: number }).length;
const upTo = (size: number, found: unknown): number => (found === -1 ? size : Number(found) + 1);

/** Counts the elements that iterators of this kind give, and the end of each. */
function countIteration(iterator: Iterator<unknown>): void {
  const prototype = Object.getPrototypeOf(iterator) as Iterator<unknown>;
  const { next } = prototype;
  const counted = function (this: Iterator<unknown>): IteratorResult<unknown> {
    count++;
    return next.call(this);
  };
  Object.defineProperty(prototype, 'next', { value: counted, configurable: true, writable: true });
}

function countElements(): void {
  const arrays = Array.prototype;
  for (const name of ['slice', 'concat', 'flat', 'flatMap']) {
    countMethod(arrays, name, (_, result) => lengthOf(result));
  }
  for (const name of ['indexOf', 'lastIndexOf']) countMethod(arrays, name, upTo);
  for (const name of ['includes', 'join', 'fill', 'shift', 'unshift', 'reverse', 'with', 'toSpliced']) {
    countMethod(arrays, name, (size) => size);
  }
  countMethod(arrays, 'splice', (size, _, [start]) => 1 + Math.max(0, size - Number(start)));
  const typed = Object.getPrototypeOf(Int32Array.prototype) as object;
  countMethod(typed, 'slice', (_, result) => lengthOf(result));
  countMethod(typed, 'set', (_size, _result, [values]) => lengthOf(values));
  countMethod(typed, 'fill', (size, _, [, from = 0, to = size]) => Number(to) - Number(from));
  for (const name of ['indexOf', 'includes']) countMethod(typed, name, (size) => size);
  // All arrays, typed ones too, have one kind of iterator, as have keys, values and entries.
  for (const collection of [[], new Map(), new Set()]) countIteration(collection[Symbol.iterator]());
}

/** Of a text of this shape, on its way through the compiler. */
function workOf(compileText: (text: string) => string, text: string): CountedWork {
  takeCoverage();
  const before = count;
  const outcome = compileText(text);
  const elements = count - before;
  const blocks: Record<string, number> = {};
  for (const { url, functions } of takeCoverage()) {
    const file = /\/dist\/(compiler\/.*)\.js$/.exec(url)?.[1];
    if (file === undefined) continue;
    let sum = 0;
    for (const { ranges } of functions) for (let i = 0; i < ranges.length; i++) sum += ranges[i]?.count ?? 0;
    blocks[file] = sum;
  }
  return { blocks, elements, outcome };
}

async function main(statements: readonly number[]): Promise<void> {
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const { compileText } = await import('./compile-text.js');
  countElements();
  const works = Object.entries(SHAPES).map(([shape, textOf]) => {
    // What is built once, in the first compilation of a process, does not count.
    compileText(textOf(10));
    return [shape, statements.map((number) => workOf(compileText, textOf(number)))];
  });
  process.stdout.write(JSON.stringify(Object.fromEntries(works)));
}

await main(process.argv.slice(2).map(Number));
