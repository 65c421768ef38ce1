/** The reference of the language as Markdown, made from the articles: docs/LANGUAGE.md. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import { DIAGNOSTIC_CODES } from '../language/diagnostics.js';
import { PRIMITIVES } from '../language/primitives.js';
import { articleOf } from './articles.js';
import { fieldMeaning, headerArticles } from './field-articles.js';
import { type FieldMove, type FieldUse, fieldUse } from './field-use.js';
import { exampleFindings, findingArticle, isFindingCode } from './finding-articles.js';
import { GRAMMAR } from './grammar.js';
import { anchorOf, bold, code, escaped, fenced, markdownTable, paragraphs } from './markdown.js';
import { groupedByText, placesText } from './places.js';
import { placesTextOf, stepCountText } from './primitive-articles.js';
import { primitiveUse, signatureOf } from './primitive-use.js';
import { type SharedArticle, type SharedFact, sharedArticle } from './shared-article.js';

/** A program that has most of what the language has. */
export const EXAMPLE_PROGRAM = `// Counts the packets of each flow to 10.0.0.0/8, and drops a flow behind its thousandth packet.
@counts 4096

program limit(<hdr.ipv4.dst, 10.0.0.0, 0xff000000>) {
    HASH_5_TUPLE_MEM(counts);   // mar = a bucket of counts
    LOADI(sar, 1);
    MEMADD(counts);             // counts[mar] += 1; sar = counts[mar]
    LOADI(har, 1000);
    MIN(har, sar);              // har = min(1000, sar)
    BRANCH:
    case(<har, 1000, 0xffffffff>) { DROP; };
    FORWARD(2);                 // only where no case matched
}
`;

const INTRODUCTION = `# The P4runpro language

Made from the compiler's own tables; do not edit (\`UPDATE_GOLDENS=1\` writes it anew). A first program, step by step:
[TUTORIAL.md](TUTORIAL.md). What an RPB can do in one step: [ACTIONS.md](ACTIONS.md). Words of the project:
[GLOSSARY.md](GLOSSARY.md). \`p4runpro help WORD\` says the same of one word, \`p4runpro fields\` and \`p4runpro primitives\`
print the tables, each for any data plane (\`--dataplane\`).

A program says what a switch does with the packets that its filters match. It is a list of primitives on three registers,
a memory and the headers of the packet; BRANCH divides it. This program counts and drops:

${fenced('p4runpro', EXAMPLE_PROGRAM)}`;

const GRAMMAR_TEXT = `## Grammar

${fenced('ebnf', GRAMMAR)}

Rules in small letters are of words, with white space and comments between them; those in capitals are of characters.
An IPV6 may have all other forms of RFC 4291, too. Keywords, registers and primitives are no names of programs and memories. The NAME of a statement is a primitive; how
many arguments it takes, and of which kind, is said below. An argument that is a NAME is a memory,
and of HASH_FIELDS a field of the 5-tuple.`;

/** Articles of the sections behind the grammar, in the order in which they are read. */
const SECTIONS = [
  ...['text', 'program', 'filter', 'priority', 'BRANCH', 'case', 'har', 'sar', 'mar', '@', 'memory', 'address', 'hash'],
  ...['forwarding', 'checksum', 'RPB', 'pass'],
];

/** @param dataPlanes the first one is what texts describe where data planes differ in no word of theirs */
export function languageReference(dataPlanes: readonly DataPlane[]): string {
  const sections = [
    { title: 'Grammar', text: GRAMMAR_TEXT },
    ...SECTIONS.map((word) => ({ title: headingOf(word), text: wordSection(word, dataPlanes) })),
    { title: 'Primitives', text: primitivesSection(dataPlanes) },
    { title: 'Fields', text: fieldsSection(dataPlanes) },
    { title: 'Findings', text: findingsSection() },
  ];
  const contents = sections.map(({ title }) => `[${escaped(title)}](#${anchorOf(title)})`).join(' · ');
  return `${[INTRODUCTION, contents, ...sections.map(({ text }) => text)].join('\n\n')}\n`;
}

