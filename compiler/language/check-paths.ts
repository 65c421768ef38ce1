/**
 * Warnings about what a BRANCH leaves undone: there is no join, so what stands behind it runs for packets that match no
 * case, and a path without a verdict leaves the packet to the default forwarding.
 */
import { must } from '../data-plane/must.js';
import type { CheckedFilter } from './check-filters.js';
import type { Diagnostics } from './diagnostics.js';
import { type PathContext, type PathState, stateAfter, stateBehind, stateWhere, stateWhereNot } from './path-state.js';
import { PRIMITIVES, type PrimitiveName } from './primitives.js';
import type { BranchStatement, Case, Statement } from './program.js';

/**
 * Warns of statements that are left out for packets that match a case, and of paths that forward nothing.
 * @param buckets of each memory by name
 */
export function checkPaths(
  body: readonly Statement[],
  { filters, guaranteed }: Pick<CheckedFilter, 'filters' | 'guaranteed'>,
  buckets: ReadonlyMap<string, number>,
  diagnostics: Diagnostics,
): void {
  const check = new PathCheck(
    { bucketsOf: (memory) => must(buckets.get(memory), `memory ${memory}`), guaranteed },
    diagnostics,
  );
  check.body(body, stateBehind(filters), false);
  check.reportNotForwarded();
}

/** What a statement does that others see. */
type Effect = 'forward' | 'return' | 'report' | 'drop' | 'packet' | 'memory';

const EFFECTS: Partial<Record<PrimitiveName, Effect>> = {
  FORWARD: 'forward',
  RETURN: 'return',
  REPORT: 'report',
  DROP: 'drop',
  MODIFY: 'packet',
};

/** Of a memory primitive: all but reading. */
const writesMemory = (primitive: PrimitiveName): boolean =>
  primitive !== 'MEMREAD' && PRIMITIVES.get(primitive)?.accessesMemory === true;

const isVerdict = (effect: Effect | undefined): boolean => effect !== undefined && kindOf(effect) === 'way';

/** Where the packet goes, what it holds, or memory: two effects of a kind are alternatives. */
const kindOf = (effect: Effect): 'way' | 'packet' | 'memory' =>
  effect === 'packet' || effect === 'memory' ? effect : 'way';

/** After it nothing more is meant to happen to a packet. */
const isFinal = (effect: Effect): boolean => effect === 'return' || effect === 'report' || effect === 'drop';

/** The effects of bodies, each looked at once. */
class Effects {
  private readonly known = new Map<readonly Statement[], ReadonlySet<Effect>>();

  /** What any path through the statements does. */
  of(body: readonly Statement[]): ReadonlySet<Effect> {
    const known = this.known.get(body);
    if (known !== undefined) return known;
    const effects = new Set(body.flatMap((statement) => this.ofStatement(statement)));
    this.known.set(body, effects);
    return effects;
  }

  ofStatement(statement: Statement): Effect[] {
    if (statement.kind === 'branch') return statement.cases.flatMap(({ body }) => [...this.of(body)]);
    const { primitive } = statement;
    const effect = EFFECTS[primitive] ?? (writesMemory(primitive) ? 'memory' : undefined);
    return effect === undefined ? [] : [effect];
  }

  /** For each statement what those behind it do. */
  behind(body: readonly Statement[]): ReadonlySet<Effect>[] {
    const sets: ReadonlySet<Effect>[] = [];
    let behind: ReadonlySet<Effect> = new Set();
    for (const statement of [...body].reverse()) {
      sets.push(behind);
      const own = this.ofStatement(statement);
      if (own.some((effect) => !behind.has(effect))) behind = new Set([...behind, ...own]);
    }
    return sets.reverse();
  }
}

class PathCheck {
  private readonly effects = new Effects();
  /** Whether the program says of some packets where they go. */
  private forwards = false;
  /** The last statements of the paths without a verdict. */
  private readonly undecided: Statement[] = [];

  constructor(
    private readonly context: PathContext,
    private readonly diagnostics: Diagnostics,
  ) {}

  /**
   * @param before what is known in front of the statements
   * @param decided whether the path has a verdict already
   */
  body(statements: readonly Statement[], before: PathState, decided: boolean): void {
    const behind = this.effects.behind(statements);
    let state = before;
    let isDecided = decided;
    for (const [i, statement] of statements.entries()) {
      if (statement.kind === 'primitive') {
        const effect = EFFECTS[statement.primitive];
        isDecided ||= isVerdict(effect);
        this.forwards ||= effect === 'forward';
        state = stateAfter(statement, state, this.context);
        continue;
      }
      const { reached, unmatched } = this.branch(statement, state, isDecided);
      // What follows never runs.
      if (unmatched === undefined) return;
      state = unmatched;
      const next = statements[i + 1];
      if (next !== undefined && !state.isDoubtful)
        this.checkJoin(reached, next, must(behind[i], 'effects behind a BRANCH'));
    }
    const last = statements.at(-1);
    // An empty case says that nothing more is to happen.
    if (!isDecided && !state.isDoubtful && last !== undefined) this.undecided.push(last);
  }

  /** The cases that packets can come to, and what is known where none matched; undefined if one always does. */
  private branch({ cases }: BranchStatement, before: PathState, isDecided: boolean) {
    const reached: Case[] = [];
    let unmatched: PathState | undefined = before;
    for (const branchCase of cases) {
      if (unmatched === undefined) break;
      const inside = stateWhere(unmatched, branchCase.conditions);
      if (inside === undefined) continue;
      reached.push(branchCase);
      this.body(branchCase.body, inside, isDecided);
      unmatched = stateWhereNot(unmatched, branchCase.conditions);
    }
    return { reached, unmatched };
  }

  /**
   * Warns of what stands behind a BRANCH if the cases look as if they went on there: each does something, none of them
   * what is done there, and neither side turns packets away.
   */
  private checkJoin(cases: readonly Case[], next: Statement, behind: ReadonlySet<Effect>): void {
    const kinds = new Set([...behind].map(kindOf));
    if (kinds.size === 0 || behind.has('drop') || behind.has('report') || cases.length === 0) return;
    const goesOn = ({ body }: Case): boolean => {
      const effects = this.effects.of(body);
      const isUsed = body.some((statement) => statement.kind === 'branch' || statement.primitive !== 'NOP');
      return isUsed && ![...effects].some((effect) => kinds.has(kindOf(effect)) || isFinal(effect));
    };
    if (!cases.every(goesOn)) return;
    this.diagnostics.report(
      'no-join',
      next.span,
      'this runs only for packets that match no case: a BRANCH has no join behind it',
      'write what all packets need in front of the BRANCH, or at the end of each case',
    );
  }

  /** Warns of the paths without a verdict, once all paths have been followed. */
  reportNotForwarded(): void {
    if (!this.forwards) return;
    for (const { kind, span } of this.undecided) {
      const which = kind === 'branch' ? 'those that match no case here' : 'those whose path ends here';
      this.diagnostics.report(
        'not-forwarded',
        span,
        `the program forwards some packets, but not ${which}`,
        'they are dropped unless their port has default forwarding; write FORWARD(port); or DROP;',
      );
    }
  }
}
