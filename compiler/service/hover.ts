/** Hover: meaning, cost and placement of the word at an offset. */

import { readable } from '../data-plane/bits.js';
import { counted } from '../data-plane/counting.js';
import { IPV6_BITS, ipv6Text, prefixMask, wordsOf } from '../data-plane/ipv6-text.js';
import { must } from '../data-plane/must.js';
import { type Prefix, prefixText } from '../language/integers.js';
import { articleOf } from '../reference/articles.js';
import { costText } from './code-lenses.js';
import { isInComment } from './comments.js';
import type { ServiceDocument } from './document.js';
import { placesText } from './inlay-hints.js';
import { declaredMemories, type NameUse, nameAt } from './names.js';
import type { ProgramPlacement } from './placements.js';
import type { TextRange } from './text-lines.js';

/** A description of a word; an empty line separates paragraphs of the meaning. */
export interface HoverArticle {
  readonly title: string;
  readonly signature?: string;
  readonly meaning: string;
  readonly facts: readonly (readonly [label: string, text: string])[];
}

export interface Hover extends HoverArticle {
  /** The word. */
  readonly range: TextRange;
}

/** Of a primitive, keyword, register, field, program, memory or number; undefined elsewhere. */
export function hoverAt(document: ServiceDocument, offset: number): Hover | undefined {
  if (isInComment(document.comments, document.text, offset)) return undefined;
  const word = document.wordAt(offset);
  if (word === undefined) return undefined;
  const { token } = word;
  const range = { start: token.span.start, end: token.span.end };
  const name = nameAt(document, offset);
  if (name !== undefined) return { ...nameArticle(document, name), range };
  if (token.kind === 'integer') {
    const { text, value, wide, prefix } = token;
    return { ...(wide === undefined ? numberArticle(text, value, prefix) : addressArticle(wide, prefix)), range };
  }
  const article = articleOf(token.text, document.dataPlane);
  if (article === undefined) return undefined;
  const facts = [...article.facts, ...placeFacts(document, range.start)];
  const { title, signature, meaning } = article;
  return { title, ...(signature === undefined ? {} : { signature }), meaning, facts, range };
}

type Facts = HoverArticle['facts'];

/** The placement of the statement that begins at an offset. */
function placeFacts({ placements }: ServiceDocument, start: number): Facts {
  return placements.flatMap((placement): Facts => {
    const places = placement.kind === 'placed' ? placement.statements.get(start) : undefined;
    if (placement.kind !== 'placed' || places === undefined) return [];
    return [['here in', placesText(places, placement.passes > 1)]];
  });
}

function nameArticle(document: ServiceDocument, { kind, name }: NameUse): HoverArticle {
  return kind === 'program' ? programArticle(document, name) : memoryArticle(document, name);
}

function programArticle({ placements }: ServiceDocument, name: string): HoverArticle {
  const placement = placements.find(({ program }) => program.name === name);
  const title = `program ${name}`;
  if (placement === undefined)
    return { title, meaning: 'A program; its cost is known once the text has no errors.', facts: [] };
  const { filterTable, memories } = placement.program;
  const facts: [string, string][] = [
    ['cost', costText(placement)],
    ['filter table', `${filterTable.path} (${filterTable.table})`],
  ];
  const words = memories.reduce((sum, { buckets }) => sum + buckets, 0);
  if (words > 0) facts.push(['memory', `${counted(words, 'word')} of 32 bits`]);
  return { title, meaning: 'A program.', facts };
}

const BYTES_OF_A_BUCKET = 4;

function memoryArticle(document: ServiceDocument, name: string): HoverArticle {
  const memory = declaredMemories(document).find((declared) => declared.name === name);
  const title = `memory ${name}`;
  if (memory === undefined) return { title, meaning: 'A memory that the text does not declare.', facts: [] };
  const { buckets } = memory;
  const facts: [string, string][] = [];
  if (buckets !== undefined)
    facts.push(['size', `${counted(buckets, 'bucket')}, ${counted(buckets * BYTES_OF_A_BUCKET, 'byte')}`]);
  for (const placement of document.placements) {
    if (!placement.program.memories.some((used) => used.name === name)) continue;
    facts.push(['used by', placement.program.name], ...blockFacts(placement, name));
  }
  return { title, meaning: 'A memory: an array of words of 32 bits, which are 0 when the program is deployed.', facts };
}

function blockFacts(placement: ProgramPlacement, name: string): [string, string][] {
  if (placement.kind !== 'placed') return [];
  const { rpb, base, buckets } = must(
    placement.memories.find((block) => block.name === name),
    `block of memory ${name}`,
  );
  return [['here in', `RPB ${rpb}, buckets ${base} to ${base + buckets - 1}`]];
}

/** An IPv6 address, or a prefix. */
function addressArticle(value: bigint, prefix: Prefix | undefined): HoverArticle {
  const words = wordsOf(value, IPV6_BITS).map((word) => `0x${word.toString(16)}`);
  return {
    title: prefix === undefined ? ipv6Text(value) : prefixText(value, prefix),
    meaning: `its words: ${words.join(', ')}`,
    facts: prefixFacts(prefix),
  };
}

/** The mask that a prefix length stands for. */
function prefixFacts(prefix: Prefix | undefined): Facts {
  if (prefix === undefined) return [];
  const mask = prefixMask(prefix.length, prefix.bits);
  return [['mask', prefix.bits === IPV6_BITS ? ipv6Text(mask) : `0x${mask.toString(16)}`]];
}

function numberArticle(text: string, value: number, prefix: Prefix | undefined): HoverArticle {
  if (prefix !== undefined) {
    return { title: prefixText(BigInt(value), prefix), meaning: `0x${value.toString(16)}`, facts: prefixFacts(prefix) };
  }
  const forms = [String(value), `0x${value.toString(16)}`, `0b${value.toString(2)}`, ...quadOf(value)];
  const title = forms.includes(text) ? text : readable(value);
  return { title, meaning: forms.filter((form) => form !== text).join(' = '), facts: [] };
}

const LARGEST_QUAD = 0xffffffff;

/** Values above two bytes as a dotted quad. */
const quadOf = (value: number): string[] =>
  value > 0xffff && value <= LARGEST_QUAD ? [[24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.')] : [];

/** A hover or article as Markdown. */
export function articleMarkdown({ title, signature, meaning, facts }: HoverArticle): string {
  const lines = [`### ${escaped(title)}`];
  if (signature !== undefined) lines.push(`\`\`\`p4runpro\n${signature}\n\`\`\``);
  lines.push(...meaning.split('\n\n').map(escaped));
  if (facts.length > 0) lines.push(facts.map(([label, text]) => `- ${escaped(label)}: ${escaped(text)}`).join('\n'));
  return lines.join('\n\n');
}

/** Text with Markdown characters escaped. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>#|~&]/g, '\\$&');

/** A hover or article as plain text. */
export function articlePlainText({ title, signature, meaning, facts }: HoverArticle): string {
  const head = signature === undefined ? title : signature;
  const lines = facts.map(([label, text]) => `${label}: ${text}`);
  return [head, meaning, ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n');
}
