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
  const effects = new BodyEffects();
  const forwardsSome = (effects.of(body) & FORWARD) !== 0 && endsUndecided(body, false);
  // What is known on the paths can only rule findings out.
  if (!forwardsSome && !mayGoOn(body, effects)) return;
  const check = new PathCheck(
    effects,
    { bucketsOf: (memory) => must(buckets.get(memory), 'buckets of a memory'), guaranteed },
    diagnostics,
  );
  check.body(body, stateBehind(filters), false);
  check.reportNotForwarded();
}

/** What statements do that others see: one bit for each of the effects below. */
type Effects = number;

/** Effects of a kind are alternatives: where the packet goes, what it holds, and memory. */
const FORWARD = 1;
const RETURN = 2;
const REPORT = 4;
const DROP = 8;
const PACKET = 16;
const MEMORY = 32;
/** What says where a packet goes. */
const WAYS = FORWARD | RETURN | REPORT | DROP;
/** After these nothing more is meant to happen to a packet. */
const FINAL = RETURN | REPORT | DROP;

const OF_PRIMITIVE: Partial<Record<PrimitiveName, Effects>> = {
  FORWARD,
  RETURN,
  REPORT,
  DROP,
  // For what a path leaves undone, a group is as good as a port.
  MULTICAST: FORWARD,
  MODIFY: PACKET,
};

const EFFECTS: ReadonlyMap<PrimitiveName, Effects> = new Map(
  [...PRIMITIVES.values()].map(({ name, accessesMemory }) => {
    const writesMemory = accessesMemory && name !== 'MEMREAD';
    return [name, OF_PRIMITIVE[name] ?? (writesMemory ? MEMORY : 0)];
  }),
);

const effectsOf = (primitive: PrimitiveName): Effects => must(EFFECTS.get(primitive), 'effects of a primitive');

/** All effects of the kinds of these. */
const alike = (effects: Effects): Effects => ((effects & WAYS) !== 0 ? effects | WAYS : effects);

/** The effects of bodies, each looked at once. */
class BodyEffects {
  private readonly known = new Map<readonly Statement[], Effects>();

  /** What any path through the statements does. */
  of(body: readonly Statement[]): Effects {
    const known = this.known.get(body);
    if (known !== undefined) return known;
    let effects: Effects = 0;
    for (const statement of body) effects |= this.ofStatement(statement);
    this.known.set(body, effects);
    return effects;
  }

  private ofStatement(statement: Statement): Effects {
    if (statement.kind === 'primitive') return effectsOf(statement.primitive);
    let effects: Effects = 0;
    for (const { body } of statement.cases) effects |= this.of(body);
    return effects;
  }

  /** For each statement what those behind it do. */
  behind(body: readonly Statement[]): readonly Effects[] {
    const sets = new Array<Effects>(body.length);
    let behind: Effects = 0;
    for (let i = body.length - 1; i >= 0; i--) {
      sets[i] = behind;
      behind |= this.ofStatement(must(body[i], 'statement of a body'));
    }
    return sets;
  }

  /** Whether a case looks as if its packets went on behind the BRANCH: it does something, and none of `others`. */
  goesOn({ body }: Case, others: Effects): boolean {
    if ((this.of(body) & (others | FINAL)) !== 0) return false;
    return body.some((statement) => statement.kind === 'branch' || statement.primitive !== 'NOP');
  }
}

/** Whether a statement with these effects behind it may look like the join of a BRANCH. */
const mayBeJoin = (behind: Effects): boolean => behind !== 0 && (behind & (DROP | REPORT)) === 0;

/** Whether a path through the statements has no verdict, if each case can be reached. */
function endsUndecided(statements: readonly Statement[], decided: boolean): boolean {
  let isDecided = decided;
  for (const statement of statements) {
    if (statement.kind === 'primitive') isDecided ||= (effectsOf(statement.primitive) & WAYS) !== 0;
    else if (!isDecided && statement.cases.some(({ body }) => endsUndecided(body, false))) return true;
  }
  return !isDecided && statements.length > 0;
}

/** Whether a case of some BRANCH looks as if it went on behind it. */
function mayGoOn(statements: readonly Statement[], effects: BodyEffects): boolean {
  let behind: Effects = 0;
  for (let i = statements.length - 1; i >= 0; i--) {
    const statement = must(statements[i], 'statement of a body');
    if (statement.kind === 'primitive') {
      behind |= effectsOf(statement.primitive);
      continue;
    }
    const others = alike(behind);
    const isFollowed = mayBeJoin(behind);
    for (const each of statement.cases) {
      if ((isFollowed && effects.goesOn(each, others)) || mayGoOn(each.body, effects)) return true;
      behind |= effects.of(each.body);
    }
  }
  return false;
}

class PathCheck {
  /** Whether the program says of some packets where they go. */
  private forwards = false;
  /** The last statements of the paths without a verdict. */
  private readonly undecided: Statement[] = [];

  constructor(
    private readonly effects: BodyEffects,
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
        const effects = effectsOf(statement.primitive);
        isDecided ||= (effects & WAYS) !== 0;
        this.forwards ||= effects === FORWARD;
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
  private checkJoin(cases: readonly Case[], next: Statement, behind: Effects): void {
    if (!mayBeJoin(behind) || cases.length === 0) return;
    const others = alike(behind);
    if (!cases.every((each) => this.effects.goesOn(each, others))) return;
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
