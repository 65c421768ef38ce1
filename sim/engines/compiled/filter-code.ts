/**
 * Look-ups of filter tables as JavaScript made for the masks in use: the hash tables, which change with every entry,
 * are arguments of it.
 */

import { must } from '../../../compiler/data-plane/must.js';
import { readCode } from '../../blocks/field-code.js';
import { HASH_FACTOR, type MaskGroup, RECORD } from '../../blocks/mask-group.js';
import { SLOT, slotCode } from '../../blocks/packet-vector.js';
import type { FilterLookup, KeyWord, LookupMaker, VectorLookup, VectorTable } from '../../blocks/ternary-table.js';
import { namedFunction } from './named-function.js';

/** Maximum masks in generated code: with more it would be long, and most of the time goes to the probes. */
const MAX_GROUPS = 16;
/** Maximum number of look-ups that are kept for sets of masks that may recur. */
const MAX_KEPT = 256;

/** Keeps the look-ups it makes: as entries come and go, tables return to sets of masks that they had. */
export function compiledLookups(): LookupMaker {
  const packets = new KeptFunctions<FilterLookup>('lookUp', 'P, G');
  const vectors = new KeptFunctions<VectorLookup>('lookUpVector', 'V, G');
  return {
    forPackets: (words, groups) =>
      groups.length > MAX_GROUPS ? undefined : packets.of(packetLookupCode(words, groups)),
    forVectors: (tables) =>
      tables.some(({ order }) => order.length > MAX_GROUPS) ? undefined : vectors.of(vectorLookupCode(tables)),
  };
}

class KeptFunctions<Lookup> {
  private readonly known = new Map<string, Lookup>();

  constructor(
    private readonly name: string,
    private readonly parameters: string,
  ) {}

  of(body: string): Lookup {
    const { known } = this;
    const found = known.get(body) ?? (namedFunction(this.name, this.parameters, body) as Lookup);
    if (known.size >= MAX_KEPT) known.clear();
    known.set(body, found);
    return found;
  }
}

function packetLookupCode(words: readonly KeyWord[], groups: readonly MaskGroup[]): string {
  return [
    "'use strict';",
    'const D = P.view, H = P.headerStart;',
    ...groups.map(groupCode),
    'let found = 0; let priority = 0; let sequence = 0;',
    ...wantedWords(groups).map((i) => wordCode(i, words[i], (header) => `H[${header}]`, 'P.ingressPort')),
    'search: {',
    ...groups.map((group, i) => probeCode(group, i, i === 0)),
    '}',
    'return found === 0 ? 0 : found - 1 | 0;',
  ].join('\n');
}

function vectorLookupCode(tables: readonly VectorTable[]): string {
  const start = (header: number): string => `p + L[l + ${header} | 0] | 0`;
  let first = 0;
  const searches = tables.flatMap(({ requires, words, order }, t) => {
    const place = first;
    first += order.length;
    return [
      `table${t}: {`,
      `if ((${start(requires)}) < 0) break table${t};`,
      ...wantedWords(order).map((i) => wordCode(i, words[i], start, `ingressPort[${slotCode(SLOT.packet)}]`)),
      'search: {',
      ...order.map((group, i) => probeCode(group, place + i, i === 0)),
      '}',
      // A filter that gives program 0 ends the search of its table only.
      'if (found > 1) break tables;',
      'found = 0;',
      '}',
    ];
  });
  return [
    "'use strict';",
    'const D = V.view, L = V.headerStarts, W = V.slots;',
    'const { ingressPort } = V.batch;',
    ...tables.flatMap(({ order }) => order).map(groupCode),
    `for (let w = 0; w < V.count * ${SLOT.words}; w = w + ${SLOT.words} | 0) {`,
    `const l = ${slotCode(SLOT.layout)}, p = ${slotCode(SLOT.start)};`,
    'if (l < 0) continue;',
    'let found = 0; let priority = 0; let sequence = 0;',
    'tables: {',
    ...searches,
    '}',
    `${slotCode(SLOT.program)} = found === 0 ? 0 : found - 1 | 0;`,
    '}',
  ].join('\n');
}

const wantedWords = (groups: readonly MaskGroup[]): number[] => [
  ...new Set(groups.flatMap(({ active }) => [...active])),
];

function wordCode(i: number, word: KeyWord | undefined, start: (header: number) => string, port: string): string {
  if (word?.kind !== 'header') return `const w${i} = ${port} | 0;`;
  const { access } = word;
  return `const h${i} = ${start(access.header)}, w${i} = h${i} < 0 ? 0 : ${readCode(access, `h${i}`)};`;
}

const groupCode = (_group: MaskGroup, place: number): string =>
  `const best${place} = G[${place}].bestPriority, R${place} = G[${place}].records, last${place} = G[${place}].slotMask;`;

/** Replaces the best match so far by the same rule as {@link MaskGroup.lookup}. */
function probeCode({ active, masks, recordWords }: MaskGroup, place: number, isFirst: boolean): string {
  const count = active.length;
  const keys = Array.from(
    active,
    (word, j) => `const k${j} = w${word} & ${must(masks[j], `mask of word ${word}`) | 0};`,
  );
  const mixes = Array.from(active, (_, j) => `hash = Math.imul(hash ^ k${j}, ${HASH_FACTOR}); hash ^= hash >>> 15;`);
  const differs = Array.from(active, (_, j) => `(R[at + ${j} | 0] ^ k${j})`).join(' | ') || '0';
  return `{
${isFirst ? '' : `if (found !== 0 && best${place} > priority) break search;`}
const R = R${place}, last = last${place};
${keys.join('\n')}
let hash = 0;
${mixes.join('\n')}
for (let slot = hash & last;; slot = slot + 1 & last) {
const at = Math.imul(slot, ${recordWords}), mark = R[at + ${count + RECORD.mark} | 0] | 0;
if ((${differs}) !== 0) { if (mark === 0) break; continue; }
if (mark === 0) break;
const p = R[at + ${count + RECORD.priority} | 0], s = R[at + ${count + RECORD.sequence} | 0];
if (found === 0 || p < priority || p === priority && s < sequence) { found = mark; priority = p; sequence = s; }
}
}`;
}
