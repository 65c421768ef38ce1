/**
 * Changes that make a program fit. Every proposal was tried on a copy of the switch's books. Smaller changes come
 * first; where a change has a size, a bisection finds a size that fits, and the smallest one if all larger sizes fit
 * too.
 */

import { bitsToTell } from '../data-plane/bits.js';
import { chainOf, maxSwitches, switchOf } from '../data-plane/chain-of.js';
import { must } from '../data-plane/must.js';
import { maxRecirculations } from '../data-plane/state-fields.js';
import type { Memory, Program } from '../language/program.js';
import { type AllocateOptions, allocate } from '../link/allocate.js';
import type { CompiledProgram } from '../link/compiled-program.js';
import { DoesNotFit, type DoesNotFitReason } from '../link/does-not-fit.js';
import { SwitchState } from '../link/switch-state.js';
import { lower } from '../passes/compile.js';
import { largestBranch, withFewerCases } from './fewer-cases.js';
import { forwardMoves } from './forward-first.js';

/** Closed. */
export type Proposal =
  /** A FORWARD or REPORT moved before another statement of its list, where it has the same effect. */
  | {
      readonly kind: 'forward-first';
      readonly primitive: 'FORWARD' | 'REPORT';
      readonly line: number;
      readonly before: number;
    }
  | {
      readonly kind: 'smaller-memory';
      readonly memories: readonly { readonly name: string; readonly from: number; readonly to: number }[];
    }
  /** The largest BRANCH without its last cases, and without memories that are then unused. */
  | {
      readonly kind: 'fewer-cases';
      readonly line: number;
      readonly from: number;
      readonly to: number;
      readonly memories: readonly string[];
    }
  | { readonly kind: 'more-recirculations'; readonly recirculations: number }
  /** Of a program for a chain whose switches are empty. */
  | { readonly kind: 'more-switches'; readonly switches: number }
  | { readonly kind: 'filter-priority'; readonly priority: number }
  | { readonly kind: 'revoke'; readonly programs: readonly string[] };

/** Maximum number of single programs that are proposed for revocation. */
const MAX_SINGLES = 3;

interface SearchOptions extends AllocateOptions {
  readonly recirculations: number;
}

class OutOfTries extends Error {}

export class ProposalSearch {
  tries = 0;
  isCutShort = false;

  constructor(
    private readonly program: Program,
    private readonly state: SwitchState,
    private readonly reason: DoesNotFitReason,
    private readonly options: SearchOptions,
    private readonly maxTries: number,
  ) {}

  /** @param fitsEmpty whether the program fits an empty switch; otherwise revoking programs cannot help */
  all(fitsEmpty: boolean): Proposal[] {
    const searches = [
      () => this.filterPriority(),
      () => this.forwardFirst(),
      () => this.smallerMemory(),
      () => this.fewerCases(),
      () => this.moreRecirculations(),
      () => this.moreSwitches(),
      () => (fitsEmpty ? this.revocations() : []),
    ];
    const found: Proposal[] = [];
    for (const search of searches) {
      try {
        found.push(...search());
      } catch (error) {
        if (!(error instanceof OutOfTries)) throw error;
        this.isCutShort = true;
      }
    }
    return found;
  }

  private fits(change: Partial<SearchOptions> & { readonly program?: Program; readonly state?: SwitchState }): boolean {
    if (this.tries >= this.maxTries) throw new OutOfTries();
    this.tries++;
    const { program = this.program, state = this.state, recirculations, ...rest } = { ...this.options, ...change };
    try {
      allocate(lower(program, state.dataPlane, recirculations), state, rest);
      return true;
    } catch (error) {
      if (error instanceof DoesNotFit) return false;
      throw error;
    }
  }

  private filterPriority(): Proposal[] {
    if (this.reason.kind !== 'filter-overlap') return [];
    const { filterPriority } = this.options;
    for (const priority of [filterPriority + 1, filterPriority - 1]) {
      if (priority >= 0 && this.fits({ filterPriority: priority })) return [{ kind: 'filter-priority', priority }];
    }
    return [];
  }

  /** The first move that suffices. */
  private forwardFirst(): Proposal[] {
    if (this.reason.kind !== 'placement') return [];
    for (const { program, ...where } of forwardMoves(this.program)) {
      if (this.fits({ program })) return [{ kind: 'forward-first', ...where }];
    }
    return [];
  }

  /** A single smaller memory, reduced as little as possible; if none suffices, all of them. */
  private smallerMemory(): Proposal[] {
    const { memories } = this.program;
    const most = Math.max(0, ...memories.map(({ buckets }) => bitsToTell(buckets)));
    const halved = (names: readonly Memory[], times: number): Program => ({
      ...this.program,
      memories: memories.map((memory) =>
        names.includes(memory) ? { ...memory, buckets: Math.max(1, memory.buckets / 2 ** times) } : memory,
      ),
    });
    const least = (names: readonly Memory[]): Proposal[] => {
      const times = this.leastThatFits(1, most, (count) => this.fits({ program: halved(names, count) }));
      if (times === undefined) return [];
      const changed = halved(names, times).memories;
      return [
        {
          kind: 'smaller-memory',
          memories: names.map((memory) => ({
            name: memory.name,
            from: memory.buckets,
            to: must(changed.find(({ name }) => name === memory.name)?.buckets, `smaller memory ${memory.name}`),
          })),
        },
      ];
    };
    if (most < 1 || !this.fits({ program: halved(memories, most) })) return [];
    const single = memories.flatMap((memory) => (memory.buckets > 1 ? least([memory]) : []));
    return single.length > 0 ? single : least(memories);
  }

