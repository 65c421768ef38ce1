/** Declared memory blocks in one register array, in order of their bases. */
import { must } from '../../compiler/for-switches.js';

/** A block of a program: buckets `base` … `end - 1`. */
export interface Claim {
  readonly programId: number;
  readonly base: number;
  readonly end: number;
}

export class MemoryClaims {
  private claims: Claim[] = [];
  /** Buckets of the longest block so far: none that begins further ahead of a bucket reaches it. */
  private longest = 0;

  add(claim: Claim): void {
    this.claims.splice(this.firstFrom(claim.base), 0, claim);
    this.longest = Math.max(this.longest, claim.end - claim.base);
  }

  removeOf(programId: number): void {
    this.claims = this.claims.filter((claim) => claim.programId !== programId);
  }

  /** Whether a block with a bucket of `base` … `end - 1` belongs to one of these programs. */
  overlaps(base: number, end: number, isMeant: (programId: number) => boolean): boolean {
    for (let at = this.firstFrom(base - this.longest); at < this.claims.length; at++) {
      const claim = this.at(at);
      if (claim.base >= end) return false;
      if (base < claim.end && isMeant(claim.programId)) return true;
    }
    return false;
  }

  /** The place of the first block that begins at this bucket or later. */
  private firstFrom(base: number): number {
    let low = 0;
    let high = this.claims.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle).base < base) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private at(place: number): Claim {
    return must(this.claims[place], 'block by its place');
  }
}
