/** A checked program: names resolved, values in range; what the rest of the compiler works on. */

import type { Field, FilterTable } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import type { HashedFields } from '../data-plane/headers.js';
import { must } from '../data-plane/must.js';
import type { Span } from './diagnostics.js';
import type { PrimitiveName } from './primitives.js';

/** A checked program. */
export interface Program {
  readonly name: string;
  /** The table of the init block that holds the filter. */
  readonly filterTable: FilterTable;
  /** One per field, the protocol that a spelling implies included. */
  readonly filters: readonly FieldMatch[];
  readonly memories: readonly Memory[];
  readonly body: readonly Statement[];
}

/** `packet[field] & mask == value`; value has no bits outside mask. */
export interface FieldMatch {
  readonly field: Field;
  readonly value: number;
  readonly mask: number;
}

/** A memory that a program declares. */
export interface Memory {
  readonly name: string;
  /** A power of two. */
  readonly buckets: number;
  /** Whether a bucket is a pair of 32-bit words, not one word. */
  readonly isOfPairs?: boolean;
}

/** Words in a bucket of a memory. */
export const wordsOf = ({ isOfPairs }: Memory): 1 | 2 => (isOfPairs === true ? 2 : 1);

export type Statement = PrimitiveStatement | BranchStatement;

export interface PrimitiveStatement {
  readonly kind: 'primitive';
  readonly primitive: PrimitiveName;
  readonly registers: readonly Register[];
  readonly field: Field | undefined;
  readonly memory: string | undefined;
  /** The integer or port argument. */
  readonly integer: number;
  /** The fields of HASH_FIELDS. */
  readonly hashed?: HashedFields | undefined;
  readonly span: Span;
}

export interface BranchStatement {
  readonly kind: 'branch';
  readonly cases: readonly Case[];
  readonly span: Span;
}

export interface Case {
  readonly conditions: readonly Condition[];
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** `register & mask == value`; value has no bits outside mask. */
export interface Condition {
  readonly register: Register;
  readonly value: number;
  readonly mask: number;
}

/** The registers that a primitive names; where it names one, both are this one. */
export function registersOf({ registers }: PrimitiveStatement): { first: Register; second: Register } {
  const first = must(registers[0], 'register of a primitive');
  return { first, second: registers[1] ?? first };
}
