/** The driver's public surface; BF Runtime is apart from it, in bfruntime/index.ts. */

export * from './allocators.js';
export * from './command-line.js';
export * from './controller.js';
