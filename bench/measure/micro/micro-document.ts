/** The JSON document of `bench micro --json`. */
export const MICRO_SCHEMA = 'p4runpro-bench/micro@1';

export interface MicroResult {
  readonly name: string;
  /** Nanoseconds per operation: mean with the margin of error of its 95 % interval in per cent, and percentiles. */
  readonly meanNs: number;
  readonly marginPercent: number;
  readonly medianNs: number;
  readonly p75Ns: number;
  readonly p99Ns: number;
  readonly samples: number;
}

export interface MicroDocument {
  readonly schema: typeof MICRO_SCHEMA;
  readonly results: readonly MicroResult[];
}
