/**
 * Whether warnings about programs are true, by running the interpreter: on packets, memories and hashes that are made
 * up as the program reads them, with values that it compares with. It shares nothing with the checker but the tree.
 */
import {
  and48,
  type Case,
  type Condition,
  type Diagnostic,
  type ExecutedStatement,
  type Field,
  interpret,
  ones,
  type PacketFields,
  type Program,
  type Register,
  type Statement,
  type Verdict,
} from '../../compiler/index.js';
import type { Random } from '../../sim/validation/index.js';

interface Run {
  readonly trace: readonly ExecutedStatement[];
  readonly verdict: Verdict;
}

/** What a statement did that is seen outside. */
type Kind = 'way' | 'packet' | 'memory';
const VERDICTS: ReadonlySet<string> = new Set(['FORWARD', 'RETURN', 'REPORT', 'DROP']);

function kindOf({ statement, access }: ExecutedStatement): Kind | undefined {
  if (statement.kind === 'branch') return undefined;
  if (VERDICTS.has(statement.primitive)) return 'way';
  if (statement.primitive === 'MODIFY') return 'packet';
  return access !== undefined && statement.primitive !== 'MEMREAD' ? 'memory' : undefined;
}

/** Runs a program until each of its warnings is confirmed or contradicted, or the runs are used up. */
export class WarningOracle {
  private readonly all: Wanted;
  /** Of the way to the place in question. */
  private focus: Wanted = { conditions: [], integers: [] };

  constructor(
    private readonly program: Program,
    private readonly random: Random,
  ) {
    this.all = wantedIn(program.body);
  }

  /**
   * The warnings that the runs contradict or, where one has to show them, do not show.
   * @param runs for each warning that a run has to show, at most; the others have a tenth of them
   */
  untrue(warnings: readonly Diagnostic[], runs: number): Diagnostic[] {
    const judged = warnings.map((warning) => {
      return { warning, judge: this.judgeOf(warning), way: wantedOnWay(this.program.body, warning.span.start) };
    });
    for (let i = 0; i < runs; i++) {
      const open = judged.filter(({ judge }) => judge.state !== 'decided');
      if (!open.some(({ judge }) => judge.state === 'to be shown') && i > runs / 10) break;
      const target = open[i % open.length];
      if (target === undefined) break;
      this.focus = target.way;
      const run = this.run();
      for (const { judge } of open) judge.see(run);
    }
    return judged.flatMap(({ warning, judge }) => (judge.holds ? [] : [warning]));
  }

  private judgeOf({ code, span, message }: Diagnostic): Judge {
    const isHere = (part: Statement | Case): boolean => part.span.start <= span.start && span.end <= part.span.end;
    switch (code) {
      case 'unreachable-case':
        return new Never(({ trace }) => trace.some(({ taken }) => taken !== undefined && isHere(taken)));
      case 'unreachable-statement':
        return new Never(({ trace }) => trace.some(({ statement }) => statement.span.start === span.start));
      case 'register-not-set':
        return new Never(({ trace }) => trace.some((step) => this.isRead(step, span.start) && isSet(step, message)));
      case 'not-forwarded':
        return new Once(({ trace, verdict }) => {
          const last = trace.at(-1);
          return last?.taken === undefined && last?.statement.span.start === span.start && verdict.kind === 'none';
        });
      case 'no-join':
        return new NoJoin(this.program.body, span.start);
      default:
        throw new Error(`nothing is known of warnings ${code}`);
    }
  }

  /** Whether a step is the statement at this place, or a BRANCH with a condition there. */
  private isRead({ statement }: ExecutedStatement, start: number): boolean {
    if (statement.kind === 'primitive') return statement.span.start === start;
    return statement.cases.some(({ span }) => span.start <= start && start < span.end);
  }

  private run(): Run {
    const { random } = this;
    const words = new Map(this.program.memories.map(({ name, buckets }) => [name, new Uint32Array(buckets)]));
    // Other packets and the control plane may write a memory between any two accesses of a packet.
    const memories: ReadonlyMap<string, Uint32Array> = Object.assign(new Map(words), {
      get: (name: string) => words.get(name)?.fill(this.word()),
    });
    const hash = (): number => (random() < 0.5 ? this.word() & 0xffff : Math.floor(random() * 4));
    const packet = new MadeUpFields(this.program, () => this.word());
    const run = interpret(this.program, { packet, memories, hash, random: () => this.word() });
    return { trace: run.trace, verdict: run.kind === 'finished' ? run.verdict : { kind: 'dropped' } };
  }

  /** A word that a condition on the way to the place in question may ask for, or may ask for behind an addition. */
  private word(): number {
    const kind = this.random();
    const free = Math.floor(this.random() * 2 ** 32);
    const { conditions, integers } = this.random() < 0.7 ? this.focus : this.all;
    const condition = this.oneOf(conditions);
    const integer = this.oneOf(integers) ?? 0;
    if (kind < 0.6 && condition !== undefined) {
      const wanted = (condition.value | (this.random() < 0.5 ? 0 : free & ~condition.mask)) >>> 0;
      const way = this.random();
      return way < 0.7 ? wanted : (way < 0.85 ? wanted - integer : wanted + integer) >>> 0;
    }
    if (kind < 0.7) return integer;
    return kind < 0.85 ? (this.oneOf([0, 1, 2, 0xffffffff]) ?? 0) : free;
  }

  private oneOf<Item>(list: readonly Item[]): Item | undefined {
    return list[Math.floor(this.random() * list.length)];
  }
}

