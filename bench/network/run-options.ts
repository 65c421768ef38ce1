/** How a network is run. */
export interface RunOptions {
  readonly workers: number;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** @param share of the virtual time */
  readonly onProgress: (share: number, events: number) => void;
}
