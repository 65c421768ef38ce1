/** Addresses of one memory must all be hashed alike, or two packets of a flow meet different words. */
import type { ExecutedStatement, Statement } from '../../compiler/index.js';
import type { Mismatch } from './mismatch.js';
import { hashedAccesses, type StatementPlaces } from './statement-places.js';

/** A hash function that addresses of a memory were computed with. */
interface KnownHash {
  readonly statement: Statement;
  readonly rpb: number;
}

export class HashFunctions {
  /** By memory and place in the chain of hashes before an access. */
  private readonly known = new Map<string, KnownHash>();

  constructor(private readonly places: StatementPlaces) {}

  /** Compares the hashes of a packet, or of one copy of it, with those of the packets before. */
  compare(trace: readonly ExecutedStatement[]): Mismatch | undefined {
    for (const { memory, hashes } of hashedAccesses(trace)) {
      for (const [i, statement] of [...hashes].reverse().entries()) {
        const rpb = this.places.hashRpb(statement);
        if (rpb === undefined) return { kind: 'no-step', statement };
        const key = `${memory}/${i}`;
        const known = this.known.get(key);
        if (known === undefined) this.known.set(key, { statement, rpb });
        else if (known.rpb !== rpb) {
          const statements = [known.statement, statement] as const;
          return { kind: 'hash-functions', memory, statements, rpbs: [known.rpb, rpb] };
        }
      }
    }
    return undefined;
  }
}
