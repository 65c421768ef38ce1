/** Leaves out statements and cases of a failing program, as long as what remains still fails. */
import type { Case, Program, Statement } from '../../compiler/index.js';
import type { Failure } from './failure.js';

/** @param fails the failure of a smaller program, if it fails */
export function shrinkProgram(failure: Failure, fails: (program: Program) => Failure | undefined): Failure {
  // The whole program comes first: from then on the lines of its statements are those of its printed text.
  let least = fails(failure.program) ?? failure;
  for (;;) {
    const next = firstFailure(least.program, fails);
    if (next === undefined) return least;
    least = next;
  }
}

function firstFailure(program: Program, fails: (program: Program) => Failure | undefined): Failure | undefined {
  for (const body of smallerBodies(program.body)) {
    const failure = fails(withBody(program, body));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The program with other statements, and without the memories that these do not name. */
function withBody(program: Program, body: readonly Statement[]): Program {
  const used = memoriesOf(body);
  return { ...program, body, memories: program.memories.filter(({ name }) => used.has(name)) };
}

function memoriesOf(statements: readonly Statement[]): Set<string> {
  const used = new Set<string>();
  for (const statement of statements) {
    if (statement.kind === 'branch')
      for (const { body } of statement.cases) for (const name of memoriesOf(body)) used.add(name);
    else if (statement.memory !== undefined) used.add(statement.memory);
  }
  return used;
}

/** Lists with something left out, those with most left out first. */
function* smallerBodies(body: readonly Statement[]): Generator<readonly Statement[]> {
  for (let count = body.length; count >= 1; count = Math.floor(count / 2)) {
    for (let at = 0; at + count <= body.length; at += count) {
      yield [...body.slice(0, at), ...body.slice(at + count)];
    }
  }
  for (const [i, statement] of body.entries()) {
    if (statement.kind !== 'branch') continue;
    const replace = (...parts: readonly Statement[]): readonly Statement[] => [
      ...body.slice(0, i),
      ...parts,
      ...body.slice(i + 1),
    ];
    for (const item of statement.cases) yield [...body.slice(0, i), ...item.body];
    for (const cases of smallerCases(statement.cases)) yield replace({ ...statement, cases });
  }
}

function* smallerCases(cases: readonly Case[]): Generator<readonly Case[]> {
  for (const [i, item] of cases.entries()) {
    const replace = (...parts: readonly Case[]): readonly Case[] => [
      ...cases.slice(0, i),
      ...parts,
      ...cases.slice(i + 1),
    ];
    if (cases.length > 1) yield replace();
    for (const body of smallerBodies(item.body)) yield replace({ ...item, body });
    if (item.conditions.length > 1) {
      for (const condition of item.conditions) yield replace({ ...item, conditions: [condition] });
    }
  }
}
