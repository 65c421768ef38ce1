/** What is timed. */
export interface HotPath {
  readonly name: string;
  /** Operations that one call does: the figure is per operation. */
  readonly operations: number;
  /** Builds what is worked on, outside the timing. @returns one call */
  readonly prepare: () => Call | Promise<Call>;
}

export type Call = () => void | Promise<void>;
