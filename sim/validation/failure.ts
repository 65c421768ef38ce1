/** A packet for which the entries of a program differ from its meaning. */
import type { CompiledProgram, ExecutedStatement, Program } from '../../compiler/index.js';
import type { RpbVisit } from '../pipeline/drivers/tracing-driver.js';
import type { Mismatch } from './mismatch.js';
import type { TestPacket } from './random-packet.js';

/** A program and what it was compiled to. */
export interface Translation {
  readonly program: Program;
  readonly compiled: CompiledProgram;
}

export interface Failure extends Translation {
  readonly mismatch: Mismatch;
  readonly packet: TestPacket;
  /** Contents before the packet; memories that are not named hold 0. */
  readonly memories: ReadonlyMap<string, Uint32Array>;
  /** What the program did, and what went into and came out of the RPBs. */
  readonly trace: readonly ExecutedStatement[];
  readonly visits: readonly RpbVisit[];
}
