/** The reasons why a running program cannot be changed case by case; it can still be replaced as a whole. */
import { DomainError } from '../data-plane/domain-error.js';

export type NotIncrementalReason =
  /** The name, the filters, the memories or the data plane differ. */
  | { readonly kind: 'other-program'; readonly differs: 'name' | 'filters' | 'memories' | 'data plane' }
  /** Steps outside of added and removed cases differ from the running ones; no line where a program has no steps. */
  | { readonly kind: 'steps'; readonly line: number | undefined }
  /** Packets would meet several changing BRANCHes, and during the change be treated by half of it. */
  | { readonly kind: 'several-branches'; readonly line: number | undefined }
  /** A memory would be addressed by two hash functions, as its hashes run in different RPBs. */
  | { readonly kind: 'hash-functions'; readonly line: number };

/** Thrown for a change of cases that cannot be made entry by entry. */
export class NotIncremental extends DomainError {
  override readonly name = 'NotIncremental';
  readonly code = 'not-incremental';
  readonly ends = 'failed';

  constructor(
    readonly program: string,
    readonly reason: NotIncrementalReason,
  ) {
    super(`program ${program} cannot be changed while it runs: ${notIncrementalText(reason)}`);
  }
}

/** The reason, as the end of a sentence. */
export function notIncrementalText(reason: NotIncrementalReason): string {
  switch (reason.kind) {
    case 'other-program':
      return `it has another ${reason.differs}`
        .replace('another filters', 'other filters')
        .replace('another mem', 'other mem');
    case 'steps':
      return `${at(reason.line)}steps outside of added and removed cases differ from those that run`;
    case 'several-branches':
      return `${at(reason.line)}packets would meet this BRANCH and a later one that changes as well; change them one at a time`;
    case 'hash-functions':
      return `line ${reason.line}: this hash would have to run in the RPBs of two other hashes at once`;
  }
}

const at = (line: number | undefined): string => (line === undefined ? '' : `line ${line}: `);
