/** The articles about keywords and registers. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import { REGISTERS } from '../data-plane/description.js';
import { PRIMITIVES, type PrimitiveRow, type RegisterUse } from '../language/primitives.js';
import { type Article, factsOf } from './article.js';
import { fieldUses } from './field-use.js';
import { placesText, rpbNumbersWith } from './places.js';

const paragraphs = (...texts: readonly string[]): string => texts.join('\n\n');

/** In the order of a program. */
export const keywordArticles = (dataPlane: DataPlane): readonly Article[] => [
  {
    kind: 'keyword',
    title: '@',
    signature: '@NAME BUCKETS, @pair NAME BUCKETS',
    meaning: paragraphs(
      'An annotation before the first program asks for a memory: a name, and a number of buckets of 32 bits.',
      'With pair a bucket is a pair of such words, m.lo and m.hi, for MEMCAS; the other primitives of memory take words alone. It lies in an RPB whose array is of pairs.',
      'A memory belongs to the one program of the file that uses it. All its words are 0 when the program is deployed.',
    ),
    facts: factsOf(
      ['buckets', `a power of two ${sizes(dataPlane, 1)}`],
      ['pairs', hasPairs(dataPlane) ? `a power of two ${sizes(dataPlane, 2)}` : undefined],
      ['lies in', 'one RPB; consecutive buckets, at any base'],
      ['see', 'memory, address'],
    ),
    example: '@counts 256',
  },
  {
    kind: 'keyword',
    title: 'program',
    signature: 'program NAME(FILTER, …) { STATEMENTS }',
    meaning: paragraphs(
      'What runs for the packets that all its filters match. A file holds one program or more, each with a name of its own; each is deployed and revoked alone.',
      'A packet runs at most one program.',
    ),
    facts: factsOf(['see', 'filter, priority, forwarding']),
    example: 'program count(<hdr.ipv4.dst, 10.0.0.0, 0xff000000>) { FORWARD(2); }',
  },
  {
    kind: 'keyword',
    title: 'BRANCH',
    signature: 'BRANCH: case(<REGISTER, VALUE, MASK>, …) { STATEMENTS } … ;',
    meaning: paragraphs(
      'Compares the registers with its cases in their order. The first case of which all conditions hold is taken, and its statements are all that runs from there on.',
      'There is no join: what follows the BRANCH statement runs only for packets that no case matched. What all packets have to do stands before the BRANCH, or in every case and behind it.',
      'One semicolon ends the statement, behind the last case; there is none between cases.',
    ),
    facts: factsOf(
      ['reads', 'the registers of its conditions'],
      ['takes', 'an entry for each case in 1 RPB; a case whose body is one step may do that step there'],
      ['lies in', placesText(rpbNumbersWith('set_branch_id', dataPlane), dataPlane)],
      [
        'cases',
        `they nest; a program has at most ${(2 ** dataPlane.description.state.branchIdBits).toLocaleString('en-US')} different paths`,
      ],
      ['see', 'case'],
    ),
    example: 'BRANCH:\ncase(<har, 1, 0xffffffff>) { FORWARD(1); }\ncase(<har, 0, 0>) { DROP; };',
  },
  {
    kind: 'keyword',
    title: 'case',
    signature: 'case(<REGISTER, VALUE, MASK>, …) { STATEMENTS }',
    meaning: paragraphs(
      'A way of a BRANCH: it is taken if REGISTER & MASK = VALUE & MASK holds for all its conditions and for no case before it.',
      'A register has at most one condition in a case. A mask of 0 matches every value, so such a case behind the others is what "else" is elsewhere. The body may be empty: the packet then does nothing more.',
    ),
    facts: factsOf(['see', 'BRANCH']),
    example: 'case(<sar, 0x20000, 0x20000>) { DROP; }',
  },
];

const hasPairs = ({ rpbs }: DataPlane): boolean => rpbs.some(({ words }) => words === 2);

/** How large a memory can be: the largest array of its kind of some RPB. */
const sizes = ({ rpbs }: DataPlane, words: 1 | 2): string => {
  const largest = Math.max(...rpbs.flatMap((rpb) => (rpb.words === words ? [rpb.buckets] : [])));
  return `from 1 to ${largest.toLocaleString('en-US')}`;
};

const REGISTER_WORDS: Readonly<Record<Register, string>> = {
  har: 'The hash register: what HASH reads and what hashes go to.',
  sar: 'The register of the stateful ALU: the operand and the result of accesses of memory.',
  mar: 'The memory address register: the bucket that an access of memory takes.',
};

export const registerArticles = (dataPlane: DataPlane): readonly Article[] =>
  REGISTERS.map((register) => registerArticle(register, dataPlane));

function registerArticle(register: Register, dataPlane: DataPlane): Article {
  const fields = fieldUses(dataPlane);
  const namesOf = (kind: 'extract' | 'modify'): string =>
    fields
      .filter((use) => use[kind].some((move) => move.register === register))
      .map(({ field }) => field.name)
      .join(', ') || 'none';
  return {
    kind: 'register',
    title: register,
    meaning: `${REGISTER_WORDS[register]} It has 32 bits, is 0 when a packet comes in, keeps its value when the packet recirculates, and belongs to the packet alone.`,
    facts: factsOf(
      ['read by', primitivesWith(({ reads }) => reads, register)],
      ['set by', primitivesWith(({ writes, changes }) => [...writes, ...changes], register)],
      ['EXTRACT takes', namesOf('extract')],
      ['MODIFY writes', namesOf('modify')],
      ['also', 'an operand of LOADI, of arithmetic and of conditions of a case'],
    ),
  };
}

/** Primitives that use the register with all operands. */
const primitivesWith = (usesOf: (row: PrimitiveRow) => readonly RegisterUse[], register: Register): string =>
  [...PRIMITIVES.values()]
    .filter((row) => usesOf(row).includes(register))
    .map(({ name }) => name)
    .join(', ');
