/**
 * Programs with a FORWARD or REPORT moved to the front of its list of statements. Only ingress RPBs have these actions,
 * so one at the end of a long list may need a further pass that it does not need at the front, where it has the same
 * effect.
 */
import type { PrimitiveStatement, Program, Statement } from '../language/program.js';

export interface ForwardMove {
  readonly program: Program;
  readonly primitive: 'FORWARD' | 'REPORT';
  /** Its line. */
  readonly line: number;
  /** The line of the statement before which it is moved. */
  readonly before: number;
}

/** One for each FORWARD and REPORT that can be moved up. */
export function forwardMoves(program: Program): ForwardMove[] {
  const moves: ForwardMove[] = [];
  visit(program.body, (body) => ({ ...program, body }), moves);
  return moves;
}

function visit(
  statements: readonly Statement[],
  rebuild: (statements: readonly Statement[]) => Program,
  moves: ForwardMove[],
): void {
  for (const [i, statement] of statements.entries()) {
    if (statement.kind === 'primitive') {
      const move = moveUp(statements, i, statement);
      if (move !== undefined) {
        const { statements: moved, ...where } = move;
        moves.push({ program: rebuild(moved), ...where });
      }
      continue;
    }
    for (const [k, item] of statement.cases.entries()) {
      const within = (body: readonly Statement[]): Program =>
        rebuild(
          statements.with(i, {
            ...statement,
            cases: statement.cases.with(k, { ...item, body }),
          }),
        );
      visit(item.body, within, moves);
    }
  }
}

/** Moves it up to the last BRANCH or forwarding decision before it; before those it would have another effect. */
function moveUp(statements: readonly Statement[], i: number, statement: PrimitiveStatement) {
  const { primitive } = statement;
  if (primitive !== 'FORWARD' && primitive !== 'REPORT') return undefined;
  const to = statements.slice(0, i).findLastIndex(staysBefore) + 1;
  const next = statements[to];
  if (to === i || next === undefined) return undefined;
  const others = statements.toSpliced(i, 1);
  return {
    statements: others.toSpliced(to, 0, statement),
    primitive,
    line: statement.span.line,
    before: next.span.line,
  };
}

const DECIDES: ReadonlySet<string> = new Set(['FORWARD', 'REPORT', 'RETURN', 'DROP', 'MULTICAST']);

/** Whether a primitive decides where a packet goes: nothing that decides moves before it. */
export const isDecision = (primitive: string): boolean => DECIDES.has(primitive);

const staysBefore = (statement: Statement): boolean => statement.kind === 'branch' || isDecision(statement.primitive);
