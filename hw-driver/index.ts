/** The driver's public surface. */

export * from './allocators.js';
export {
  type BfRuntimeOptions,
  type BfRuntimeTarget,
  connectBfRuntime,
} from './bfruntime/bfruntime-target.js';
export { type RunningServer, type ServeOptions, serveBfRuntime } from './bfruntime/server.js';
export { NotUsable } from './bfruntime/session.js';
export * from './command-line.js';
export * from './controller.js';
