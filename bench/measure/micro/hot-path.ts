/** A code path to be timed. */
export interface HotPath {
  readonly name: string;
  /** Operations of one call; results are per operation. */
  readonly operations: number;
  /** Creates the inputs, outside the measured time. @returns the function to time */
  readonly prepare: () => Call | Promise<Call>;
}

export type Call = () => void | Promise<void>;
