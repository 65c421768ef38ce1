/** The reference of the language: it has every word, and what it says of costs and places is what the compiler does. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  DataPlane,
  DIAGNOSTIC_CODES,
  dataPlaneFromJson,
  must,
  PRIMITIVES,
  REGISTERS,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import {
  articleAskedFor,
  articleOf,
  fieldUses,
  languageWords,
  nearestWord,
  type PrimitiveVariant,
  primitiveUses,
} from '../../compiler/reference/index.js';
import { cases as atNight } from '../tiers.js';
import { checkedProgram, codesOf, linkProgram, PROPERTY, sourcePath } from './support.js';

const planes = [
  ...BUILT_IN_DATA_PLANES.map((name) => must(builtInDataPlane(name), 'data plane')),
  dataPlaneFromJson(
    JSON.parse(readFileSync(sourcePath('test', 'hw-driver', 'data-planes', 'one-step-not.json'), 'utf8')),
  ),
];

const variantsOf = (plane: DataPlane): readonly PrimitiveVariant[] =>
  primitiveUses(plane).flatMap(({ variants }) => variants);

/** Registers that hold what the compiler does not know, and an address within `m` where it is accessed. */
const PROLOGUE = 'EXTRACT(hdr.l5.op, har); EXTRACT(hdr.l5.key1, sar); EXTRACT(hdr.l5.key2, mar);';
const ADDRESS = 'HASH_5_TUPLE_MEM(m);';

const known = new Map<DataPlane, Map<string, readonly TableEntry[]>>();

/** As {@link rpbEntries}, of texts and data planes that come again. */
function knownEntries(statements: string, plane: DataPlane): readonly TableEntry[] {
  const ofPlane = known.get(plane) ?? new Map<string, readonly TableEntry[]>();
  known.set(plane, ofPlane);
  const entries = ofPlane.get(statements) ?? rpbEntries(statements, plane);
  ofPlane.set(statements, entries);
  return entries;
}

/** Entries of RPBs that statements become. */
function rpbEntries(statements: string, plane: DataPlane, recirculations = 3): readonly TableEntry[] {
  const memory = /\(m[,)]/.test(statements) ? `@${statements.includes('MEMCAS') ? 'pair ' : ''}m 256` : '';
  const text = `${memory} program p(<hdr.udp.dst_port, 7777, 0xffff>) { ${statements} }`;
  const program = checkedProgram(text, plane);
  const { entries } = linkProgram(program, new SwitchState(plane), undefined, recirculations);
  return entries.filter(({ table }) => table.endsWith('.tb_operation'));
}

const rpbOf = ({ table }: TableEntry, plane: DataPlane): number =>
  must(
    plane.rpbs.find((rpb) => rpb.table === table),
    'RPB of a table',
  ).number;

/** The numbers of RPB entries, passes told apart, that the statements have more than those before them. */
function added(before: string, statement: string, after: string, plane: DataPlane): { entries: number; rpbs: number } {
  const placesOf = (entries: readonly TableEntry[]): number =>
    new Set(entries.map(({ table, key }) => `${table} ${JSON.stringify(key[2])}`)).size;
  const without = knownEntries(before + after, plane);
  const whole = rpbEntries(before + statement + after, plane);
  return { entries: whole.length - without.length, rpbs: placesOf(whole) - placesOf(without) };
}

