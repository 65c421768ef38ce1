/**
 * The results of the updates of a write, or of the entities of a read, which are sent as details of the call's status.
 * These are transmitted in a header, whose size HTTP/2 limits, so of a large request only the first are kept; failures
 * are counted.
 */
import { status } from '@grpc/grpc-js';
import { packErrors, type UpdateError } from '../bfruntime/messages.js';
import { SUCCESS } from '../bfruntime/rpc-error.js';

/**
 * Maximum size before the encoding in the header, which adds a third: Node sends and accepts header blocks of up to 64
 * KiB.
 */
const MAX_DETAIL_BYTES = 44 * 2 ** 10;
/** Size of a result in the details without its message: the name of its type, lengths and codes. */
const BYTES_BESIDE_MESSAGE = 60;

export class ErrorReport {
  /** The first results in order, as many as fit. */
  private readonly kept: UpdateError[] = [];
  private keptBytes = 0;
  private count = 0;
  private failed = 0;
  private first: { readonly index: number; readonly error: UpdateError } | undefined;

  /** @param what the noun of the counted items in the plural, e.g. updates */
  constructor(private readonly what: string) {}

  add(error: UpdateError): void {
    if (error.canonical_code !== status.OK) {
      this.failed++;
      this.first ??= { index: this.count, error };
    }
    this.count++;
    const bytes = BYTES_BESIDE_MESSAGE + Buffer.byteLength(error.message);
    const isNext = this.kept.length === this.count - 1;
    if (isNext && this.keptBytes + bytes <= MAX_DETAIL_BYTES) {
      this.kept.push(error);
      this.keptBytes += bytes;
    }
  }

  /** Adds a number of successes. */
  addSuccesses(count: number): void {
    for (let i = 0; i < count; i++) this.add(SUCCESS);
  }

  get hasFailures(): boolean {
    return this.failed > 0;
  }

  /** The message of the failed call. */
  get message(): string {
    const { failed, count, what, first } = this;
    const left = count - this.kept.length;
    const kept = left === 0 ? '' : `; the details have the first ${this.kept.length}`;
    return `${failed} of ${count} ${what} failed, the first at index ${first?.index}: ${first?.error.message}${kept}`;
  }

  /** The trailer `grpc-status-details-bin`. */
  details(): Buffer {
    return packErrors(status.UNKNOWN, this.message, this.kept);
  }
}

/** A call of which a part failed; it ends with UNKNOWN, with the results in its details. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';

  constructor(readonly report: ErrorReport) {
    super(report.message);
  }
}
