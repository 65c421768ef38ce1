/**
 * NOPs before steps that bring levels of linked steps to one depth, level after level. Only what a NOP moves is looked at:
 * the linked steps behind it, which lie together in the order of the tree.
 */
import { addTo } from '../data-plane/counting.js';
import { must } from '../data-plane/must.js';
import { NumberHeap } from '../data-plane/number-heap.js';
import { branchParts, inlineSteps, type Step, type StepTree } from './steps.js';

/** A step of a level. */
interface LinkedStep {
  readonly step: Step;
  depth: number;
  /** Place among the linked steps in the order of the tree. */
  readonly place: number;
  /** A NOP before this step moves the linked steps from its place up to this one, which is not moved. */
  end: number;
  /** Numbers of its levels, of those that are aligned or being aligned. */
  readonly levels: number[];
}

interface Level {
  readonly steps: readonly LinkedStep[];
  /** The greatest depth of its steps. */
  depth: number;
  /** Whether one of them was moved since the level was last brought to one depth. */
  isMoved: boolean;
}

/** NOPs that were put before a step. */
interface Move {
  readonly linked: LinkedStep;
  readonly nops: number;
}

export class Padding {
  private readonly linked: LinkedStep[] = [];
  private readonly byStep = new Map<Step, LinkedStep>();
  /** By number, in the order in which they were aligned. */
  private readonly levels: Level[] = [];
  /** Numbers of the levels that were moved. */
  private moved = new NumberHeap();
  private readonly padding = new Map<Step, number>();

  /**
   * @param levels all that may be aligned
   * @param maxDepth the deepest that a step of them may come to lie
   */
  constructor(
    tree: StepTree,
    levels: readonly (readonly Step[])[],
    private readonly maxDepth: number,
  ) {
    const wanted = new Set(levels.flat());
    if (wanted.size > 0) this.visit(tree, 1, wanted);
  }

  /** How many NOPs there are before each step that has some. */
  get nops(): ReadonlyMap<Step, number> {
    return this.padding;
  }

  /** The least depth of the steps of a level. */
  firstDepth(steps: readonly Step[]): number {
    return steps.reduce((least, step) => Math.min(least, this.of(step).depth), Number.POSITIVE_INFINITY);
  }

  /**
   * Brings a level to one depth, and with it those that were aligned before. Of the levels that a NOP has moved apart, the
   * one that was aligned first is brought together again first.
   * @returns false if there is no end to it; then nothing is changed
   */
  align(steps: readonly Step[]): boolean {
    const level: Level = { steps: steps.map((step) => this.of(step)), depth: 0, isMoved: true };
    for (const { depth } of level.steps) level.depth = Math.max(level.depth, depth);
    if (level.depth > this.maxDepth) return false;
    const number = this.levels.push(level) - 1;
    for (const { levels } of level.steps) levels.push(number);
    this.moved.add(number);
    const moves: Move[] = [];
    for (let next = this.moved.take(); next !== undefined; next = this.moved.take()) {
      if (this.bringTogether(must(this.levels[next], 'level'), moves)) continue;
      this.takeBack(moves);
      return false;
    }
    for (const { linked, nops } of moves) addTo(this.padding, linked.step, nops);
    return true;
  }

  private of(step: Step): LinkedStep {
    return must(this.byStep.get(step), 'step of a level');
  }

  /** Notes the linked steps of a tree. */
  private visit({ steps, branch }: StepTree, start: number, wanted: ReadonlySet<Step>): void {
    const first = this.linked.length;
    for (const [i, step] of steps.entries()) if (wanted.has(step)) this.note(step, start + i);
    const last = this.linked.length;
    if (branch !== undefined) {
      const depth = start + steps.length;
      for (const step of inlineSteps(branch)) if (wanted.has(step)) this.note(step, depth);
      for (const part of branchParts({ steps, branch })) this.visit(part, depth + 1, wanted);
    }
    for (let place = first; place < last; place++) this.at(place).end = this.linked.length;
  }

  private note(step: Step, depth: number): void {
    const place = this.linked.length;
    const linked: LinkedStep = { step, depth, place, end: place + 1, levels: [] };
    this.linked.push(linked);
    this.byStep.set(step, linked);
  }

  private at(place: number): LinkedStep {
    return must(this.linked[place], 'linked step');
  }

  /** @returns false if a step comes too deep */
  private bringTogether(level: Level, moves: Move[]): boolean {
    const { depth } = level;
    level.isMoved = false;
    // Where they stand now: a NOP before one may move another of them.
    const apart = level.steps.flatMap((linked): Move[] =>
      linked.depth === depth ? [] : [{ linked, nops: depth - linked.depth }],
    );
    for (const move of apart) {
      moves.push(move);
      if (!this.move(move)) return false;
    }
    return true;
  }

  private move({ linked: { place, end }, nops }: Move): boolean {
    let isRoom = true;
    for (let i = place; i < end; i++) {
      const linked = this.at(i);
      linked.depth += nops;
      for (const number of linked.levels) {
        const level = must(this.levels[number], 'level');
        level.depth = Math.max(level.depth, linked.depth);
        if (linked.depth > this.maxDepth) isRoom = false;
        if (level.isMoved) continue;
        level.isMoved = true;
        this.moved.add(number);
      }
    }
    return isRoom;
  }

  /** Takes the moves back and leaves the last level out; all others are aligned then, as they were. */
  private takeBack(moves: readonly Move[]): void {
    for (const { levels } of must(this.levels.pop(), 'level').steps) levels.pop();
    this.moved = new NumberHeap();
    for (const { linked, nops } of moves) {
      for (let i = linked.place; i < linked.end; i++) {
        const other = this.at(i);
        other.depth -= nops;
        for (const number of other.levels) {
          const level = must(this.levels[number], 'level');
          level.depth = other.depth;
          level.isMoved = false;
        }
      }
    }
  }
}