/** What a program compares with and adds. */
interface Wanted {
  readonly conditions: readonly Condition[];
  readonly integers: readonly number[];
}

const joined = (parts: readonly Wanted[]): Wanted => ({
  conditions: parts.flatMap(({ conditions }) => conditions),
  integers: parts.flatMap(({ integers }) => integers),
});

function wantedIn(body: readonly Statement[]): Wanted {
  return joined(
    body.map((statement) => {
      if (statement.kind === 'primitive') return { conditions: [], integers: integersOf(statement.integer) };
      return joined(
        statement.cases.flatMap(({ conditions, body: inner }) => [{ conditions, integers: [] }, wantedIn(inner)]),
      );
    }),
  );
}

const integersOf = (integer: number): number[] => (integer === 0 ? [] : [integer]);

/** What is asked for on the way to a place: by the cases that it lies in, and the statements in front of it. */
function wantedOnWay(body: readonly Statement[], start: number): Wanted {
  const parts: Wanted[] = [];
  for (const [i, statement] of body.entries()) {
    if (statement.span.start > start) break;
    if (statement.kind === 'primitive') {
      parts.push({ conditions: [], integers: integersOf(statement.integer) });
      continue;
    }
    const next = body[i + 1];
    const item = statement.cases.filter(({ span }) => span.start <= start).at(-1);
    if (item === undefined || (next !== undefined && next.span.start <= start)) continue;
    parts.push({ conditions: item.conditions, integers: [] }, wantedOnWay(item.body, start));
  }
  return joined(parts);
}

/** Fields that have a value when they are read: what the filters ask for, and else any. */
class MadeUpFields implements PacketFields {
  private readonly values = new Map<string, number>();

  constructor(
    private readonly program: Program,
    private readonly word: () => number,
  ) {}

  readField(field: Field): number {
    const known = this.values.get(field.name);
    if (known !== undefined) return known;
    const filter = this.program.filters.find((each) => each.field.name === field.name);
    const free = this.word();
    const value = filter === undefined ? free : filter.value + and48(free, ones(field.width) - filter.mask);
    this.writeField(field, value);
    return this.readField(field);
  }

  writeField(field: Field, value: number): void {
    this.values.set(field.name, and48(value, ones(field.width)));
  }

  fiveTuple(): Uint8Array {
    return new Uint8Array(13);
  }

  swapAddresses(): void {
    this.values.delete('hdr.ipv4.src');
    this.values.delete('hdr.ipv4.dst');
  }
}

/** What runs say of a warning. */
interface Judge {
  readonly state: 'to be contradicted' | 'to be shown' | 'decided';
  readonly holds: boolean;
  see(run: Run): void;
}

/** Holds unless a run contradicts it. */
class Never implements Judge {
  holds = true;
  constructor(private readonly contradicts: (run: Run) => boolean) {}
  get state() {
    return this.holds ? ('to be contradicted' as const) : ('decided' as const);
  }
  see(run: Run): void {
    if (this.contradicts(run)) this.holds = false;
  }
}

/** Holds if a run shows it. */
class Once implements Judge {
  holds = false;
  constructor(private readonly shows: (run: Run) => boolean) {}
  get state() {
    return this.holds ? ('decided' as const) : ('to be shown' as const);
  }
  see(run: Run): void {
    if (this.shows(run)) this.holds = true;
  }
}

/**
 * Holds if some run came past the BRANCH in front of a statement and did something there, and no run that took a case
 * did anything of that kind or turned the packet away, though each of these did something.
 */
class NoJoin implements Judge {
  private readonly branch: Statement;
  private readonly inCases = new Set<Kind>();
  private readonly behind = new Set<Kind>();
  private isTurnedAway = false;
  private isCaseEmpty = false;

  constructor(body: readonly Statement[], start: number) {
    const branch = before(body, start);
    if (branch?.kind !== 'branch') throw new Error('a warning about a join stands behind a BRANCH');
    this.branch = branch;
  }

  get state() {
    return this.behind.size === 0 ? ('to be shown' as const) : ('to be contradicted' as const);
  }

  get holds(): boolean {
    const isApart = [...this.behind].every((kind) => !this.inCases.has(kind));
    return this.behind.size > 0 && isApart && !this.isTurnedAway && !this.isCaseEmpty;
  }

  see({ trace }: Run): void {
    const at = trace.findIndex(({ statement }) => statement === this.branch);
    const taken = trace[at]?.taken;
    if (at < 0) return;
    const rest = trace.slice(at + 1);
    if (taken !== undefined) this.isCaseEmpty ||= rest.length === 0;
    for (const step of rest) {
      const kind = kindOf(step);
      const primitive = step.statement.kind === 'primitive' ? step.statement.primitive : undefined;
      this.isTurnedAway ||= primitive === 'DROP' || primitive === 'REPORT';
      this.isTurnedAway ||= primitive === 'RETURN' && taken !== undefined;
      if (kind !== undefined) (taken === undefined ? this.behind : this.inCases).add(kind);
    }
  }
}

/** The statement in front of the one at this place. */
function before(body: readonly Statement[], start: number): Statement | undefined {
  for (const [i, statement] of body.entries()) {
    if (statement.span.start === start) return body[i - 1];
    if (statement.kind !== 'branch') continue;
    for (const item of statement.cases) {
      const found = before(item.body, start);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether the register that the message names holds anything but 0 in front of a step. */
const isSet = ({ before: registers }: ExecutedStatement, message: string): boolean =>
  registers[message.split(' ')[0] as Register] !== 0;
