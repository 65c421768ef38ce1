/** Syntax tree → checked programs. Every error of the language is found here or in the parser. */

import { fits, isPowerOfTwo, readable } from '../data-plane/bits.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { checkAddresses } from './check-addresses.js';
import { checkBody } from './check-body.js';
import { checkCopies } from './check-copies.js';
import { checkFilters } from './check-filters.js';
import { checkPaths } from './check-paths.js';
import type { Diagnostics, Span } from './diagnostics.js';
import { reportLongPath } from './path-length.js';
import { argumentKind, PRIMITIVES } from './primitives.js';
import type { Memory, Program } from './program.js';
import { RESERVED_WORDS } from './reserved-words.js';
import type { ProgramSyntax, SourceFile, StatementSyntax, Word } from './syntax.js';

/** A memory as it is declared, with the place for messages. */
interface Declaration {
  readonly memory: Memory;
  /** Of its name. */
  readonly span: Span;
  /** Of the whole declaration. */
  readonly annotation: Span;
}

/**
 * The programs of a file, checked against a data plane. Programs with errors are left out, so the result is usable only
 * if `diagnostics` has none.
 */
export function check(file: SourceFile, dataPlane: DataPlane, diagnostics: Diagnostics): Program[] {
  const isWhole = !diagnostics.hasErrors;
  const declarations = checkAnnotations(file, dataPlane, diagnostics);
  if (file.programs.length === 0 && !diagnostics.hasErrors) {
    const start = { start: 0, end: 1, line: 1, column: 1 };
    diagnostics.report('no-program', start, 'the file holds no program', 'program NAME(<field, value, mask>) { … }');
  }
  const users = memoryUsers(file, declarations, diagnostics);
  const memoriesOf = memoriesByUser(declarations, users);
  const buckets = new Map([...declarations].map(([name, { memory }]) => [name, memory.buckets]));
  const haveSizes = [...buckets.values()].every((size) => isPowerOfTwo(size) && fits(size, 32));
  const names = new Map<string, Span>();
  const programs: Program[] = [];
  for (const syntax of file.programs) {
    const first = names.get(syntax.name.text);
    if (first !== undefined) {
      const message = `a second program named ${syntax.name.text}`;
      diagnostics.report('duplicate-program', syntax.name.span, message, `the first is in line ${first.line}`);
    } else names.set(syntax.name.text, syntax.name.span);
    checkName(syntax.name, 'program', diagnostics);
    const filter = checkFilters(syntax, dataPlane, diagnostics);
    const errorsBefore = diagnostics.errorCount;
    const body = checkBody(syntax.body, { dataPlane, diagnostics, declarations, filter, isWhole });
    checkCopies(body, diagnostics);
    reportLongPath(body, dataPlane, diagnostics);
    // Statements with errors are left out of the body, and what they would do to an address is not known.
    if (isWhole && haveSizes && diagnostics.errorCount === errorsBefore) {
      checkAddresses(body, buckets, diagnostics);
      if (filter !== undefined) checkPaths(body, filter, buckets, diagnostics);
    }
    if (filter === undefined) continue;
    const { table: filterTable, filters } = filter;
    programs.push({ name: syntax.name.text, filterTable, filters, memories: memoriesOf.get(syntax) ?? [], body });
  }
  // A statement that was left out, or one with a misspelt name, may be the use.
  if (isWhole && !diagnostics.has('unknown-memory')) reportUnused(declarations, users, diagnostics);
  return programs;
}

/** Registers, keywords and primitives are no names of programs and memories. */
function checkName({ text, span }: Word, what: 'program' | 'memory', diagnostics: Diagnostics): void {
  const reserved = RESERVED_WORDS.get(text);
  if (reserved === undefined) return;
  const hint = `choose another name, such as ${text}_1`;
  const fix = { title: `rename to ${text}_1`, start: span.start, end: span.end, text: `${text}_1` };
  // A memory is named in statements too, which one change would leave behind.
  const advice = what === 'program' ? { hint, fix } : hint;
  diagnostics.report('reserved-name', span, `${text} is ${reserved}, not a name for a ${what}`, advice);
}

