/**
 * How the updates of a write, or the entities of a read, ended: what goes back as the details of the call's status. These
 * travel in a header, which HTTP/2 limits, so of a large request only the first are kept; how many failed is counted.
 */
import { status } from '@grpc/grpc-js';
import { packErrors, type UpdateError } from '../bfruntime/messages.js';
import { SUCCESS } from '../bfruntime/rpc-error.js';

/** Packed, so a third less than in the header: Node sends and takes blocks of headers of up to 64 KiB. */
const MAX_DETAIL_BYTES = 44 * 2 ** 10;
/** What one takes in the details besides its message: the name of its type, lengths and codes. */
const BYTES_BESIDE_MESSAGE = 60;

export class ErrorReport {
  /** One for each, in their order, as far as they fit. */
  private readonly kept: UpdateError[] = [];
  private keptBytes = 0;
  private count = 0;
  private failed = 0;
  private first: { readonly index: number; readonly error: UpdateError } | undefined;

  /** @param what is counted, e.g. update */
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

  /** Adds as many that went well. */
  addSuccesses(count: number): void {
    for (let i = 0; i < count; i++) this.add(SUCCESS);
  }

  get hasFailures(): boolean {
    return this.failed > 0;
  }

  /** What the call ends with where something failed. */
  get message(): string {
    const { failed, count, what, first } = this;
    const left = count - this.kept.length;
    const kept = left === 0 ? '' : `; the details are of the first ${this.kept.length}`;
    return `${failed} of ${count} ${what} failed, the first at index ${first?.index}: ${first?.error.message}${kept}`;
  }

  /** The trailer `grpc-status-details-bin`. */
  details(): Buffer {
    return packErrors(status.UNKNOWN, this.message, this.kept);
  }
}

/** A call of which a part failed; it ends with UNKNOWN and says in its details which. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';

  constructor(readonly report: ErrorReport) {
    super(report.message);
  }
}
