/** Offsets of a text and its lines and columns: both count UTF-16 units, as editors do. */
import { must } from '../data-plane/must.js';

/** Line and column from 0. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** A range of text: offsets in UTF-16 units, the end is exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The replacement of a range. */
export interface TextEdit extends TextRange {
  readonly newText: string;
}

/** The lines of a text; they end with CR LF, LF or CR, as in the lexer. */
export class TextLines {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    for (const lineEnd of text.matchAll(/\r\n|\n|\r/g)) this.starts.push(lineEnd.index + lineEnd[0].length);
  }

  get count(): number {
    return this.starts.length;
  }

  /** The line of an offset, from 0; offsets outside the text are clamped. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (must(this.starts[middle], 'start of a line') <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The start offset of a line; lines outside the text are clamped. */
  startOf(line: number): number {
    if (line < 0) return 0;
    return this.starts[line] ?? this.text.length;
  }

  /** The end offset of a line, before its line break. */
  endOf(line: number): number {
    const next = this.starts[line + 1];
    if (next === undefined) return this.text.length;
    return next - (this.text.startsWith('\r\n', next - 2) ? 2 : 1);
  }

  positionAt(offset: number): TextPosition {
    const inside = Math.min(Math.max(offset, 0), this.text.length);
    const line = this.lineAt(inside);
    return { line, column: inside - this.startOf(line) };
  }

  /** The offset of a position; lines and columns outside the text are clamped. */
  offsetAt({ line, column }: TextPosition): number {
    if (line < 0) return 0;
    if (line >= this.count) return this.text.length;
    return Math.min(this.startOf(line) + Math.max(column, 0), Math.max(this.endOf(line), this.startOf(line)));
  }
}

/** Whether an offset lies in a range or at one of its ends. */
export const touches = ({ start, end }: TextRange, offset: number): boolean => start <= offset && offset <= end;

/** The text after edits, which must not overlap. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, newText } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}
