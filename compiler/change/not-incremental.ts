/** Why a running program cannot be changed case by case, closed. It can still be replaced as a whole. */
import { DomainError } from '../data-plane/domain-error.js';

export type NotIncrementalReason =
  /** Another name, other filters or other memories. */
  | { readonly kind: 'other-program'; readonly differs: 'name' | 'filters' | 'memories' | 'data plane' }
  /** Steps outside of cases that come or go differ from those that run; no line where a program has no steps. */
  | { readonly kind: 'steps'; readonly line: number | undefined }
  /** Packets that meet several of the BRANCHes that change would be treated by half of the change for a moment. */
  | { readonly kind: 'several-branches'; readonly line: number | undefined }
  /** A memory would be addressed by two hash functions, as the hashes run in different RPBs. */
  | { readonly kind: 'hash-functions'; readonly line: number };

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

/** The reason as a sentence without its subject. */
export function notIncrementalText(reason: NotIncrementalReason): string {
  switch (reason.kind) {
    case 'other-program':
      return `it has another ${reason.differs}`
        .replace('another filters', 'other filters')
        .replace('another mem', 'other mem');
    case 'steps':
      return `${at(reason.line)}other steps than those that run would be needed outside of the case`;
    case 'several-branches':
      return `${at(reason.line)}packets would meet this BRANCH and a later one that changes too; change one after the other`;
    case 'hash-functions':
      return `line ${reason.line}: this hash would have to run in the RPBs of two others`;
  }
}

const at = (line: number | undefined): string => (line === undefined ? '' : `line ${line}: `);
