/**
 * JavaScript that runs ahead of a program's accesses to memory: it finds the words that packets will access, as far as
 * that does not depend on memory, so that a short loop can touch those of many packets while the memory answers. It
 * changes nothing but variables, and what it knows of them is exact: hashes are kept for the program itself.
 */
import { must } from '../../../compiler/for-switches.js';
import { REGISTER_VARIABLES, type RegisterVariable, type Variable } from '../../blocks/instructions/meaning.js';
import { wordIndexCode } from '../../blocks/instructions/memory.js';
import { type RpbEntry, reachOf } from '../../blocks/program-code.js';
import type { CellWriter } from './cell-writer.js';

export interface TouchCode {
  /** Statements; `A[a]` is the next place for the index of a word. */
  readonly lines: readonly string[];
  /** Words of a packet at most. */
  readonly words: number;
  /** By the entry that computes it. */
  readonly hashes: ReadonlyMap<RpbEntry, KeptHash>;
}

export interface KeptHash {
  /** The register that it is put into. */
  readonly into: RegisterVariable;
  /** From 0. */
  readonly place: number;
}

/**
 * @param cells those that packets will meet
 * @param writer for code where variables have the values that they have before these cells
 * @param room maximum number of hashes to keep
 * @param save an expression: where a hash is kept
 */
export function touchCode(
  cells: readonly (readonly RpbEntry[])[],
  writer: CellWriter,
  room: number,
  save: (place: number) => string,
): TouchCode {
  const follower = new Follower(writer, room, save);
  for (const cell of cells) follower.cell(cell);
  return follower.finish();
}

class Follower {
  /** Variables whose values are not known. */
  private readonly unknown = new Set<Variable>();
  private isPacketKnown = true;
  private words = 0;
  /** Lines up to the last word. */
  private useful = 0;
  private readonly hashes = new Map<RpbEntry, KeptHash & { readonly line: number }>();

  constructor(
    private readonly writer: CellWriter,
    private readonly room: number,
    private readonly save: (place: number) => string,
  ) {}

  finish(): TouchCode {
    const { useful, words } = this;
    const hashes = new Map([...this.hashes].filter(([, { line }]) => line < useful));
    return { lines: this.writer.lines.slice(0, useful), words, hashes };
  }

  cell(entries: readonly RpbEntry[]): void {
    const { writer, words } = this;
    const isDecided = entries.every((entry) => this.isKnown((trial) => trial.condition(entry)));
    if (isDecided) writer.cell(entries, (entry) => this.action(entry));
    else for (const entry of entries) this.forget(entry);
    if (this.words > words) this.useful = writer.lines.length;
  }

  /** Statements for an action whose packets are known. */
  private action(entry: RpbEntry): string {
    const { writer } = this;
    switch (reachOf(entry)) {
      case 'memory': {
        const isFound = !this.unknown.has('address');
        this.forget(entry);
        if (!isFound) return '';
        this.words++;
        return `A[a] = ${writer.about(entry, () => wordIndexCode(writer))}; a = a + 1 | 0;`;
      }
      case 'packet hash':
        return this.isPacketKnown && this.hashes.size < this.room ? this.hash(entry) : this.forget(entry);
      case 'packet':
        return this.isPacketKnown ? this.follow(entry) : this.forget(entry);
      case 'packet write':
      case 'verdict':
      case 'group':
      case 'dropping':
        return this.forget(entry);
      case 'variables':
        return this.isKnown((trial) => trial.action(entry)) ? this.follow(entry) : this.forget(entry);
    }
  }

  private hash(entry: RpbEntry): string {
    const { written } = this.trial((trial) => trial.action(entry));
    const into = must(
      REGISTER_VARIABLES.find((name) => written.has(name)),
      'register of a hash',
    );
    const place = this.hashes.size;
    this.hashes.set(entry, { into, place, line: this.writer.lines.length });
    return `${this.follow(entry)}\n${this.save(place)} = ${into} & 65535;`;
  }

  /** Later code knows what the action sets as far as it knew all that the action reads. */
  private follow(entry: RpbEntry): string {
    return this.writer.action(entry);
  }

  /** The values that an action sets are not known any more. */
  private forget(entry: RpbEntry): '' {
    if (reachOf(entry) === 'packet write') this.isPacketKnown = false;
    for (const name of this.trial((trial) => trial.action(entry)).written) {
      this.unknown.add(name);
      this.writer.write(name);
    }
    return '';
  }

  private isKnown(write: (trial: CellWriter) => string): boolean {
    return ![...this.trial(write).used].some((name) => this.unknown.has(name));
  }

  private trial(write: (trial: CellWriter) => string): CellWriter {
    const trial = this.writer.fork();
    write(trial);
    return trial;
  }
}
