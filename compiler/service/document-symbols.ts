/** The outline of a text: memories, programs, and their cases. */
import { counted } from '../data-plane/counting.js';
import type { ServiceDocument } from './document.js';
import { declaredMemories } from './names.js';
import type { Block } from './structure.js';
import type { TextRange } from './text-lines.js';

export interface DocumentSymbol {
  readonly kind: 'memory' | 'program' | 'case';
  readonly name: string;
  /** `256 buckets` of a memory. */
  readonly detail: string;
  readonly range: TextRange;
  /** The name, within `range`. */
  readonly nameRange: TextRange;
  readonly inner: readonly DocumentSymbol[];
}

/** Deeper cases are left out; the parser rejects them. */
const MAX_NESTING = 200;
const MAX_CASE_LETTERS = 60;

/** In the order of the text. */
export function documentSymbols(document: ServiceDocument): DocumentSymbol[] {
  const memories = declaredMemories(document).map(({ name, range, buckets }): DocumentSymbol => {
    const detail = buckets === undefined ? '' : counted(buckets, 'bucket');
    return { kind: 'memory', name, detail, range, nameRange: range, inner: [] };
  });
  const { programs } = document.structure;
  const blocks = programs.map((program, i) => programSymbol(program, programs[i + 1], document));
  return [...memories, ...blocks].sort((a, b) => a.range.start - b.range.start);
}

function programSymbol(program: Block, next: Block | undefined, document: ServiceDocument): DocumentSymbol {
  const named = program.name ?? { text: 'program', span: program.head };
  const range = document.rangeOf(program, next);
  return {
    kind: 'program',
    name: named.text,
    detail: '',
    range,
    nameRange: { start: named.span.start, end: named.span.end },
    inner: caseSymbols(program, range.end, document, MAX_NESTING),
  };
}

/** @param levels maximum depth of nested cases */
function caseSymbols({ inner }: Block, end: number, document: ServiceDocument, levels: number): DocumentSymbol[] {
  if (levels === 0) return [];
  return inner.map((block, i): DocumentSymbol => {
    const start = block.head.start;
    const range = { start, end: block.close?.end ?? inner[i + 1]?.head.start ?? end };
    const name = document.text.slice(start, Math.min(block.headEnd, range.end)).replaceAll(/\s+/g, ' ');
    return {
      kind: 'case',
      name: name.length <= MAX_CASE_LETTERS ? name : `${name.slice(0, MAX_CASE_LETTERS - 1)}…`,
      detail: '',
      range,
      nameRange: { start, end: Math.min(block.headEnd, range.end) },
      inner: caseSymbols(block, range.end, document, levels - 1),
    };
  });
}
