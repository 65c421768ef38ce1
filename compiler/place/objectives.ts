/** The objectives of the paper, which depend on the first and the last logical RPB of a placement. */

/** Cost of a placement, to be minimised; it must not fall when `last` rises. */
export interface Objective {
  readonly name: string;
  cost(first: number, last: number): number;
}

/** The formula of an objective, for solvers that cannot call a function; closed. */
export type Formula =
  | { readonly kind: 'weighted'; readonly lastWeight: number; readonly firstWeight: number }
  | { readonly kind: 'ratio' }
  | { readonly kind: 'lexicographic' };

export interface PaperObjective extends Objective {
  readonly formula: Formula;
}

/** The paper's choice is 0.7 · last - 0.3 · first. */
export const f1 = (lastWeight = 0.7, firstWeight = 0.3): PaperObjective => ({
  name: 'f1',
  cost: (first, last) => lastWeight * last - firstWeight * first,
  formula: { kind: 'weighted', lastWeight, firstWeight },
});
export const f2: PaperObjective = {
  name: 'f2',
  cost: (_first, last) => last,
  formula: { kind: 'weighted', lastWeight: 1, firstWeight: 0 },
};
export const f3: PaperObjective = {
  name: 'f3',
  cost: (first, last) => last / first,
  formula: { kind: 'ratio' },
};
/** The lowest last RPB, then the highest first. */
export const hierarchical: PaperObjective = {
  name: 'hierarchical',
  cost: (first, last) => last * 1e6 - first,
  formula: { kind: 'lexicographic' },
};
