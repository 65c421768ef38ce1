/**
 * What nearly every user of this folder in hw-driver and bench needs; the package exports public.ts. Validation, made
 * packets and snapshots are imported from their own folders.
 */

export * from './blocks/counters.js';
export { Deparser, modifyField, type WritableField, writableField } from './blocks/deparser.js';
export * from './blocks/digest.js';
export * from './blocks/hash.js';
export * from './blocks/header-fields.js';
export * from './blocks/line.js';
export { type HeldBatch, holdBatch } from './blocks/packets-in-flight.js';
export * from './blocks/parser.js';
export * from './blocks/phv.js';
export { randomSite, randomWord, seedOfText } from './blocks/random-numbers.js';
export * from './blocks/register-arrays.js';
export type { PortCounters, PortQueue, TrafficManager } from './blocks/traffic-manager.js';
export * from './blocks/virtual-time.js';
export { createParser } from './engines/compiled/compiled-parser.js';
export * from './engines/rpb-engine.js';
export { newEmulator } from './pipeline/chain/new-emulator.js';
export * from './pipeline/chain/switch-chain.js';
export { TimedChain } from './pipeline/chain/timed-chain.js';
export * from './pipeline/drivers/packet-driver.js';
export * from './pipeline/drivers/queued-driver.js';
export * from './pipeline/drivers/tracing-driver.js';
export type { Emulator } from './pipeline/emulator.js';
export * from './pipeline/in-process-target.js';
export * from './pipeline/parallel/packet-processor.js';
export { ShareDriver } from './pipeline/parallel/share-driver.js';
export * from './pipeline/switch.js';
export * from './pipeline/switch-tables.js';
export { leastTransitPs } from './pipeline/time/pass-times.js';
export { TimedDriver } from './pipeline/time/timed-driver.js';
export * from './pipeline/time/timed-switch-options.js';
export * from './pipeline/time/update.js';
export { UpdatePlayer } from './pipeline/time/update-player.js';
export * from './pipeline/trace/index.js';
export { ChainTarget } from './target/chain-target.js';
export * from './target/target.js';
