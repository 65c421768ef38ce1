/** Which statements and cases of a program packets have reached. */
import type { Case, ExecutedStatement, Program, Statement } from '../../compiler/index.js';

export class Coverage {
  private readonly seen = new Set<Statement | Case>();
  private readonly statementCount: number;
  private readonly caseCount: number;
  private statementsSeen = 0;

  constructor({ body }: Program) {
    const all = [...statementsOf(body)];
    this.statementCount = all.length;
    this.caseCount = all.reduce((sum, each) => sum + (each.kind === 'branch' ? each.cases.length : 0), 0);
  }

  get statements(): { readonly ran: number; readonly all: number } {
    return { ran: this.statementsSeen, all: this.statementCount };
  }

  get isComplete(): boolean {
    return this.seen.size === this.statementCount + this.caseCount;
  }

  isNews(trace: readonly ExecutedStatement[]): boolean {
    return trace.some(({ statement, taken }) => !this.seen.has(statement) || (taken && !this.seen.has(taken)));
  }

  note(trace: readonly ExecutedStatement[]): void {
    for (const { statement, taken } of trace) {
      if (!this.seen.has(statement)) this.statementsSeen++;
      this.seen.add(statement);
      if (taken !== undefined) this.seen.add(taken);
    }
  }
}

function* statementsOf(statements: readonly Statement[]): Generator<Statement> {
  for (const statement of statements) {
    yield statement;
    if (statement.kind === 'branch') for (const { body } of statement.cases) yield* statementsOf(body);
  }
}
