/** The articles about primitives. What they cost and where they lie is computed; notes say what no row of a table says. */

import { counted } from '../data-plane/counting.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import { HASHED_LISTS, hashedWords } from '../language/hashed-fields.js';
import type { PrimitiveName, RegisterUse } from '../language/primitives.js';
import { type Article, type Fact, factsOf } from './article.js';
import { groupedByText, placesText } from './places.js';
import {
  costOf,
  type PrimitiveUse,
  type PrimitiveVariant,
  primitiveUses,
  type StepUse,
  signatureOf,
} from './primitive-use.js';

const HASHED = 'h is the CRC-16 of the RPB in which the step lies. Each RPB has a hash unit of its own; see hash.';
const HALF = 'Bits 16 to 31 keep their value.';
const FIELD_LISTS = `The fields are one of ${HASHED_LISTS.map((name) => `(${hashedWords(name).join(', ')})`).join(', ')}: addresses of IPv4, or of IPv6 folded to the XOR of their words; ports; protocol. They are hashed in that order, most significant byte first; what the packet lacks is 0. The last list gives the same as HASH_5_TUPLE.`;
const BOUNDED = 'mar is then an address within the memory.';
const ACCESS =
  'm[mar] is the word of the memory at the address in mar, which must be known to lie within the memory; see address.';
const ZERO = 'A BRANCH case with <REGISTER, 0, 0xffffffff> then tells them apart.';
const LAST_WINS = 'The last of FORWARD, RETURN, REPORT and MULTICAST on a path wins; DROP wins over all of them.';

const NONE_FREE = 'no register free';

/** What the summary of a primitive leaves out. */
const NOTES: Partial<Record<PrimitiveName, readonly string[]>> = {
  EXTRACT: ['It reads 0 if the packet lacks the header. A field of more than 32 bits fits no register and is refused.'],
  MODIFY: ['It does nothing if the packet lacks the header. Checksums: see checksum.'],
  HASH_5_TUPLE: [
    'The 5-tuple is source and destination address, source and destination port, and protocol: addresses of IPv4, or of IPv6 folded to the XOR of their words where the data plane parses it; what the packet lacks is 0.',
    HALF,
    HASHED,
  ],
  HASH: [HALF, HASHED],
  HASH_5_TUPLE_MEM: [BOUNDED, HASHED],
  HASH_FIELDS: [FIELD_LISTS, HALF, HASHED],
  HASH_FIELDS_MEM: [FIELD_LISTS, BOUNDED, HASHED],
  HASH_MEM: [BOUNDED, HASHED],
  MEMADD: [ACCESS],
  MEMSUB: [ACCESS],
  MEMAND: [ACCESS],
  MEMOR: [ACCESS, 'sar gets the value before the change.'],
  MEMREAD: [ACCESS],
  MEMWRITE: [ACCESS, 'sar keeps its value.'],
  MEMMAX: [ACCESS],
  MEMCAS: [
    'm is the pair at the address in mar, which must be known to lie within the memory; see address. A free pair, or that of the key in har, gets the key and adds sar to its sum, modulo 2^32, and har = 0 says so; another one keeps its key and sum, and har = its key. sar gets the sum in both cases.',
    'The memory is declared by @pair.',
  ],
  FORWARD: [
    'The port is a front port: FORWARD to the recirculation port or the discard port is refused.',
    'Ports are switched between ingress and egress, so it lies in ingress.',
    LAST_WINS,
  ],
  DROP: [
    'The rest of the path runs: a dropped packet finishes its ingress or egress. The compiler moves DROP behind the accesses of memory of its path.',
    LAST_WINS,
  ],
  RETURN: ['Addresses of IPv6 are swapped where the data plane parses them.', LAST_WINS],
  REPORT: [LAST_WINS],
  RANDOM: [
    'Each statement of a packet draws a number of its own, of 32 bits, before the mask. RANDOM(mar, size - 1) bounds an address.',
    'The emulator computes it of the seed of the switch, the arrival number of the packet, the pass and the RPB: the same on any engine and number of workers.',
  ],
  MULTICAST: [
    'Behind the ingress of its last pass the packet is copied to each port of each node of the group, by node, then by port; each copy runs the egress with the replication id of its node in eg_intr_md.egress_rid. A packet to a group that is not there, or has no ports, is dropped.',
    'Memory is accessed in front of MULTICAST only; what stands behind it is the same for the packet and for its copies, but for eg_intr_md.egress_rid. A program that reads that takes one pass.',
    LAST_WINS,
  ],
  NOP: ['It brings what follows one step deeper.'],
  EQUAL: [ZERO],
  SGT: [ZERO],
  SLT: [ZERO],
};