test('every word has an article: primitives, fields and their other spellings, registers, keywords', () => {
  for (const plane of planes) {
    const words = languageWords(plane);
    assert.equal(words.get('primitive'), [...PRIMITIVES.keys()]);
    assert.equal(words.get('field'), [...plane.fields.keys()]);
    assert.equal(words.get('register'), REGISTERS);
    assert.equal(words.get('keyword'), ['@', 'program', 'BRANCH', 'case']);
    assert.equal(words.get('finding'), Object.keys(DIAGNOSTIC_CODES));
    const all = [...words.values()].flat();
    assert.is(new Set(all).size, all.length, 'a word has one meaning');
    for (const word of [...all, ...Object.keys(plane.description.aliases)]) {
      const article = must(articleOf(word, plane), `article of ${word}`);
      assert.is(article.title, word);
      for (const [label, text] of [['meaning', article.meaning], ...article.facts]) {
        assert.not.match(`${label}: ${text}`, /undefined|\[object|: $|\.\./, word);
      }
      assert.match(article.meaning, /\.$/, word);
    }
  }
});

test('fields and headers of the shipped data planes have words of their own', () => {
  for (const plane of planes) {
    for (const word of [...plane.fields.keys(), ...plane.headers.map(({ name }) => `hdr.${name}`)]) {
      assert.not.match(must(articleOf(word, plane), word).meaning, /^A (field|header) (of|that)/, word);
    }
  }
});

test('words that are none have no article, with any text; misspelt ones have a neighbour', () => {
  const [plane] = planes;
  for (const word of ['', 'constructor', '__proto__', 'toString', 'memadd', 'hdr', 'p']) {
    assert.is(articleOf(word, must(plane, 'data plane')), undefined, word);
  }
  const near = (word: string): string | undefined => nearestWord(word, must(plane, 'data plane'));
  assert.is(near('memadd'), 'MEMADD');
  assert.is(near('EXTARCT'), 'EXTRACT');
  assert.is(near('hdr.ipv4.dest'), 'hdr.ipv4.dst');
  assert.is(near('branch'), 'BRANCH');
  assert.is(near('Filters'), 'filter');
  assert.is(near('zzzzzzzz'), undefined);
  fc.assert(
    fc.property(fc.string(), (word) => {
      const article = articleOf(word, must(plane, 'data plane'));
      assert.ok(article === undefined || article.meaning.length > 0);
    }),
    PROPERTY,
  );
});

test('words as people type them: letters of any case, fields and headers without hdr.', () => {
  const plane = must(planes[0], 'data plane');
  const asked = (word: string): string | undefined => articleAskedFor(word, plane)?.title;
  for (const [word, title] of [
    ['MEMADD', 'MEMADD'],
    ['memadd', 'MEMADD'],
    ['Branch', 'BRANCH'],
    ['ipv4.dst', 'hdr.ipv4.dst'],
    ['vlan', 'hdr.vlan'],
    ['IPv4', 'hdr.ipv4'],
    ['udp.dst_port', 'hdr.udp.dst_port'],
    ['rpb', 'RPB'],
    ['Not-Forwarded', 'not-forwarded'],
  ] as const) {
    assert.is(asked(word), title);
  }
  assert.is(asked('hdr.hdr.vlan'), undefined);
  assert.is(asked('memad'), undefined);
});

test('a primitive takes the entries and RPBs that its article says, with all operands and on each data plane', () => {
  let compiled = 0;
  for (const plane of planes) {
    for (const { statement, steps, savingSteps, registers } of variantsOf(plane)) {
      const before = PROLOGUE + (/^MEM/.test(statement) ? ADDRESS : '');
      const expected = steps.filter(({ action }) => action !== undefined).length;
      const cost = added(before, `${statement};`, '', plane);
      assert.equal(cost, { entries: expected, rpbs: expected }, `${plane.name} ${statement}`);
      compiled++;
      if (savingSteps === undefined || savingSteps.length === steps.length) continue;
      const [a, b] = [...REGISTERS.filter((register) => !registers.includes(register)), ...registers];
      const saving = added(before, `${statement};`, `XOR(${a}, ${b});`, plane);
      assert.equal(
        saving,
        { entries: savingSteps.length, rpbs: savingSteps.length },
        `${plane.name} ${statement} saving`,
      );
    }
  }
  assert.ok(compiled > 4 * 70);
});

test('a BRANCH takes an entry for each case, in one RPB; a case of one step does it there', () => {
  for (const plane of planes) {
    for (const count of [1, 2, 7]) {
      const cases = (body: string): string =>
        Array.from({ length: count }, (_, i) => `case(<har, ${i}, 0xff>) { ${body} }`).join(' ');
      const inline = added(PROLOGUE, `BRANCH: ${cases('DROP;')};`, '', plane);
      assert.equal(inline, { entries: count, rpbs: 1 }, plane.name);
      // Bodies that differ: equal ones would be one branch. Their ports are front ports of every data plane.
      const bodies = Array.from(
        { length: count },
        (_, i) => `case(<har, ${i}, 0xff>) { LOADI(sar, ${i}); FORWARD(${i + 10}); }`,
      );
      const { entries } = added(PROLOGUE, `BRANCH: ${bodies.join(' ')};`, '', plane);
      assert.is(entries, count + 2 * count, plane.name);
    }
  }
});

test('where no register is free, data plane published has no place for primitives that need one', () => {
  const plane = must(builtInDataPlane('published'), 'data plane');
  const needing = variantsOf(plane).filter(({ savingSteps }) => savingSteps === undefined);
  assert.equal(
    [...new Set(needing.map(({ statement }) => statement.split('(')[0]))],
    ['ADDI', 'SUBI', 'ANDI', 'ORI', 'XORI', 'NOT', 'SUB'],
  );
  for (const { statement, registers } of needing) {
    const [a, b] = [...REGISTERS.filter((register) => !registers.includes(register)), ...registers];
    assert.throws(() => rpbEntries(`${PROLOGUE}${statement};XOR(${a}, ${b});`, plane), /fit|place|action/, statement);
  }
});

/** The data plane with an action in one RPB at most: that of this number, if it had it. */
function onlyIn(plane: DataPlane, action: string, number: number): DataPlane {
  const rpbs = Object.entries(plane.description.rpbs).map(([key, rpb]) => [
    key,
    Number(key) === number ? rpb : { ...rpb, actions: rpb.actions.filter((name) => name !== action) },
  ]);
  return new DataPlane({ ...plane.description, rpbs: Object.fromEntries(rpbs) });
}

test('a step lies in the RPBs that its article names, and in no other', () => {
  const steps = planes.flatMap((plane) =>
    variantsOf(plane).flatMap(({ statement, steps: [step, ...others] }) =>
      step?.action === undefined || others.length > 0
        ? []
        : [{ plane, statement, action: step.action, rpbs: step.rpbs }],
    ),
  );
  const outcomes = new Set<boolean>();
  fc.assert(
    fc.property(fc.constantFrom(...steps), fc.nat(), ({ plane, statement, action, rpbs }, at) => {
      const number = (at % plane.rpbCount) + 1;
      const cut = onlyIn(plane, action, number);
      let places: number[] = [];
      try {
        // A statement may also become other steps, where no RPB has the action.
        const entries = rpbEntries(`${statement};`, cut).filter((entry) => entry.action.endsWith(`.${action}`));
        places = entries.map((entry) => rpbOf(entry, cut));
      } catch {
        // Nowhere: refused by the checker or by the allocator.
      }
      outcomes.add(places.length > 0);
      assert.equal(places, rpbs.includes(number) ? [number] : [], `${plane.name} ${statement} in RPB ${number}`);
    }),
    { ...PROPERTY, numRuns: atNight(60) },
  );
  assert.is(outcomes.size, 2);
});

test('EXTRACT, MODIFY and filters of a field are accepted exactly where its article says so', () => {
  for (const plane of planes) {
    for (const { field, extract, modify, filters } of fieldUses(plane)) {
      for (const [primitive, moves] of [
        ['EXTRACT', extract],
        ['MODIFY', modify],
      ] as const) {
        for (const register of REGISTERS) {
          const text = `program p(<hdr.ipv4.src, 0, 0>) { ${primitive}(${field.name}, ${register}); }`;
          const refused = codesOf(text, plane).some((code) => ['no-header-action', 'field-too-wide'].includes(code));
          const says = moves.some((move) => move.register === register);
          assert.is(!refused, says, `${plane.name} ${primitive} ${field.name} ${register}`);
        }
      }
      const { hasErrors } = analyse(`program p(<${field.name}, 0, 1>) { DROP; }`, plane);
      assert.is(!hasErrors, filters.length > 0, `${plane.name} filter on ${field.name}`);
    }
  }
});

test.run();
