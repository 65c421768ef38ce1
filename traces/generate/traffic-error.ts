/** What can be wrong with a description of traffic. */
export type TrafficErrorCode =
  /** There is nothing to choose from: no target, or a target without variants. */
  | 'nothing-to-send'
  /** A number is not an integer of its range. */
  | 'out-of-range'
  /** The headers of a template do not go together. */
  | 'contradictory-headers'
  /** More flows than the free bits of addresses and ports can tell apart. */
  | 'too-many-flows';

/** Thrown for traffic that cannot be generated; `field` says where, as in `targets[0].variants[1].ipv4.ttl`. */
export class TrafficError extends Error {
  override readonly name = 'TrafficError';
  /** A command that meets it ends as for bad input. */
  readonly ends = 'bad-input';
  readonly code: TrafficErrorCode;
  readonly field: string;

  constructor(code: TrafficErrorCode, field: string, detail: string) {
    super(`${field}: ${detail}`);
    this.code = code;
    this.field = field;
  }
}
