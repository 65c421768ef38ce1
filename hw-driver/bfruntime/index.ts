/** BF Runtime, apart from the driver's surface: code that does not speak it need not load gRPC. */
export { type BfRuntimeOptions, type BfRuntimeTarget, connectBfRuntime } from './bfruntime-target.js';
export { NotUsable } from './not-usable.js';