/** What holds of all primitives with an action, by the beginning of its name. */
const NOTES_BY_ACTION: readonly (readonly [action: RegExp, note: string])[] = [
  [/^(add_|salu_add_sub)/, 'Sums are modulo 2^32.'],
  [/^(max_|min_|salu_max)/, 'The comparison is unsigned.'],
];

function notesOf({ row, variants }: PrimitiveUse): readonly string[] {
  const actions = variants.flatMap(({ steps }) => steps.flatMap(({ action = '' }) => action));
  const shared = NOTES_BY_ACTION.filter(([pattern]) => actions.some((action) => pattern.test(action)));
  return [...shared.map(([, note]) => note), ...(NOTES[row.name] ?? [])];
}

/** One for each primitive but BRANCH, in the order of the language. */
export const primitiveArticles = (dataPlane: DataPlane): readonly Article[] =>
  primitiveUses(dataPlane).map((use) => primitiveArticle(use, dataPlane));

export function primitiveArticle(use: PrimitiveUse, dataPlane: DataPlane): Article {
  const { row, variants } = use;
  const [first] = variants;
  return {
    kind: 'primitive',
    title: row.name,
    signature: signatureOf(row),
    meaning: [`${row.summary}.`, ...notesOf(use)].join(' '),
    facts: [
      ...factsOf(
        ['reads', registersText(row, row.reads)],
        ['sets', [registersText(row, row.writes), halves(row.changes)].filter((text) => text !== '').join(', ')],
      ),
      ...(first === undefined ? [] : [...expansionFacts(first), ['takes', costText(use)] satisfies Fact]),
      ...placeFacts(use, dataPlane),
    ],
    ...(first === undefined ? {} : { example: `${first.statement};` }),
  };
}

/** `first, second`, `register`, `mar, sar`: as in the signature. */
function registersText(row: PrimitiveUse['row'], uses: readonly RegisterUse[]): string {
  const isOnly = row.arguments.filter((kind) => kind === 'register').length === 1;
  return uses.map((use) => (use === 'first' && isOnly ? 'register' : use)).join(', ');
}

const halves = (uses: readonly RegisterUse[]): string => uses.map((use) => `${use} (bits 0 to 15)`).join(', ');

/** What it becomes, where that is not the statement itself. */
function expansionFacts({ statement, steps, savingSteps }: PrimitiveVariant): readonly Fact[] {
  const saves = savingSteps !== undefined && savingSteps.length > steps.length;
  return factsOf(
    ['becomes', steps.length > 1 || steps[0]?.text !== statement ? stepsText(steps) : undefined],
    [NONE_FREE, saves ? stepsText(savingSteps) : undefined],
  );
}

const stepsText = (steps: readonly StepUse[]): string => steps.map(({ text }) => text).join(', ');

/** `2 entries in 2 RPBs; 4 entries in 4 RPBs if no register is free`; by operands, where they differ. */
function costText({ variants }: PrimitiveUse): string {
  const groups = groupedByText(variants, ({ steps, savingSteps }) => {
    const cost = costOf(steps);
    const saving = savingSteps === undefined ? cost : costOf(savingSteps);
    return saving === cost ? entriesText(cost) : `${entriesText(cost)}; ${entriesText(saving)} if no register is free`;
  });
  return groups.map(([text, members]) => (groups.length === 1 ? text : `${text}: ${operandsText(members)}`)).join('; ');
}

