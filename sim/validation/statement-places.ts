/** Where the statements of a program went: by line and column, through the placement of the compiled document. */
import type {
  CompiledProgram,
  DataPlane,
  ExecutedStatement,
  PlacedStep,
  ProgramInputs,
  Register,
  Statement,
} from '../../compiler/index.js';
import { HashUnit } from '../blocks/hash.js';
import { randomSite, randomWord } from '../blocks/random-numbers.js';

export class StatementPlaces {
  private readonly byPlace = new Map<string, PlacedStep[]>();
  private readonly lastPass: number;
  /** By RPB number, once it has hashed: the tables of a unit take time to make. */
  private readonly units: HashUnit[] = [];

  constructor(
    compiled: CompiledProgram,
    private readonly dataPlane: DataPlane,
  ) {
    this.lastPass = compiled.passes - 1;
    for (const step of compiled.placement) {
      const key = placeKey(step);
      const steps = this.byPlace.get(key);
      if (steps === undefined) this.byPlace.set(key, [step]);
      else steps.push(step);
    }
  }

  /** Steps that a statement became; several of one action if it was placed more than once. */
  stepsOf({ span }: Statement): readonly PlacedStep[] {
    return this.byPlace.get(placeKey(span)) ?? [];
  }

  /** The RPB whose hash function a hash statement uses; undefined if the document names none, or several. */
  hashRpb(statement: Statement): number | undefined {
    const rpbs = new Set(
      this.stepsOf(statement).flatMap(({ action, rpb }) => (action.startsWith('hash_') ? [rpb] : [])),
    );
    return rpbs.size === 1 ? [...rpbs][0] : undefined;
  }

  /**
   * The functions of the interpreter that depend on places, for one packet. They throw {@link MissingStep}.
   * @param seed of the switch @param arrival number of the packet @param copy its number, of a copy
   */
  functions(seed: number, arrival: number, copy = 0): Pick<ProgramInputs, 'hash' | 'random'> {
    return {
      hash: (statement, input) => {
        const rpb = this.hashRpb(statement);
        if (rpb === undefined) throw new MissingStep(statement);
        return this.hash(rpb, input);
      },
      random: (statement) => {
        const [place, ...others] = this.stepsOf(statement).filter(({ action }) => action.startsWith('random_'));
        if (place === undefined || !others.every((other) => isSamePlace(place, other)))
          throw new MissingStep(statement);
        // Before the last egress there are no copies.
        const rpb = this.dataPlane.rpb(place.rpb);
        const isOfCopy = place.pass === this.lastPass && rpb.gress === 'egress';
        return (
          randomWord(
            seed,
            arrival,
            randomSite(place.pass, rpb.index % this.dataPlane.rpbsPerSwitch, isOfCopy ? copy : 0),
          ) >>> 0
        );
      },
    };
  }

  /** @param rpb number from 1 */
  hash(rpb: number, input: Uint8Array): number {
    this.units[rpb] ??= new HashUnit(this.dataPlane.rpb(rpb).hash);
    return this.units[rpb].digest(input, input.length);
  }
}

/** Thrown through the interpreter by what depends on the place of a statement, where the document does not name one. */
export class MissingStep extends Error {
  constructor(readonly statement: Statement) {
    super('no step');
  }
}

export const isSamePlace = (a: PlacedStep, b: PlacedStep): boolean => a.rpb === b.rpb && a.pass === b.pass;

const placeKey = ({ line, column }: { readonly line: number; readonly column: number }): string => `${line}:${column}`;

/** An access whose address was hashed, and the hash statements that its address was computed from, oldest first. */
export interface HashedAccess {
  readonly memory: string;
  readonly hashes: readonly Statement[];
}

type Chains = Readonly<Record<Register, readonly Statement[]>>;

/** The memory accesses of a run with the hashes behind their addresses. */
export function hashedAccesses(trace: readonly ExecutedStatement[]): HashedAccess[] {
  const accesses: HashedAccess[] = [];
  let chains: Chains = { har: [], sar: [], mar: [] };
  for (const { statement, access } of trace) {
    if (statement.kind === 'branch') continue;
    if (access !== undefined) {
      if (chains.mar.length > 0) accesses.push({ memory: access.memory, hashes: chains.mar });
      if (statement.primitive !== 'MEMWRITE') chains = { ...chains, sar: [] };
      if (statement.primitive === 'MEMCAS') chains = { ...chains, har: [] };
      continue;
    }
    const [first, second] = statement.registers;
    switch (statement.primitive) {
      case 'HASH_5_TUPLE':
      case 'HASH_FIELDS':
        chains = { ...chains, har: [statement] };
        break;
      case 'HASH':
        chains = { ...chains, har: [...chains.har, statement] };
        break;
      case 'HASH_5_TUPLE_MEM':
      case 'HASH_FIELDS_MEM':
        chains = { ...chains, mar: [statement] };
        break;
      case 'HASH_MEM':
        chains = { ...chains, mar: [...chains.har, statement] };
        break;
      case 'EXTRACT':
      case 'LOADI':
      case 'RANDOM':
        if (first !== undefined) chains = { ...chains, [first]: [] };
        break;
      case 'MOVE':
        if (first !== undefined && second !== undefined) chains = { ...chains, [first]: chains[second] };
        break;
      default:
        if (first === undefined || second === undefined) break;
        chains = { ...chains, [first]: [...new Set([...chains[first], ...chains[second]])] };
    }
  }
  return accesses;
}
