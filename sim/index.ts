/** The emulator's public surface. */
export * from './counters.js';
export { Deparser, modifyField, type WritableField, writableField } from './deparser.js';
export * from './digest.js';
export * from './hash.js';
export * from './header-fields.js';
export * from './in-process-target.js';
export * from './parallel/packet-processor.js';
export * from './parser.js';
export * from './phv.js';
export * from './register-arrays.js';
export * from './rpb-engine.js';
export * from './switch.js';
export * from './target.js';
export * from './tracing-switch.js';
export * from './validation/index.js';