  private fewerCases(): Proposal[] {
    const branch = largestBranch(this.program);
    if (branch === undefined || branch.cases.length < 2) return [];
    const from = branch.cases.length;
    const dropped = this.leastThatFits(1, from - 1, (count) =>
      this.fits({ program: withFewerCases(this.program, branch, from - count) }),
    );
    if (dropped === undefined) return [];
    const kept = new Set(withFewerCases(this.program, branch, from - dropped).memories.map(({ name }) => name));
    const memories = this.program.memories.map(({ name }) => name).filter((name) => !kept.has(name));
    return [{ kind: 'fewer-cases', line: branch.span.line, from, to: from - dropped, memories }];
  }

  private moreRecirculations(): Proposal[] {
    const most = maxRecirculations(this.state.dataPlane);
    for (let recirculations = this.options.recirculations + 1; recirculations <= most; recirculations++) {
      if (this.fits({ recirculations })) return [{ kind: 'more-recirculations', recirculations }];
    }
    return [];
  }

  /** Programs that run are compiled for the switches that there are. */
  private moreSwitches(): Proposal[] {
    const { dataPlane, programs } = this.state;
    if (dataPlane.switches === 1 || programs.size > 0) return [];
    for (let switches = dataPlane.switches + 1; switches <= maxSwitches(dataPlane); switches++) {
      const state = new SwitchState(chainOf(switchOf(dataPlane), switches));
      if (this.fits({ state, recirculations: 0 })) return [{ kind: 'more-switches', switches }];
    }
    return [];
  }

  private revocations(): Proposal[] {
    if (this.state.programs.size === 0) return [];
    if (this.tries >= this.maxTries) throw new OutOfTries();
    const running = [...this.state.programs.values()]
      .map(({ compiled }) => compiled)
      .sort((a, b) => sizeOf(a) - sizeOf(b) || a.program.localeCompare(b.program, 'en', { numeric: true }));
    const copy = new SwitchState(this.state.dataPlane);
    for (const program of running) copy.commit(program);
    const without = (gone: readonly CompiledProgram[]): boolean => {
      for (const { program } of gone) copy.release(program);
      try {
        return this.fits({ state: copy });
      } finally {
        for (const program of gone) copy.commit(program);
      }
    };
    // The program that the reason names, if it names one, comes first.
    const namedProgram = this.namedProgram();
    const tried = [
      ...running.filter(({ program }) => program === namedProgram),
      ...running.filter(({ program }) => program !== namedProgram),
    ];
    const singles: Proposal[] = [];
    // Half of the remaining tries are kept for sets of programs.
    const limit = Math.floor((this.tries + this.maxTries) / 2);
    for (const program of tried) {
      if (singles.length === MAX_SINGLES || this.tries >= limit) break;
      if (without([program])) singles.push({ kind: 'revoke', programs: [program.program] });
    }
    if (singles.length > 0) return singles;
    if (this.tries >= limit) this.isCutShort = true;
    const gone = this.leastSet(running, without);
    return gone === undefined ? [] : [{ kind: 'revoke', programs: gone.map(({ program }) => program) }];
  }

  private namedProgram(): string | undefined {
    if (this.reason.kind === 'name-in-use') return this.program.name;
    return this.reason.kind === 'filter-overlap' ? this.reason.other : undefined;
  }

  /**
   * A minimal set of programs without which it fits; undefined if it does not fit without all of them.
   * The last program of the shortest sufficient prefix is needed; with it, the search is repeated on those before it.
   */
  private leastSet(
    programs: readonly CompiledProgram[],
    fitsWithout: (gone: readonly CompiledProgram[]) => boolean,
  ): readonly CompiledProgram[] | undefined {
    let needed: readonly CompiledProgram[] = [];
    let others = programs;
    for (;;) {
      const base = needed;
      const list = others;
      const count = this.leastThatFits(1, list.length, (least) => fitsWithout([...base, ...list.slice(0, least)]));
      const last = count === undefined ? undefined : list[count - 1];
      if (count === undefined || last === undefined) return undefined;
      needed = [...base, last];
      others = list.slice(0, count - 1);
      if (others.length === 0 || fitsWithout(needed)) break;
    }
    // A program that fits without some programs need not fit without more, so each is examined separately.
    for (let i = 0; i < needed.length; ) {
      const fewer = needed.toSpliced(i, 1);
      if (fewer.length > 0 && fitsWithout(fewer)) [needed, i] = [fewer, 0];
      else i++;
    }
    return needed.toSorted((a, b) => programs.indexOf(a) - programs.indexOf(b));
  }

  /** The lowest count that fits, by bisection; undefined if `most` does not fit. */
  private leastThatFits(least: number, most: number, fits: (count: number) => boolean): number | undefined {
    if (most < least || !fits(most)) return undefined;
    let [below, enough] = [least - 1, most];
    while (enough - below > 1) {
      const middle = (below + enough) >> 1;
      if (fits(middle)) enough = middle;
      else below = middle;
    }
    return enough;
  }
}

const sizeOf = ({ entries, memories }: CompiledProgram): number =>
  entries.length + memories.reduce((sum, { buckets }) => sum + buckets, 0);
