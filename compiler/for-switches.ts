/**
 * What a switch needs of this folder: a data plane, its entries and operations. sim imports it in place of index.ts, so
 * that a worker with a switch of its own loads no compiler.
 */

export { and48, fits, ones } from './data-plane/bits.js';
export { chainOf, switchOf } from './data-plane/chain-of.js';
export { type Coverage, checksumCoverage } from './data-plane/checksums.js';
export { chipOf } from './data-plane/chip.js';
export * from './data-plane/data-plane.js';
export * from './data-plane/description.js';
export { DomainError } from './data-plane/domain-error.js';
export type { AluOperation } from './data-plane/instructions/arithmetic.js';
export type { ActionParameter } from './data-plane/instructions/instruction.js';
export * from './data-plane/instructions/table.js';
export { type IntrinsicName, TIMESTAMP } from './data-plane/intrinsics.js';
export { must } from './data-plane/must.js';
export * from './data-plane/tables.js';
export * from './link/compiled-program.js';
export { decodedAddressFault } from './link/entry-proof.js';
export * from './link/multicast-group.js';
export * from './link/operations.js';