const headingOf = (word: string): string =>
  word === '@'
    ? 'Annotation'
    : word === 'har'
      ? 'Register har'
      : /^[sm]ar$/.test(word)
        ? `Register ${word}`
        : `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

const shared = (word: string, dataPlanes: readonly DataPlane[]): SharedArticle =>
  sharedArticle(dataPlanes, (dataPlane) => must(articleOf(word, dataPlane), `article of ${word}`));

const wordSection = (word: string, dataPlanes: readonly DataPlane[]): string =>
  [`## ${headingOf(word)}`, articleBody(shared(word, dataPlanes))].join('\n\n');

function articleBody({ signature, meaning, facts, example }: SharedArticle): string {
  return [
    ...(signature === undefined ? [] : [code(signature)]),
    paragraphs(meaning),
    ...(facts.length === 0 ? [] : [facts.map(factItem).join('\n')]),
    ...(example === undefined ? [] : [fenced('p4runpro', example)]),
  ].join('\n\n');
}

function factItem({ label, texts, isShared }: SharedFact): string {
  const [first] = texts;
  if (isShared && first !== undefined) {
    return label === 'see'
      ? `- ${bold(label)}: ${links(first.text)}`
      : paragraphs(first.text, `- ${bold(label)}: `, '  ');
  }
  const items = texts.map(({ dataPlanes, text }) => paragraphs(text, `  - ${dataPlanes.join(', ')}: `, '    '));
  return [`- ${bold(label)}:`, ...items].join('\n');
}

/** Words of this reference with links to where they stand. */
const links = (words: string): string =>
  words
    .split(', ')
    .map((word) => `[${escaped(word)}](#${anchorOf(SECTIONS.includes(word) ? headingOf(word) : word)})`)
    .join(', ');

function primitivesSection(dataPlanes: readonly DataPlane[]): string {
  const rows = [...PRIMITIVES.values()].map((row) => {
    const uses = dataPlanes.map((dataPlane) => ({ use: primitiveUse(row, dataPlane), dataPlane }));
    return [
      `[${code(signatureOf(row))}](#${anchorOf(row.name)})`,
      code(row.summary),
      byDataPlane(uses.map(({ use, dataPlane }) => [dataPlane, stepCountText(use)])),
      row.arguments.includes('field')
        ? '[as the field](#fields)'
        : byDataPlane(uses.map(({ use, dataPlane }) => [dataPlane, placesTextOf(use, dataPlane)])),
    ];
  });
  const articles = [...PRIMITIVES.keys()].map((name) => {
    const { facts, ...article } = shared(name, dataPlanes);
    // Where EXTRACT and MODIFY lie is in the table of fields.
    const kept = facts.filter(({ label }) => label !== 'lies in' || !/^(EXTRACT|MODIFY)$/.test(name));
    return `### ${name}\n\n${articleBody({ ...article, facts: kept })}`;
  });
  return [
    '## Primitives',
    paragraphs(
      'A step takes an entry in an RPB of its own. Where two numbers of steps are given, the second one holds if all three registers are needed later: one of them is then saved and restored.',
    ),
    markdownTable(['primitive', 'does', 'steps', 'lies in'], rows),
    ...articles,
  ].join('\n\n');
}

/** One text, or several with the names of the data planes that each is of. */
function byDataPlane(texts: readonly (readonly [dataPlane: DataPlane, text: string])[]): string {
  const groups = groupedByText(texts, ([, text]) => text);
  if (groups.length === 1) return escaped(must(groups[0], 'text')[0]);
  return groups
    .map(([text, members]) => `${members.map(([{ name }]) => name).join(', ')}: ${escaped(text === '' ? 'no' : text)}`)
    .join('<br>');
}

function findingsSection(): string {
  const findings = Object.keys(DIAGNOSTIC_CODES).filter(isFindingCode);
  const rows = findings.map((name) => [
    `[${code(name)}](#${name})`,
    DIAGNOSTIC_CODES[name],
    escaped(findingArticle(name).meaning),
  ]);
  const sections = findings.map((name) => {
    const { meaning, example, cure } = findingArticle(name);
    return [
      `### ${name}`,
      `${DIAGNOSTIC_CODES[name] === 'error' ? 'Error' : 'Warning'}. ${paragraphs(meaning)}`,
      fenced('p4runpro fault', must(example, `example of ${name}`)),
      fenced('text', exampleFindings(name)),
      'Put right:',
      fenced('p4runpro', must(cure, `cure of ${name}`)),
    ].join('\n\n');
  });
  return [
    '## Findings',
    paragraphs(
      'What p4runpro check says of a text, each with a code, a place, and most with a hint. Errors stop the compiler, warnings do not. A file has as many findings as it has faults, in one run.',
    ),
    markdownTable(['code', 'severity', 'meaning'], rows),
    ...sections,
  ].join('\n\n');
}

