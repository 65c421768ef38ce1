/** The width of text for people, in columns. */

const MIN_WIDTH = 80;
/** Where the output is no terminal. */
const DEFAULT_WIDTH = 100;
const MAX_WIDTH = 120;

/** The width of a terminal, from 80 to 120 columns; 100 for a stream that is none. */
export const textWidth = ({ columns }: Pick<NodeJS.WriteStream, 'columns'>): number =>
  Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns ?? DEFAULT_WIDTH));

/** The width of help, from 80 to 100 columns: longer lines of prose are hard to read. */
export const helpWidth = (stream: Pick<NodeJS.WriteStream, 'columns'>): number =>
  Math.min(DEFAULT_WIDTH, textWidth(stream));
