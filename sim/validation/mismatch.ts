/** Kinds of differences between the meaning of a program and its entries. */
import type { Register, Statement } from '../../compiler/index.js';

/** `expected` is what the program means, `actual` what the switch did. Ports are undefined for dropped packets. */
export type Mismatch =
  /** Whether the program's filter takes the packet; `actual` is the program id that it got. */
  | { readonly kind: 'filter'; readonly expected: boolean; readonly actual: number }
  | { readonly kind: 'verdict'; readonly expected: number | undefined; readonly actual: number | undefined }
  | {
      readonly kind: 'bytes';
      readonly offset: number;
      readonly expected: number | undefined;
      readonly actual: number | undefined;
    }
  /** `actual` is undefined for a memory that has no block. */
  | {
      readonly kind: 'memory';
      readonly memory: string;
      readonly address: number;
      readonly expected: number;
      readonly actual: number | undefined;
    }
  /** A word outside the program's memories. */
  | {
      readonly kind: 'foreign-memory';
      readonly rpb: number;
      readonly address: number;
      readonly expected: number;
      readonly actual: number;
    }
  /** A register as a statement reads it. */
  | {
      readonly kind: 'register';
      readonly statement: Statement;
      readonly register: Register;
      readonly expected: number;
      readonly actual: number;
    }
  /** Addresses of one memory that are hashed with two functions. */
  | {
      readonly kind: 'hash-functions';
      readonly memory: string;
      readonly statements: readonly [Statement, Statement];
      readonly rpbs: readonly [number, number];
    }
  /** The document names no RPB, or several, for a statement that hashes. */
  | { readonly kind: 'no-step'; readonly statement: Statement };

const hex = (value: number | undefined): string => (value === undefined ? 'missing' : `0x${value.toString(16)}`);
const port = (value: number | undefined): string =>
  value === undefined ? 'it is dropped' : `it leaves by port ${value}`;
const line = ({ span }: Statement): string => `line ${span.line}`;

/** One sentence. */
export function describeMismatch(mismatch: Mismatch): string {
  switch (mismatch.kind) {
    case 'filter':
      return mismatch.expected
        ? `the program's filter matches the packet, but the switch runs program id ${mismatch.actual} on it`
        : "the program's filter does not match the packet, but the switch runs the program on it";
    case 'verdict':
      return `the packet's fate: by the program ${port(mismatch.expected)}, on the switch ${port(mismatch.actual)}`;
    case 'bytes':
      return `byte ${mismatch.offset} of the packet is ${hex(mismatch.actual)}, by the program ${hex(mismatch.expected)}`;
    case 'memory':
      return `${mismatch.memory}[${mismatch.address}] is ${hex(mismatch.actual)}, by the program ${hex(mismatch.expected)}`;
    case 'foreign-memory':
      return (
        `bucket ${mismatch.address} of RPB ${mismatch.rpb}, which is not the program's, ` +
        `changed from ${hex(mismatch.expected)} to ${hex(mismatch.actual)}`
      );
    case 'register':
      return (
        `${mismatch.register} is ${hex(mismatch.actual)} where the statement in ${line(mismatch.statement)} reads it, ` +
        `by the program ${hex(mismatch.expected)}`
      );
    case 'hash-functions': {
      const [a, b] = mismatch.statements;
      return (
        `addresses of ${mismatch.memory} are hashed with two functions: ` +
        `in RPB ${mismatch.rpbs[0]} (${line(a)}) and in RPB ${mismatch.rpbs[1]} (${line(b)})`
      );
    }
    case 'no-step':
      return `the placement does not say in which one RPB the hash or random number of ${line(mismatch.statement)} is computed`;
  }
}
