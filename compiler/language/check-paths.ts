/**
 * Warnings about what a BRANCH leaves undone: there is no join, so what stands behind it runs for packets that match no
 * case, and a path without a verdict leaves the packet to the default forwarding.
 */
import { type KnownRegisters, ZERO_REGISTERS } from '../data-plane/instructions/packet-state.js';
import { must } from '../data-plane/must.js';
import type { Diagnostics } from './diagnostics.js';
import { registersAfter, where, whereNot } from './known-registers.js';
import { PRIMITIVES, type PrimitiveName } from './primitives.js';
import type { BranchStatement, Case, Statement } from './program.js';

/** Warns of statements that are left out for packets that match a case, and of paths that forward nothing. */
export function checkPaths(
  body: readonly Statement[],
  buckets: ReadonlyMap<string, number>,
  diagnostics: Diagnostics,
): void {
  const effects = new Effects();
  const check = new PathCheck(buckets, effects, diagnostics, effects.of(body).has('forward'));
  check.body(body, ZERO_REGISTERS, false);
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
  constructor(
    private readonly buckets: ReadonlyMap<string, number>,
    private readonly effects: Effects,
    private readonly diagnostics: Diagnostics,
    /** Whether the program says of some packets where they go. */
    private readonly forwards: boolean,
  ) {}

  /**
   * @param before what is known of the registers in front of the statements
   * @param decided whether the path has a verdict already
   */
  body(statements: readonly Statement[], before: KnownRegisters, decided: boolean): void {
    const behind = this.effects.behind(statements);
    let state = before;
    let isDecided = decided;
    for (const [i, statement] of statements.entries()) {
      if (statement.kind === 'primitive') {
        isDecided ||= isVerdict(EFFECTS[statement.primitive]);
        state = registersAfter(statement, state, (memory) => must(this.buckets.get(memory), `memory ${memory}`));
        continue;
      }
      const { reached, unmatched } = this.branch(statement, state, isDecided);
      // What follows never runs.
      if (unmatched === undefined) return;
      state = unmatched;
      const next = statements[i + 1];
      if (next !== undefined) this.checkJoin(reached, next, must(behind[i], 'effects behind a BRANCH'));
    }
    const last = statements.at(-1);
    // An empty case says that nothing more is to happen.
    if (this.forwards && !isDecided && last !== undefined) this.reportNotForwarded(last);
  }

  /** The cases that packets can come to, and what is known where none matched; undefined if one always does. */
  private branch({ cases }: BranchStatement, before: KnownRegisters, isDecided: boolean) {
    const reached: Case[] = [];
    let unmatched: KnownRegisters | undefined = before;
    for (const branchCase of cases) {
      if (unmatched === undefined) break;
      const inside = where(unmatched, branchCase.conditions);
      if (inside === undefined) continue;
      reached.push(branchCase);
      this.body(branchCase.body, inside, isDecided);
      unmatched = whereNot(unmatched, branchCase.conditions);
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

  private reportNotForwarded(last: Statement): void {
    const which = last.kind === 'branch' ? 'those that match no case here' : 'those whose path ends here';
    this.diagnostics.report(
      'not-forwarded',
      last.span,
      `the program forwards some packets, but not ${which}`,
      'they are dropped unless their port has default forwarding; write FORWARD(port); or DROP;',
    );
  }
}
