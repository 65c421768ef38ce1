/** Programs without some cases of a BRANCH. */
import type { BranchStatement, Program, Statement } from '../language/program.js';

/** The BRANCH with the most cases, the first if several have; undefined if there is none. */
export function largestBranch({ body }: Program): BranchStatement | undefined {
  const branches = branchesIn(body);
  return branches.reduce<BranchStatement | undefined>(
    (largest, branch) => (largest === undefined || branch.cases.length > largest.cases.length ? branch : largest),
    undefined,
  );
}

const branchesIn = (statements: readonly Statement[]): BranchStatement[] =>
  statements.flatMap((statement) =>
    statement.kind === 'branch' ? [statement, ...statement.cases.flatMap(({ body }) => branchesIn(body))] : [],
  );

/** The program with only the first cases of one BRANCH, and without memories that are then unused. */
export function withFewerCases(program: Program, branch: BranchStatement, count: number): Program {
  const body = change(program.body, branch, count);
  const used = new Set(memoriesIn(body));
  return { ...program, body, memories: program.memories.filter(({ name }) => used.has(name)) };
}

const change = (statements: readonly Statement[], branch: BranchStatement, count: number): readonly Statement[] =>
  statements.map((statement) => {
    if (statement.kind === 'primitive') return statement;
    const cases = statement === branch ? statement.cases.slice(0, count) : statement.cases;
    return { ...statement, cases: cases.map((item) => ({ ...item, body: change(item.body, branch, count) })) };
  });

const memoriesIn = (statements: readonly Statement[]): string[] =>
  statements.flatMap((statement) =>
    statement.kind === 'primitive' ? (statement.memory ?? []) : statement.cases.flatMap(({ body }) => memoriesIn(body)),
  );