/** Steps, each of which takes one entry and one RPB: `2`, `2 or 4`; by operands, where they differ. */
export function stepCountText({ variants }: PrimitiveUse): string {
  const groups = groupedByText(variants, ({ steps, savingSteps }) =>
    [...new Set([steps, savingSteps ?? steps].map((each) => String(costOf(each))))].join(' or '),
  );
  return groups.map(([text, members]) => (groups.length === 1 ? text : `${text}: ${operandsText(members)}`)).join('; ');
}

const entriesText = (cost: number): string =>
  cost === 0 ? 'no entry and no RPB' : `${counted(cost, 'entry')} in ${counted(cost, 'RPB')}`;

/** `hdr.l5.op (har, sar), hdr.l5.key1 (sar)`, or registers alone. */
function operandsText(variants: readonly PrimitiveVariant[]): string {
  if (variants.some(({ hashed }) => hashed !== undefined)) {
    return variants.map(({ hashed }) => `(${hashed === undefined ? '' : hashedWords(hashed).join(', ')})`).join(' ');
  }
  const byField = groupedByText(variants, ({ field }) => (field === undefined ? '' : field.name));
  return byField
    .map(([field, members]) => {
      const registers = members.map((variant) => variant.registers.join(' and ')).join(', ');
      return field === '' ? registers : `${field} (${registers})`;
    })
    .join(', ');
}

/** In which RPBs its steps can lie: of each group of operands that differ in it. */
function placeFacts({ row, variants }: PrimitiveUse, dataPlane: DataPlane): readonly Fact[] {
  if (variants.length === 0) return [['lies in', `no RPB of data plane ${dataPlane.name}`]];
  if (variants.every(({ steps }) => costOf(steps) === 0)) return [];
  const groups = groupedByText(variants, ({ steps }) => stepPlacesText(steps, dataPlane));
  const isSplit = groups.length > 1 || row.arguments.includes('field') || row.arguments.includes('fields');
  return [
    ...groups.map(([text, members]): Fact => ['lies in', isSplit ? `${text}: ${operandsText(members)}` : text]),
    ...savingFacts(variants, dataPlane),
  ];
}

/** In which RPBs the steps can lie, in one text; what depends on the field is left to the table of fields. */
export function placesTextOf({ row, variants }: PrimitiveUse, dataPlane: DataPlane): string {
  if (variants.length === 0) return 'no RPB';
  if (row.arguments.includes('field')) return 'as the field: p4runpro fields';
  if (variants.every(({ steps }) => costOf(steps) === 0)) return '-';
  const groups = groupedByText(variants, ({ steps }) => stepPlacesText(steps, dataPlane));
  const isWhole = groups.length === 1 && !row.arguments.includes('fields');
  return groups.map(([text, members]) => (isWhole ? text : `${text}: ${operandsText(members)}`)).join('; ');
}

/** Where registers are saved and restored, for primitives that take one. */
function savingFacts(variants: readonly PrimitiveVariant[], dataPlane: DataPlane): readonly Fact[] {
  if (variants.some(({ savingSteps }) => savingSteps === undefined)) {
    return [[NONE_FREE, `no place: data plane ${dataPlane.name} has no actions that save registers`]];
  }
  const saving = variants.find(({ steps, savingSteps = [] }) => savingSteps.length > steps.length);
  if (saving?.savingSteps === undefined) return [];
  const own = new Set(saving.steps.map(({ action }) => action));
  const added = saving.savingSteps.filter(({ action }) => !own.has(action));
  return [['saving lies in', stepPlacesText(added, dataPlane)]];
}

/** `every RPB`; where steps differ, `LOADI in RPBs 1-6 of ingress, ADD in every RPB`. */
function stepPlacesText(steps: readonly StepUse[], dataPlane: DataPlane): string {
  const groups = groupedByText(
    steps.filter(({ action }) => action !== undefined),
    ({ rpbs }) => placesText(rpbs, dataPlane),
  );
  const [only] = groups;
  if (groups.length === 1) return must(only, 'group of steps')[0];
  return groups
    .map(([text, members]) => {
      const verbs = new Set(members.map((step) => must(step.text.split('(')[0], 'verb of a step')));
      return `${[...verbs].join(' and ')} in ${text}`;
    })
    .join('; ');
}
