/** Completion items that are templates: annotations, programs, statements, cases. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { PRIMITIVES, type PrimitiveRow } from '../language/primitives.js';
import type { CompletionItem } from './completion-item.js';
import type { ServiceDocument } from './document.js';
import type { Place } from './structure.js';
import type { TextRange } from './text-lines.js';

const snippet = (label: string, detail: string, insert: string): CompletionItem => ({
  label,
  kind: 'snippet',
  detail,
  insert,
  isSnippet: true,
});

const programItem = snippet(
  'program',
  'a program with its filter',
  `program \${1:name}(<\${2:hdr.ipv4.dst}, \${3:0}, \${4:0xffffffff}>) {\n    $0\n}\n`,
);

/** After `@`. */
export const memoryItem: CompletionItem = snippet(
  'memory',
  'a memory: its name and its number of buckets',
  `\${1:name} \${2:256}`,
);

/** A program; before the first program also a memory. @param range the word that the item replaces */
export function topLevelItems({ structure }: ServiceDocument, { start }: TextRange): CompletionItem[] {
  const isBehindProgram = structure.programs.some(({ head }) => head.start < start);
  return isBehindProgram
    ? [programItem]
    : [programItem, { ...memoryItem, label: '@', insert: `@${memoryItem.insert}` }];
}

const MIN_SHOWN_MEMORY = 16;

/** Powers of two, to the largest memory of an RPB. */
export function memorySizeItems({ rpbs }: DataPlane): CompletionItem[] {
  const largest = Math.max(...rpbs.map(({ buckets }) => buckets));
  const items: CompletionItem[] = [];
  for (let buckets = MIN_SHOWN_MEMORY; buckets <= largest; buckets *= 2) {
    items.push({ label: String(buckets), kind: 'value', detail: 'buckets', insert: String(buckets), isSnippet: false });
  }
  return items;
}

/** A complete match; none after an angle bracket. */
export function matchItem(
  { text }: ServiceDocument,
  { of }: Place & { kind: 'matches' },
  range: TextRange,
): CompletionItem[] {
  if (text[range.start - 1] === '<') return [];
  return of === 'program'
    ? [snippet('<field, value, mask>', 'a filter on a field', `<\${1:hdr.ipv4.dst}, \${2:0}, \${3:0xffffffff}>`)]
    : [snippet('<register, value, mask>', 'a condition on a register', `<\${1:har}, \${2:0}, \${3:0xffffffff}>`)];
}

export const caseItem: CompletionItem = snippet(
  'case',
  'a case of the BRANCH',
  `case(<\${1:har}, \${2:0}, \${3:0xffffffff}>) {\n    $0\n}`,
);

const branchItem: CompletionItem = snippet(
  'BRANCH',
  'cases on registers; what follows runs where none of them matches',
  `BRANCH:\n    case(<\${1:har}, \${2:0}, \${3:0xffffffff}>) {\n        $0\n    };`,
);

const primitiveItem = (row: PrimitiveRow): CompletionItem => {
  const places = row.arguments.map((kind, i) => `\${${i + 1}:${kind}}`).join(', ');
  return {
    label: row.name,
    kind: 'primitive',
    detail: row.summary,
    insert: places === '' ? `${row.name};` : `${row.name}(${places});`,
    isSnippet: places !== '',
  };
};

/** All primitives, and BRANCH. */
export const statementItems = (): CompletionItem[] => [...[...PRIMITIVES.values()].map(primitiveItem), branchItem];
