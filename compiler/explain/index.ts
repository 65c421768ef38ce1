/** What a compiled program is, why it is so, and why one does not fit: for people. */
export * from './explain-programs.js';
export * from './explanation.js';
export * from './explanation-text.js';
export * from './figure/figure.js';
export * from './misfit.js';
export * from './misfit-text.js';
export type { MissingResource } from './missing-resource.js';
export type { PlaceChoice, PlaceReason } from './place-reasons.js';
export type { Proposal } from './proposals.js';
