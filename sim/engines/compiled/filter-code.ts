/**
 * Look-ups of filter tables as JavaScript made for the masks in use: the hash tables, which change with every entry,
 * are arguments of it.
 */

import { must } from '../../../compiler/data-plane/must.js';
import { readCode } from '../../blocks/field-code.js';
import { type MaskGroup, mix, RECORD } from '../../blocks/mask-group.js';
import type { FilterLookup, KeyWord, LookupMaker } from '../../blocks/ternary-table.js';

/** Maximum masks in generated code: with more it would be long, and most of the time goes to the probes. */
const MAX_GROUPS = 16;
/** Maximum number of look-ups that are kept for sets of masks that may recur. */
const MAX_KEPT = 256;

/** Keeps the look-ups it makes: as entries come and go, tables return to sets of masks that they had. */
export function compiledLookups(): LookupMaker {
  const known = new Map<string, FilterLookup>();
  return (words, groups) => {
    if (groups.length > MAX_GROUPS) return undefined;
    const body = lookupCode(words, groups);
    const found =
      known.get(body) ?? (new Function('mix', `return function lookup(P, G) {\n${body}\n};`)(mix) as FilterLookup);
    if (known.size >= MAX_KEPT) known.clear();
    known.set(body, found);
    return found;
  };
}

function lookupCode(words: readonly KeyWord[], groups: readonly MaskGroup[]): string {
  const wanted = [...new Set(groups.flatMap(({ active }) => [...active]))];
  return [
    "'use strict';",
    'const D = P.view, H = P.headerStart;',
    'let program = 0, priority = Infinity, sequence = 0;',
    ...wanted.map((i) => wordCode(i, words[i])),
    ...groups.map(groupCode),
    'return program;',
  ].join('\n');
}

function wordCode(i: number, word: KeyWord | undefined): string {
  if (word?.kind !== 'header') return `const w${i} = P.ingressPort;`;
  const { access } = word;
  return `const h${i} = H[${access.header}], w${i} = h${i} < 0 ? 0 : ${readCode(access, `h${i}`)};`;
}

/** Replaces the best match so far by the same rule as {@link MaskGroup.lookup}. */
function groupCode({ active, masks, recordWords }: MaskGroup, place: number): string {
  const count = active.length;
  const keys = Array.from(
    active,
    (word, j) => `const k${j} = w${word} & ${must(masks[j], `mask of word ${word}`) | 0};`,
  );
  const hash = Array.from(active).reduce((text, _, j) => `mix(${text}, k${j})`, '0');
  const differs = Array.from(active, (_, j) => `(R[at + ${j}] ^ k${j})`).join(' | ') || '0';
  return `{
const g = G[${place}];
if (g.bestPriority > priority) return program;
const R = g.records, last = g.slotMask;
${keys.join('\n')}
for (let slot = ${hash} & last;; slot = slot + 1 & last) {
const at = slot * ${recordWords}, mark = R[at + ${count + RECORD.mark}];
if (mark === 0) break;
if ((${differs}) !== 0) continue;
const p = R[at + ${count + RECORD.priority}], s = R[at + ${count + RECORD.sequence}];
if (p < priority || p === priority && s < sequence) { program = mark - 1; priority = p; sequence = s; }
}
}`;
}