function checkAnnotations(file: SourceFile, dataPlane: DataPlane, diagnostics: Diagnostics): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>();
  for (const { name, buckets, isOfPairs = false, span } of file.annotations) {
    const largest = largestMemory(dataPlane, isOfPairs);
    checkName(name, 'memory', diagnostics);
    const first = declarations.get(name.text);
    if (first !== undefined) {
      const message = `a second memory named ${name.text}`;
      diagnostics.report('duplicate-memory', name.span, message, `the first is in line ${first.span.line}`);
      continue;
    }
    const isAddress = buckets.wide !== undefined;
    if (isAddress || !isPowerOfTwo(buckets.value) || buckets.value > largest || !fits(buckets.value, 32)) {
      diagnostics.report(
        'bad-memory-size',
        buckets.span,
        isAddress ? 'an IPv6 address is no number of buckets' : `a memory of ${readable(buckets.value)} buckets`,
        `a memory has a power of two of buckets, from 1 to ${largest}`,
      );
    }
    declarations.set(name.text, {
      memory: { name: name.text, buckets: buckets.value, ...(isOfPairs ? { isOfPairs } : {}) },
      span: name.span,
      annotation: span,
    });
  }
  return declarations;
}

/** Buckets of the largest array; where a data plane has none of pairs, MEMCAS says so. */
function largestMemory({ rpbs }: DataPlane, isOfPairs: boolean): number {
  const ofKind = rpbs.filter(({ words }) => (words === 2) === isOfPairs);
  return Math.max(...(ofKind.length > 0 ? ofKind : rpbs).map(({ buckets }) => buckets));
}

/** The program that uses each memory: a memory belongs to one program. */
function memoryUsers(
  file: SourceFile,
  declarations: ReadonlyMap<string, Declaration>,
  diagnostics: Diagnostics,
): ReadonlyMap<string, ProgramSyntax> {
  const users = new Map<string, ProgramSyntax>();
  if (declarations.size === 0) return users;
  for (const program of file.programs) {
    forEachName(program.body, (argument) => {
      if (!declarations.has(argument.text)) return;
      const other = users.get(argument.text);
      if (other !== undefined && other !== program) {
        diagnostics.report(
          'shared-memory',
          argument.span,
          `memory ${argument.text} is already used by program ${other.name.text}`,
          'a memory belongs to one program; declare another',
        );
      } else users.set(argument.text, program);
    });
  }
  return users;
}

/** The memories of each program, in the order of their declarations. */
function memoriesByUser(
  declarations: ReadonlyMap<string, Declaration>,
  users: ReadonlyMap<string, ProgramSyntax>,
): ReadonlyMap<ProgramSyntax, readonly Memory[]> {
  const memoriesOf = new Map<ProgramSyntax, Memory[]>();
  for (const { memory } of declarations.values()) {
    const user = users.get(memory.name);
    if (user === undefined) continue;
    const others = memoriesOf.get(user);
    if (others === undefined) memoriesOf.set(user, [memory]);
    else others.push(memory);
  }
  return memoriesOf;
}

function reportUnused(
  declarations: ReadonlyMap<string, Declaration>,
  users: ReadonlyMap<string, ProgramSyntax>,
  diagnostics: Diagnostics,
): void {
  for (const { memory, span, annotation } of declarations.values()) {
    if (users.has(memory.name)) continue;
    const { start, end } = annotation;
    diagnostics.report('unused-memory', span, `memory ${memory.name} is never used`, {
      hint: 'remove the declaration',
      fix: { title: `remove the declaration of ${memory.name}`, start, end, text: '' },
    });
  }
}

/** Names that are arguments, in the order of the text. */
function forEachName(statements: readonly StatementSyntax[], visit: (name: Word) => void): void {
  for (const statement of statements) {
    if (statement.kind === 'branch') for (const { body } of statement.cases) forEachName(body, visit);
    else {
      const row = PRIMITIVES.get(statement.name.text);
      for (const [i, argument] of statement.arguments.entries()) {
        const isField = row !== undefined && argumentKind(row, i) === 'fields';
        if (argument.kind === 'name' && !isField) visit(argument);
      }
    }
  }
}
