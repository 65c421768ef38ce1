/** Accounts of single packets. */
export { noMatchText } from './no-match.js';
export * from './packet-filter.js';
export * from './packet-trace.js';
export * from './packet-tracer.js';
export * from './source-lines.js';
export * from './trace-text.js';
