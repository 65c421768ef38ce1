/**
 * Brings steps of exclusive branches that must share an RPB to one depth, by inserting NOPs. It runs after
 * expansion, which changes depths.
 */
import { must } from '../data-plane/must.js';
import type { LinkGroup } from './memory-links.js';
import { Padding } from './padding.js';
import {
  addressStepOf,
  branchParts,
  inlineSteps,
  isMemoryAccess,
  mapSteps,
  type Step,
  type StepTree,
} from './steps.js';

/** Depth of every step and branch, from 1; equal depths are placed in one RPB. */
export type Depths = ReadonlyMap<Step, number>;

/** Steps of one ordinal of a link group, in exclusive branches. */
export type AlignedLevel = readonly Step[];

export interface AlignedTree {
  readonly tree: StepTree;
  /** The levels whose steps have one depth now. */
  readonly aligned: readonly AlignedLevel[];
}

/**
 * The aligned tree. Groups that cannot be aligned (two memories used in opposite orders, or a later use on one path)
 * stay as they are: the placement then puts them into one RPB in different passes.
 * @param maxDepth the greatest depth that a step may get
 */
export function align(tree: StepTree, groups: readonly LinkGroup[], maxDepth: number): AlignedTree {
  const levels = groups.flatMap(({ byUse }) => byUse).filter((steps) => steps.length > 1);
  if (levels.length === 0) return { tree, aligned: levels };
  const padding = new Padding(tree, levels, maxDepth);
  const firstDepth = new Map(levels.map((steps) => [steps, padding.firstDepth(steps)]));
  const byDepth = (steps: AlignedLevel): number => must(firstDepth.get(steps), 'depth of a level');
  levels.sort((a, b) => byDepth(a) - byDepth(b));
  const aligned = levels.filter((level) => padding.align(level));
  return { tree: padSteps(tree, padding.nops), aligned };
}

/** The tree with NOPs before some of its steps. */
export function padSteps(tree: StepTree, padding: ReadonlyMap<Step, number>): StepTree {
  if (padding.size === 0) return tree;
  return mapSteps(tree, (steps) => {
    const padded: Step[] = [];
    for (const step of steps) {
      const nops = Array.from({ length: padding.get(step) ?? 0 }, (): Step => ({ kind: 'nop', spans: step.spans }));
      // NOPs go before the offset step of an access: aligned branches can then share both steps.
      const before =
        isMemoryAccess(step) && addressStepOf(padded.at(-1)) === 'offset' ? padded.length - 1 : padded.length;
      padded.splice(before, 0, ...nops);
      padded.push(step);
    }
    return padded;
  });
}

/** Depths of the steps of a tree, from 1. */
export function stepDepths(tree: StepTree, padding: ReadonlyMap<Step, number>): Depths {
  const depths = new Map<Step, number>();
  const visit = ({ steps, branch }: StepTree, start: number): void => {
    let depth = start;
    for (const step of steps) {
      depth += padding.get(step) ?? 0;
      depths.set(step, depth++);
    }
    if (branch === undefined) return;
    for (const step of inlineSteps(branch)) depths.set(step, depth);
    for (const part of branchParts({ steps, branch })) visit(part, depth + 1);
  };
  visit(tree, 1);
  return depths;
}
