/** Folding ranges: bodies, and comments of several lines. */
import { must } from '../data-plane/must.js';
import type { ServiceDocument } from './document.js';

/** Lines from 0. The line of a closing brace is not part of the range. */
export interface FoldingRange {
  readonly kind: 'body' | 'comment';
  readonly startLine: number;
  readonly endLine: number;
}

/** In the order of the text. */
export function foldingRanges(document: ServiceDocument): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const waiting = [...document.structure.programs];
  while (waiting.length > 0) {
    const { open, close, inner } = must(waiting.pop(), 'program or case');
    waiting.push(...inner);
    if (open === undefined || close === undefined) continue;
    const startLine = open.line - 1;
    const endLine = close.line - 2;
    if (endLine > startLine) ranges.push({ kind: 'body', startLine, endLine });
  }
  return [...ranges, ...commentRanges(document)].sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

/** Block comments, and consecutive line comments. */
function commentRanges({ text, lines, comments }: ServiceDocument): FoldingRange[] {
  const found: FoldingRange[] = [];
  for (const { start, end, kind } of comments) {
    const startLine = lines.lineAt(start);
    const endLine = lines.lineAt(Math.max(start, end - 1));
    const last = found.at(-1);
    const isAlone = text.slice(lines.startOf(startLine), start).trim() === '';
    if (kind === 'line' && isAlone && last?.endLine === startLine - 1) found[found.length - 1] = { ...last, endLine };
    else if (isAlone || kind === 'block') found.push({ kind: 'comment', startLine, endLine });
  }
  return found.filter(({ startLine, endLine }) => endLine > startLine);
}
