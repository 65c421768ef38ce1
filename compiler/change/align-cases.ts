/**
 * Aligns the rules of a running BRANCH with the cases of its new version, in one order: rules keep their order and
 * cases keep theirs, as far as packets can tell. Two cases with conditions that exclude each other can have any order.
 */
import { appendTo } from '../data-plane/counting.js';
import { must } from '../data-plane/must.js';
import { conditionsIdentity } from '../steps/steps.js';
import { type CaseBody, overlap } from './behaviour.js';
import type { Rule } from './decoded-program.js';

export interface AlignedCase {
  /** Undefined for an added case. */
  readonly rule: Rule | undefined;
  /** Undefined for a removed rule. */
  readonly wanted: CaseBody | undefined;
}

/** @param rules by priority */
export function alignCases(rules: readonly Rule[], cases: readonly CaseBody[]): readonly AlignedCase[] {
  return inOneOrder(pairs(rules, cases)) ?? alignInOrder(rules, cases);
}

interface Node extends AlignedCase {
  /** Index among the rules, and index among the cases. */
  readonly old: number | undefined;
  readonly new: number | undefined;
}

/** The cases in order, each with the rule that has its conditions, if there is one; then the other rules. */
function pairs(rules: readonly Rule[], cases: readonly CaseBody[]): readonly Node[] {
  const byConditions = new Map<string, number[]>();
  for (const [i, { conditions }] of rules.entries()) {
    const text = conditionsIdentity(conditions);
    appendTo(byConditions, text, i);
  }
  const nodes = cases.map((wanted, i): Node => {
    const old = byConditions.get(conditionsIdentity(wanted.conditions))?.shift();
    return { rule: old === undefined ? undefined : rules[old], wanted, old, new: i };
  });
  const paired = new Set(nodes.map(({ old }) => old));
  const others = rules.flatMap((rule, i): Node[] =>
    paired.has(i) ? [] : [{ rule, wanted: undefined, old: i, new: undefined }],
  );
  return [...nodes, ...others];
}

/** A topological order; undefined if there is none. */
function inOneOrder(nodes: readonly Node[]): readonly AlignedCase[] | undefined {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const visit = (node: Node): boolean => {
    const known = state.get(node);
    if (known !== undefined) return known === 'done';
    state.set(node, 'open');
    for (const other of nodes) if (comesBefore(other, node) && !visit(other)) return false;
    state.set(node, 'done');
    order.push(node);
    return true;
  };
  return nodes.every(visit) ? order : undefined;
}

function comesBefore(a: Node, b: Node): boolean {
  const isBefore =
    (a.old !== undefined && b.old !== undefined && a.old < b.old) ||
    (a.new !== undefined && b.new !== undefined && a.new < b.new);
  return isBefore && overlap(conditionsOf(a), conditionsOf(b));
}

const conditionsOf = ({ rule, wanted }: Node) => (rule ?? wanted)?.conditions ?? [];

/** Both lists in their full order, with the maximum number of pairs of equal conditions. */
function alignInOrder(rules: readonly Rule[], cases: readonly CaseBody[]): readonly AlignedCase[] {
  const a = rules.map(({ conditions }) => conditionsIdentity(conditions));
  const b = cases.map(({ conditions }) => conditionsIdentity(conditions));
  const width = b.length + 1;
  // By index in both lists: the maximum number of pairs from there on.
  const most = new Int32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const best = Math.max(
        must(most[(i + 1) * width + j], 'count of pairs'),
        must(most[i * width + j + 1], 'count of pairs'),
      );
      most[i * width + j] = a[i] === b[j] ? must(most[(i + 1) * width + j + 1], 'count of pairs') + 1 : best;
    }
  }
  const aligned: AlignedCase[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const both = a[i] === b[j] && i < a.length;
    const skip =
      i < a.length &&
      (j >= b.length ||
        must(most[(i + 1) * width + j], 'count of pairs') >= must(most[i * width + j + 1], 'count of pairs'));
    if (both) aligned.push({ rule: rules[i++], wanted: cases[j++] });
    else if (skip) aligned.push({ rule: rules[i++], wanted: undefined });
    else aligned.push({ rule: undefined, wanted: cases[j++] });
  }
  return aligned;
}
