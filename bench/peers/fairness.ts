/**
 * Jain's index of fairness: 1 if all shares are equal, 1 / n if one of n has everything. Source: Jain, Chiu, Hawe, "A
 * Quantitative Measure of Fairness and Discrimination for Resource Allocation in Shared Computer Systems", 1984.
 * @returns 1 if there are no shares, or all are 0
 */
export function jainIndex(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares);
}
