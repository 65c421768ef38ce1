/** The exports for BF Runtime, separate from the driver's, so that other code does not load gRPC. */
export { type BfRuntimeOptions, type BfRuntimeTarget, connectBfRuntime } from './bfruntime-target.js';
export { NotUsable } from './not-usable.js';
