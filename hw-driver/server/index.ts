/** The exports for an emulated switch behind BF Runtime; loads gRPC. */
export { type RunningServer, type ServeOptions, serveBfRuntime } from './server.js';
