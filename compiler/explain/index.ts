/** Explanations for people: of a compiled program and its placement, and of why a program does not fit. */
export { applyProposal } from './apply-proposal.js';
export * from './explain-programs.js';
export * from './explanation.js';
export * from './explanation-text.js';
export * from './figure/figure.js';
export * from './misfit.js';
export * from './misfit-text.js';
export type { MissingResource } from './missing-resource.js';
export type { PlaceChoice, PlaceReason } from './place-reasons.js';
export type { Proposal } from './proposals.js';