function fieldsSection(dataPlanes: readonly DataPlane[]): string {
  const titles = new Set(dataPlanes.flatMap((dataPlane) => headerArticles(dataPlane).map(({ title }) => title)));
  const names = new Set(dataPlanes.flatMap(({ fields }) => [...fields.keys()]));
  const ofHeaders = [...titles].map((title) => {
    const having = dataPlanes.filter(({ headers }) => headers.some(({ name }) => title === `hdr.${name}`));
    const { facts, ...article } = shared(title, having);
    const fields = [...names].filter((name) => name.startsWith(`${title}.`));
    const kept = facts.filter(({ label }) => label === 'length' || label === 'found in');
    return [`### ${title}`, articleBody({ ...article, facts: kept }), fieldTable(fields, dataPlanes)].join('\n\n');
  });
  const supplied = [...names].filter((name) => !name.startsWith('hdr.'));
  const aliases = new Map(dataPlanes.flatMap(({ description }) => Object.entries(description.aliases)));
  const spellings = [...aliases].map(([spelling, { field, protocol }]) => [
    code(spelling),
    code(field),
    protocol === undefined ? '' : `protocol ${protocol}`,
  ]);
  return [
    '## Fields',
    paragraphs(
      'What a program can do with a field: filter on it (in which tables), take it by the hash of the 5-tuple, and, for each data plane, EXTRACT it to registers and MODIFY it from registers. Where no RPBs are named, all RPBs of the data plane can; a data plane with a dash has no such field.',
    ),
    ...ofHeaders,
    '### Fields that the switch supplies',
    fieldTable(supplied, dataPlanes),
    '### Other spellings',
    'Those of the paper and of its prototype. As a filter, a spelling with a protocol asks for that protocol too.',
    markdownTable(['spelling', 'field', 'implies'], spellings),
  ].join('\n\n');
}

/** @param names of fields, each of which some data plane has */
function fieldTable(names: readonly string[], dataPlanes: readonly DataPlane[]): string {
  const rows = names.map((name) => {
    const uses = dataPlanes.flatMap((dataPlane) => {
      const field = dataPlane.fields.get(name);
      return field === undefined ? [] : [{ use: fieldUse(field, dataPlane), dataPlane }];
    });
    const { use } = must(uses[0], 'data plane with a field');
    const cells = dataPlanes.map((dataPlane) => uses.find((each) => each.dataPlane === dataPlane));
    return [
      code(name),
      String(use.field.width),
      escaped(fieldMeaning(use)),
      byDataPlane(uses.map((each) => [each.dataPlane, each.use.filters.join(' ')])),
      use.isHashed ? '5-tuple' : '',
      ...cells.map((each) => (each === undefined ? '—' : movesCell(each.use, each.dataPlane))),
    ];
  });
  return markdownTable(['field', 'bits', 'is', 'filter', 'hash', ...dataPlanes.map(({ name }) => name)], rows);
}

/** `EXTRACT har, sar; mar in RPBs 1-6 of ingress`, and what MODIFY takes. */
function movesCell(use: FieldUse, dataPlane: DataPlane): string {
  const cell = (verb: string, moves: readonly FieldMove[]): readonly string[] => {
    const groups = groupedByText(moves, ({ rpbs }) => placesText(rpbs, dataPlane));
    const texts = groups.map(([text, members]) => {
      const registers = members.map(({ register }) => register).join(', ');
      return must(members[0], 'register').rpbs.length === dataPlane.rpbCount ? registers : `${registers} in ${text}`;
    });
    return texts.length === 0 ? [] : [`${verb} ${texts.join('; ')}`];
  };
  return [...cell('EXTRACT', use.extract), ...cell('MODIFY', use.modify)].map(escaped).join('<br>');
}
