/** The driver's public surface. */

export * from './allocators.js';
export * from './command-line.js';
export * from './controller.js';
