import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  type CompiledProgram,
  compiledProgramFromJson,
  DEFAULT_LINK_OPTIONS,
  DocumentError,
  defaultDataPlane,
  entryIdentity,
  formatCompiledProgram,
  installOperations,
  link,
  lower,
  revokeOperations,
  SwitchState,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { isFilterEntry } from './model.js';
import { assertGolden, inProgram, PROPERTY, SAMPLE_NAMES, sampleSource, testPath } from './support.js';

const dataPlane = defaultDataPlane();

/** The first program of a text, compiled for an empty switch. */
function compiled(source: string): CompiledProgram {
  const { programs, sourceHash } = analyse(source, dataPlane);
  const [program] = programs;
  if (program === undefined) throw new Error('no program');
  return link(lower(program, dataPlane, 1), new SwitchState(dataPlane), sourceHash, DEFAULT_LINK_OPTIONS);
}

const SMALL = `@m 4
program small(<hdr.udp.dst_port, 53, 0xffff>, <ig_intr_md.ingress_port, 1, 0x1ff>) {
    HASH_5_TUPLE_MEM(m);
    LOADI(sar, 1);
    MEMADD(m);
    BRANCH:
        case(<sar, 5, 0xffffffff>) {
            REPORT;
        };
    FORWARD(2);
}
`;

test('the document of a small program', () => {
  assertGolden(testPath('goldens', 'small.compiled.txt'), formatCompiledProgram(compiled(SMALL)));
});

test('the document of a program of two passes', () => {
  const source = inProgram('LOADI(mar, 3); MEMREAD(m); MODIFY(hdr.ipv4.dst, sar); MEMWRITE(m);', '@m 4');
  assertGolden(testPath('goldens', 'two-passes.compiled.txt'), formatCompiledProgram(compiled(source)));
});

for (const name of SAMPLE_NAMES) {
  test(`${name}: equal input gives equal bytes, and they read back`, () => {
    const document = compiled(sampleSource(name));
    const text = formatCompiledProgram(document);
    assert.is(formatCompiledProgram(compiled(sampleSource(name))), text);
    assert.equal(compiledProgramFromJson(JSON.parse(text), dataPlane), document);
  });

  test(`${name}: no two entries are one, filters go in last and come out first`, () => {
    const document = compiled(sampleSource(name));
    assert.is(new Set(document.entries.map(entryIdentity)).size, document.entries.length);
    const [declared, ...installed] = installOperations(document);
    const { programId, memories } = document;
    assert.equal(declared, { kind: 'declareMemory', programId, blocks: memories });
    assert.is(installed.length, document.entries.length);
    const last = installed.at(-1);
    assert.ok(last?.kind === 'insertEntry' && isFilterEntry(last.entry));
    const revoked = revokeOperations(document).map((operation) =>
      operation.kind === 'deleteEntry' && isFilterEntry(operation.entry) ? 'filter' : operation.kind,
    );
    assert.equal(revoked, [
      'filter',
      'drain',
      ...document.entries.slice(1).map(() => 'deleteEntry'),
      ...document.memories.map(() => 'resetMemory'),
    ]);
  });
}

const document = compiled(SMALL);

const REFUSED: readonly (readonly [name: string, json: unknown, code: DocumentError['code']])[] = [
  ['null', null, 'not-a-compiled-program'],
  ['text', 'program', 'not-a-compiled-program'],
  ['an empty object', {}, 'not-a-compiled-program'],
  ['a list', [], 'not-a-compiled-program'],
  ['a schema that is a number', { ...document, schema: 1 }, 'not-a-compiled-program'],
  ['a later version', { ...document, schema: 'p4runpro-sim/compiled-program@3' }, 'other-version'],
  ['another kind of document', { ...document, schema: 'p4runpro-sim/data-plane@1' }, 'other-version'],
  ['another data plane', { ...document, dataPlane: { name: 'default', hash: 'f'.repeat(64) } }, 'other-data-plane'],
  ['no data plane', { ...document, dataPlane: null }, 'not-a-compiled-program'],
  ['no entries', { ...document, entries: undefined }, 'not-a-compiled-program'],
  ['entries that are no list', { ...document, entries: {} }, 'not-a-compiled-program'],
  ['an entry that is null', { ...document, entries: [null] }, 'not-a-compiled-program'],
  ['an entry without key', { ...document, entries: [{ ...document.entries[0], key: 5 }] }, 'not-a-compiled-program'],
  [
    'a key field that is null',
    { ...document, entries: [{ ...document.entries[0], key: [null] }] },
    'not-a-compiled-program',
  ],
  [
    'a parameter that is text',
    { ...document, entries: [{ ...document.entries[0], parameters: ['i'] }] },
    'not-a-compiled-program',
  ],
  ['a memory that is a number', { ...document, memories: [5] }, 'not-a-compiled-program'],
  [
    'a memory of no buckets',
    { ...document, memories: [{ ...document.memories[0], buckets: 0 }] },
    'not-a-compiled-program',
  ],
  ['a placement of texts', { ...document, placement: [''] }, 'not-a-compiled-program'],
  ['hashes that are missing', { ...document, hashes: undefined }, 'not-a-compiled-program'],
  [
    'a hash without a function',
    { ...document, hashes: [{ ...document.hashes[0], crc: null }] },
    'not-a-compiled-program',
  ],
  ['half a program id', { ...document, programId: 1.5 }, 'not-a-compiled-program'],
  ['a name that is a number', { ...document, program: 1 }, 'not-a-compiled-program'],
];
for (const [name, json, code] of REFUSED) {
  test(`a document is refused: ${name}`, () => {
    try {
      compiledProgramFromJson(json, dataPlane);
    } catch (error) {
      assert.ok(error instanceof DocumentError, String(error));
      if (error instanceof DocumentError) assert.is(error.code, code);
      return;
    }
    assert.unreachable('it was accepted');
  });
}

test('any other JSON is refused with a DocumentError', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(document)), (value, key) => {
      for (const json of [value, { ...document, [key]: value }]) {
        try {
          const read = compiledProgramFromJson(json, dataPlane);
          new SwitchState(dataPlane).commit(read);
        } catch (error) {
          assert.ok(error instanceof Error && ['DocumentError', 'DoesNotFit'].includes(error.name), String(error));
        }
      }
    }),
    { ...PROPERTY, numRuns: cases(1000) },
  );
});

test.run();
