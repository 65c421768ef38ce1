/**
 * Translation validation: random and corner-case packets and memory contents through a program's meaning and through
 * its entries, until the two differ or the packets run out. See both-sides.ts for what is compared.
 */

import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane, ExecutedStatement, Program } from '../../compiler/index.js';
import { wordsOf } from '../../compiler/language/program.js';
import { newEmulator } from '../pipeline/chain/new-emulator.js';
import type { Emulator } from '../pipeline/emulator.js';
import { BothSides, type Memories } from './both-sides.js';
import { Coverage } from './coverage.js';
import type { Failure, Translation } from './failure.js';
import { type ProgramValues, valuesOf, wordFor } from './program-values.js';
import { below, chance, type Random } from './random.js';
import { PacketGenerator, type TestPacket } from './random-packet.js';
import { shrinkInput } from './shrink-input.js';
import { shrinkProgram } from './shrink-program.js';

/** Options of {@link validateTranslation}. */
export interface ValidationOptions {
  readonly packets: number;
  readonly random: Random;
  /** Called with the number of packets tried so far. */
  readonly progress?: ((packets: number) => void) | undefined;
  /**
   * A switch for the program, which may hold others; one with nothing in it if left out. It must forward packets of
   * port p by default to port p + 16 (modulo the number of ports), or not at all: validation adds these entries and
   * takes them away as its packets need it. It may be the same switch each time, as validation takes its program out
   * again and restores default forwarding and all memory.
   */
  readonly makeSwitch?: (() => Emulator) | undefined;
  /** The switch holds the program already, and keeps it. */
  readonly isInstalled?: boolean | undefined;
  /** With it a failing program is cut down too; undefined for one that does not compile or fit. */
  readonly recompile?: ((program: Program) => Translation | undefined) | undefined;
}

/** Result of {@link validateTranslation}. */
export type Validation =
  | {
      readonly kind: 'verified';
      /** Packets that were compared. */
      readonly packets: number;
      /** Those of them that the program ran on. */
      readonly ran: number;
      /** Packets that were not compared, as the program accesses a memory outside its bounds. */
      readonly undefined: number;
      /** Number of statements that some packet reached, and of all statements. */
      readonly statements: { readonly ran: number; readonly all: number };
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Packets in a row between two resets of the memory. */
const SEQUENCE = 25;
/** Candidates that are run by the interpreter alone for each packet that is sent. */
const TRIES = 6;
/** Packets for each smaller program that is tried. */
const SHRINK_PACKETS = 100;

/** Runs a program against its entries. @throws {TargetError} if the switch refuses the entries */
export function validateTranslation(
  translation: Translation,
  dataPlane: DataPlane,
  options: ValidationOptions,
): Validation {
  const { recompile } = options;
  const result = search(translation, dataPlane, options);
  if (result.kind === 'verified' || recompile === undefined || options.isInstalled === true) return result;
  const failure = shrinkProgram(result.failure, (program) => {
    const smaller = recompile(program);
    if (smaller === undefined) return undefined;
    const again = search(smaller, dataPlane, { ...options, packets: SHRINK_PACKETS }, result.failure);
    return again.kind === 'failed' ? again.failure : undefined;
  });
  return { kind: 'failed', failure };
}

/** @param first what to try before anything random */
function search(
  { program, compiled }: Translation,
  dataPlane: DataPlane,
  { random, packets, progress, makeSwitch, isInstalled = false }: ValidationOptions,
  first?: Pick<Failure, 'packet' | 'memories'>,
): Validation {
  const emulator = makeSwitch?.() ?? newEmulator(dataPlane, { engine: 'interpreted' });
  const sides = new BothSides(program, compiled, dataPlane, emulator, isInstalled);
  const generator = new PacketGenerator(program, dataPlane, random);
  const values = valuesOf(program);
  const coverage = new Coverage(program);
  const count = { packets: 0, ran: 0, undefined: 0 };
  const note: Note = (trace, kind) => {
    if (kind === 'undefined') count.undefined++;
    else count.packets++;
    if (kind === 'ran') count.ran++;
    coverage.note(trace);
  };
  try {
    if (first !== undefined && !agree(sides, first.memories, 1, () => first.packet, note)) {
      return failed(sides, dataPlane, first.memories, [first.packet]);
    }
    for (let left = packets; left > 0; left -= SEQUENCE) {
      progress?.(packets - left);
      const memories = randomMemories(program, values, random);
      const sequence: TestPacket[] = [];
      const next = (): TestPacket => {
        const packet = pickPacket(generator, sides, coverage);
        sequence.push(packet);
        return packet;
      };
      if (!agree(sides, memories, Math.min(SEQUENCE, left), next, note)) {
        return failed(sides, dataPlane, memories, sequence);
      }
    }
  } finally {
    sides.close();
  }
  return { kind: 'verified', ...count, statements: coverage.statements };
}

type Note = (trace: readonly ExecutedStatement[], kind: 'ran' | 'passed' | 'undefined') => void;

/** A packet that no other program takes and, if a few tries find one, that reaches statements no packet has reached. */
function pickPacket(generator: PacketGenerator, sides: BothSides, coverage: Coverage): TestPacket {
  let packet = generator.next();
  for (let tries = 1; tries < TRIES; tries++) {
    const isFree = !sides.isTakenByOther(packet);
    if (isFree && (coverage.isComplete || coverage.isNews(sides.foresee(packet)))) break;
    packet = generator.next();
  }
  return packet;
}

function agree(sides: BothSides, memories: Memories, count: number, nextPacket: () => TestPacket, note: Note): boolean {
  sides.setMemories(memories);
  for (let i = 0; i < count; i++) {
    const result = sides.send(nextPacket());
    if (result.kind === 'differed') return false;
    if (result.kind === 'agreed') note(result.trace, result.ran ? 'ran' : 'passed');
    else if (result.reason === 'undefined') note([], 'undefined');
  }
  return sides.compareAllMemory() === undefined;
}

/** The first packet of a failing sequence that fails, and then as little of it as fails. */
function failed(
  sides: BothSides,
  dataPlane: DataPlane,
  memories: Memories,
  sequence: readonly TestPacket[],
): Validation {
  let before = memories;
  for (const packet of sequence) {
    const failure = sides.failureOf(packet, before);
    if (failure !== undefined) return { kind: 'failed', failure: shrinkInput(failure, sides, dataPlane) };
    before = sides.copyMemories();
  }
  throw new Error('a failure that was found did not happen again with the same packet and memory');
}

function randomMemories({ memories }: Program, values: ProgramValues, random: Random): Memories {
  return new Map(
    memories.map((memory) => {
      const { name } = memory;
      const words = new Uint32Array(memory.buckets * wordsOf(memory));
      if (chance(random, 0.3)) return [name, words];
      const few = Array.from({ length: 1 + below(random, 16) }, () => wordFor(random, values));
      const step = 1 + 2 * below(random, 8);
      for (let i = 0; i < words.length; i++) words[i] = must(few[(i * step) % few.length], 'word to choose');
      return [name, words];
    }),
  );
}
