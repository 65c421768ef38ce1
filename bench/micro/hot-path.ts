/** What is timed. */
export interface HotPath {
  readonly name: string;
  /** Operations that one call does: the figure is per operation. */
  readonly operations: number;
  readonly run: () => void | Promise<void>;
}
