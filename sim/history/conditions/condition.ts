/** Conditions of packets, which a search looks for. A closed list; condition-text.ts has the text of each. */
import type { Register } from '../../../compiler/index.js';
import type { PacketVerdict } from '../packet-outcome.js';

/** Comparisons with a number, as they are typed. */
export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const;
/** One of {@link COMPARISONS}. */
export type Comparison = (typeof COMPARISONS)[number];

/** A memory of a program, or one bucket of it, or one word of a pair. */
export interface NamedWords {
  readonly program: string;
  readonly memory: string;
  /** Undefined: any bucket. */
  readonly bucket: number | undefined;
  /** Of a pair; undefined: the low word for its value, any word for a write. */
  readonly half: 'lo' | 'hi' | undefined;
}

/** What is compared with a number: unsigned, of 32 bits. */
export interface Compared {
  readonly comparison: Comparison;
  readonly value: number;
}

/** A condition of one packet. */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'negation'; readonly of: Condition }
  /** The packet's filter gave it this program; null: none. */
  | { readonly kind: 'program'; readonly program: string | null }
  | { readonly kind: 'verdict'; readonly verdict: PacketVerdict }
  /** Of the port by which it left. */
  | ({ readonly kind: 'port' } & Compared)
  | ({ readonly kind: 'passes' } & Compared)
  /** The packet, as it arrived, matches filters in the notation of the language. */
  | { readonly kind: 'filter'; readonly filter: string }
  /** A word has this value when the packet has left. */
  | ({ readonly kind: 'word'; readonly words: NamedWords & { readonly bucket: number } } & Compared)
  /** The packet writes one of these words; where it is compared, a value of this kind. */
  | { readonly kind: 'writes'; readonly words: NamedWords; readonly written: Compared | undefined }
  /** A register, before or after an entry that comes from a line of a program. Lines from 1. */
  | ({
      readonly kind: 'register';
      readonly register: Register;
      readonly when: 'before' | 'after';
      readonly program: string;
      readonly line: number;
    } & Compared)
  /** The packet runs an entry that comes from a line of a program. */
  | { readonly kind: 'line'; readonly program: string; readonly line: number }
  /** The packet hits an entry of a program, by its place among the entries of its document, from 1. */
  | { readonly kind: 'entry'; readonly program: string; readonly entry: number };

/** Whether a number is what a condition compares with. */
export function compares(number: number, { comparison, value }: Compared): boolean {
  switch (comparison) {
    case '=':
      return number === value;
    case '!=':
      return number !== value;
    case '<':
      return number < value;
    case '<=':
      return number <= value;
    case '>':
      return number > value;
    case '>=':
      return number >= value;
  }
}
