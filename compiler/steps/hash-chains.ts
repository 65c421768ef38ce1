/**
 * The hashes that a value was computed from, oldest first, as lists that share their beginnings: a chain of n hashes takes
 * n links, not one list for each of its lengths. Equal chains are one object.
 */
import type { Step } from './steps.js';

/** Made by {@link HashChains} alone. */
export class HashChain {
  /** What is one hash longer, by that hash. */
  readonly longer = new Map<Step, HashChain>();

  constructor(
    /** Of its own among the chains of a program; 0 for the empty one. */
    readonly number: number,
    /** Undefined for the empty chain. */
    readonly link: { readonly before: HashChain; readonly last: Step } | undefined,
    readonly length: number,
  ) {}

  newestFirst(): Step[] {
    const steps: Step[] = [];
    for (let { link } = this as HashChain; link !== undefined; link = link.before.link) steps.push(link.last);
    return steps;
  }
}

/** The chains of one program. */
export class HashChains {
  readonly none = new HashChain(0, undefined, 0);
  private count = 1;

  /** The chain and one more hash. */
  longer(chain: HashChain, last: Step): HashChain {
    const known = chain.longer.get(last);
    if (known !== undefined) return known;
    const made = new HashChain(this.count++, { before: chain, last }, chain.length + 1);
    chain.longer.set(last, made);
    return made;
  }

  /** The first chain, then the hashes that only the second has; looks at no more than where they differ. */
  both(first: HashChain, second: HashChain): HashChain {
    if (second === this.none) return first;
    if (first === this.none) return second;
    const inFirst = new Set<Step>();
    const inSecond: Step[] = [];
    let [a, b] = [first, second];
    while (a !== b) {
      if (a.length >= b.length && a.link !== undefined) {
        inFirst.add(a.link.last);
        a = a.link.before;
      } else if (b.link !== undefined) {
        inSecond.push(b.link.last);
        b = b.link.before;
      }
    }
    let chain = first;
    for (const step of inSecond.reverse()) if (!inFirst.has(step)) chain = this.longer(chain, step);
    return chain;
  }
}
