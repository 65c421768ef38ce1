/** One version of a text, with its tokens, comments, findings and placements; each is computed on first use. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { Diagnostics } from '../language/diagnostics.js';
import { lex, type Token } from '../language/lexer.js';
import { type Analysis, analyse } from '../passes/compile.js';
import { type Comment, commentsOf } from './comments.js';
import type { ProgramPlacement, TrialSwitch } from './placements.js';
import { type Block, type Place, type Structure, structureOf, TOP_LEVEL } from './structure.js';
import { TextLines, type TextRange, touches } from './text-lines.js';

/** UTF-16 units. A longer text gets one finding and no other answers. */
export const MAX_TEXT_LENGTH = 4 * 2 ** 20;

/** A text under edit, with answers to the questions of an editor. */
export class ServiceDocument {
  readonly isTooLarge: boolean;
  private known: Partial<Known> = {};

  constructor(
    readonly text: string,
    readonly dataPlane: DataPlane,
    private readonly trialSwitch: TrialSwitch,
  ) {
    this.isTooLarge = text.length > MAX_TEXT_LENGTH;
  }

  get lines(): TextLines {
    this.known.lines ??= new TextLines(this.text);
    return this.known.lines;
  }

  get structure(): Structure {
    this.known.structure ??= structureOf(lex(this.readText, new Diagnostics()));
    return this.known.structure;
  }

  get comments(): readonly Comment[] {
    this.known.comments ??= commentsOf(this.readText, this.structure.tokens);
    return this.known.comments;
  }

  /** Findings and checked programs. */
  get analysis(): Analysis {
    this.known.analysis ??= analyse(this.readText, this.dataPlane);
    return this.known.analysis;
  }

  /** Of a text without errors; empty for others, for very long texts, and with a slow allocator. */
  get placements(): readonly ProgramPlacement[] {
    const { hasErrors, programs, sourceHash } = this.analysis;
    this.known.placements ??= hasErrors ? [] : this.trialSwitch.place(programs, sourceHash);
    return this.known.placements;
  }

  /** The name, field or integer that contains or touches this offset, and its place. */
  wordAt(offset: number): { readonly token: Token; readonly place: Place } | undefined {
    const { tokens, places } = this.structure;
    for (const at of [this.tokenFrom(offset), this.tokenFrom(offset) - 1]) {
      const token = tokens[at];
      const place = places[at];
      if (token === undefined || place === undefined || !touches(token.span, offset)) continue;
      if (token.kind !== 'punctuation' && token.kind !== 'end') return { token, place };
    }
    return undefined;
  }

  /** The place after the last token before this offset. */
  placeAt(offset: number): Place {
    return this.structure.behind[this.tokenFrom(offset) - 1] ?? TOP_LEVEL;
  }

  /** The program whose head or body contains an offset. */
  programAt(offset: number): Block | undefined {
    const { programs } = this.structure;
    return programs.find((program, i) => touches(this.rangeOf(program, programs[i + 1]), offset));
  }

  /**
   * From the first word of a program or case to its closing brace.
   * @param next the next block, used if the brace is missing
   */
  rangeOf({ head, close, headEnd }: Block, next?: Block): TextRange {
    return { start: head.start, end: close?.end ?? next?.head.start ?? Math.max(headEnd, this.readText.length) };
  }

  /** The index of the first token that begins at this offset or later; at least the `end` token does. */
  tokenFrom(offset: number): number {
    const { tokens } = this.structure;
    let low = 0;
    let high = tokens.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tokens[middle]?.span.start ?? offset) >= offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private get readText(): string {
    return this.isTooLarge ? '' : this.text;
  }
}

interface Known {
  lines: TextLines;
  structure: Structure;
  comments: readonly Comment[];
  analysis: Analysis;
  placements: readonly ProgramPlacement[];
}
