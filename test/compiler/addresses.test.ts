/** What the checker says of addresses: never too little, and not more than needed. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  defaultDataPlane,
  interpret,
  must,
  type Program,
  programSource,
  type Statement,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { MEMORIES, primitive, programOf, registerChanges, word } from './random-programs.js';
import { codesOf, inProgram, PROPERTY, SAMPLE_NAMES, sampleSource } from './support.js';

const extended = must(builtInDataPlane('extended'), 'data plane');
const NONE: readonly string[] = [];
const OPEN = ['address-not-bounded'];
const OUTSIDE = ['address-out-of-range'];

/** Bodies of a program with memories a of 4, b of 256 and c of 65,536 buckets. */
const ROWS: readonly (readonly [body: string, codes: readonly string[]])[] = [
  // What the language names.
  ['HASH_5_TUPLE_MEM(b); MEMREAD(b);', NONE],
  ['HASH_5_TUPLE_MEM(a); MEMREAD(b);', NONE],
  ['HASH_5_TUPLE_MEM(c); MEMREAD(b);', OPEN],
  ['HASH; HASH_MEM(b); MEMREAD(b);', NONE],
  ['LOADI(mar, 3); MEMREAD(a);', NONE],
  ['LOADI(mar, 4); MEMREAD(a);', OUTSIDE],
  ['LOADI(mar, 0xffffffff); MEMREAD(c);', OUTSIDE],
  ['EXTRACT(hdr.l5.key2, mar); MEMREAD(c);', OPEN],
  ['EXTRACT(hdr.l5.key2, mar); ANDI(mar, 3); MEMREAD(a);', NONE],
  ['EXTRACT(hdr.l5.key2, mar); ANDI(mar, 4); MEMREAD(a);', OPEN],
  ['EXTRACT(hdr.l5.key2, mar); ANDI(mar, 0x10003); MEMREAD(a);', OPEN],
  ['RANDOM(mar, 3); MEMREAD(a);', NONE],
  ['RANDOM(mar, 2); MEMREAD(a);', NONE],
  ['RANDOM(mar, 4); MEMREAD(a);', OPEN],
  ['RANDOM(mar, 0xffff); MEMREAD(c);', NONE],
  ['RANDOM(mar, 0x10000); MEMREAD(c);', OPEN],
  ['RANDOM(har, 3); LOADI(mar, 0); ADD(mar, har); MEMREAD(a);', NONE],
  ['RANDOM(mar, 0xffffffff); ANDI(mar, 3); MEMREAD(a);', NONE],
  // Registers are 0 when a packet enters.
  ['MEMREAD(a);', NONE],
  ['ADDI(mar, 3); MEMREAD(a);', NONE],
  // What else bounds.
  ['EXTRACT(hdr.l5.key2, mar); LOADI(sar, 3); AND(mar, sar); MEMREAD(a);', NONE],
  ['EXTRACT(hdr.l5.key2, mar); LOADI(sar, 3); MIN(mar, sar); MEMREAD(a);', NONE],
  ['EXTRACT(hdr.l5.key2, mar); LOADI(sar, 3); MAX(mar, sar); MEMREAD(a);', OPEN],
  ['EXTRACT(hdr.ipv4.ecn, mar); MEMREAD(a);', NONE],
  ['EXTRACT(hdr.ipv4.ecn, mar); ADDI(mar, 1); MEMREAD(a);', OPEN],
  ['HASH_5_TUPLE_MEM(a); ADDI(mar, 0xfc); MEMREAD(b);', NONE],
  ['HASH_5_TUPLE_MEM(a); ADDI(mar, 0xfd); MEMREAD(b);', OPEN],
  ['HASH_5_TUPLE_MEM(a); ADDI(mar, 0x100); MEMREAD(b);', OPEN],
  ['HASH_5_TUPLE_MEM(a); SUBI(mar, 1); MEMREAD(b);', OPEN],
  ['HASH_5_TUPLE_MEM(a); ORI(mar, 4); SUBI(mar, 1); MEMREAD(b);', NONE],
  ['HASH_5_TUPLE_MEM(a); NOT(mar); MEMREAD(a);', OPEN],
  ['HASH_5_TUPLE_MEM(a); NOT(mar); ANDI(mar, 3); MEMREAD(a);', NONE],
  ['HASH_5_TUPLE_MEM(a); MOVE(har, mar); LOADI(mar, 99); MOVE(mar, har); MEMREAD(a);', NONE],
  // A hash writes 16 bits and keeps the others; memories are never larger.
  ['HASH_5_TUPLE; MOVE(mar, har); MEMREAD(c);', NONE],
  ['LOADI(har, 0x10000); HASH_5_TUPLE; MOVE(mar, har); MEMREAD(c);', OPEN],
  // An expansion that saves and restores registers, as all are live.
  ['HASH_5_TUPLE_MEM(a); LOADI(sar, 9); ADDI(har, 5); MEMADD(a); ADD(har, sar); MODIFY(hdr.ipv4.dst, sar);', NONE],
  // An access sets sar.
  ['HASH_5_TUPLE_MEM(a); LOADI(sar, 3); MEMREAD(a); AND(mar, sar); MOVE(mar, sar); MEMREAD(a);', OPEN],
  ['HASH_5_TUPLE_MEM(a); LOADI(sar, 3); MEMWRITE(a); MOVE(mar, sar); MEMREAD(a);', NONE],
  // Conditions.
  ['EXTRACT(hdr.l5.key2, mar); BRANCH: case(<mar, 0, 0xfffffffc>) { MEMREAD(a); };', NONE],
  ['EXTRACT(hdr.l5.key2, mar); BRANCH: case(<mar, 0, 0x7ffffffc>) { MEMREAD(a); };', OPEN],
  ['EXTRACT(hdr.l5.key2, mar); BRANCH: case(<mar, 2, 0xffffffff>) { MEMREAD(a); };', NONE],
  ['EXTRACT(hdr.l5.key2, mar); BRANCH: case(<mar, 4, 0xffffffff>) { MEMREAD(a); };', OUTSIDE],
  [
    'EXTRACT(hdr.l5.key2, mar); EXTRACT(hdr.l5.op, har); BRANCH: case(<har, 0, 1>) { ANDI(mar, 3); MEMREAD(a); }; MEMREAD(a);',
    OPEN,
  ],
  ['HASH_5_TUPLE_MEM(b); BRANCH: case(<mar, 0, 0xfc>) { MEMREAD(a); }; MEMREAD(a);', OPEN],
  ['HASH_5_TUPLE_MEM(b); BRANCH: case(<mar, 0x80, 0x80>) { } case(<mar, 4, 0x7c>) { }; MEMREAD(b);', NONE],
  ['LOADI(mar, 4); BRANCH: case(<mar, 4, 4>) { NOP; }; MEMREAD(a);', NONE],
  // An access behind a BRANCH, where both cases that would lead out are gone.
  [
    'HASH_5_TUPLE_MEM(b); BRANCH: case(<mar, 0x80, 0x80>) { } case(<mar, 0x40, 0xc0>) { NOP; } ' +
      'case(<mar, 0x20, 0xe0>) { } case(<mar, 0x10, 0xf0>) { } case(<mar, 8, 0xf8>) { } case(<mar, 4, 0xfc>) { }; MEMREAD(a);',
    NONE,
  ],
  // One finding for one address, and one for each path.
  ['HASH_5_TUPLE_MEM(b); MEMREAD(a); MEMREAD(a);', OPEN],
  [
    'HASH_5_TUPLE_MEM(b); EXTRACT(hdr.l5.op, har); BRANCH: case(<har, 0, 1>) { MEMREAD(a); }; MEMREAD(a);',
    [...OPEN, ...OPEN],
  ],
  // Nothing is said of addresses where a statement is wrong.
  ['LOADI(mar); MEMREAD(a);', ['wrong-argument-count']],
];

const MEMORY_TEXT = '@a 4 @b 256 @c 65536';
for (const [body, codes] of ROWS) {
  test(`${body} ${codes.join(', ') || 'stays inside'}`, () => {
    const used = ['a', 'b', 'c'].filter((name) => new RegExp(`\\(${name}\\)`).test(body));
    const memories = MEMORY_TEXT.split(/ (?=@)/).filter((text) => used.includes(text[1] ?? ''));
    const dataPlane = body.includes('RANDOM') ? extended : defaultDataPlane();
    const found = codesOf(inProgram(body, memories.join(' ')), dataPlane);
    const wanted = codes.filter((code) => code.startsWith('unreachable-') || code.startsWith('wrong'));
    const others = found.filter((code) => code.startsWith('address-') || wanted.includes(code));
    assert.equal(others, [...codes]);
  });
}

for (const name of SAMPLE_NAMES) {
  test(`${name} stays inside its memories`, () => {
    const source = sampleSource(name);
    const findings = (text: string): string[] => codesOf(text).filter((code) => code.startsWith('address-'));
    assert.equal(findings(source), []);
    if (name === 'hll') assert.ok(findings(source.replace('@rank 32', '@rank 16')).length > 0);
  });
}

const accesses = fc
  .tuple(
    fc.constantFrom('MEMADD', 'MEMREAD', 'MEMWRITE', 'MEMMAX', 'HASH_MEM', 'HASH_5_TUPLE_MEM'),
    fc.constantFrom(...MEMORIES.keys()),
  )
  .map(([name, memory]) => primitive(name as 'MEMADD', { memory }));

const straight: fc.Arbitrary<readonly Statement[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: registerChanges }, { weight: 2, arbitrary: accesses }),
  { maxLength: 8 },
);

/** Statements as they come: some stay inside, some do not. */
const anything: fc.Arbitrary<readonly Statement[]> = fc
  .tuple(
    straight,
    fc.constantFrom('har', 'sar', 'mar'),
    fc.constantFrom(1, 3, 0xff, 0xffffff00, 0xffffffff),
    word,
    straight,
    straight,
  )
  .map(([before, register, mask, value, inside, after]) => {
    const span = { start: 0, end: 0, line: 0, column: 1 };
    const condition = { register: register as 'har', mask, value: (value & mask) >>> 0 };
    return [...before, { kind: 'branch', cases: [{ conditions: [condition], body: inside, span }], span }, ...after];
  });

test('a program without a finding accesses its memories only; one that does not has a finding', () => {
  const seen = { inside: 0, outside: 0 };
  fc.assert(
    fc.property(anything, fc.array(word, { minLength: 8, maxLength: 8 }), (body, hashes) => {
      const source = programSource(programOf('p', 1, body));
      const { programs, diagnostics } = analyse(source, defaultDataPlane());
      const isBounded = !diagnostics.some(({ code }) => code.startsWith('address-'));
      const [program] = programs;
      if (program === undefined) return;
      for (const hash of hashes) {
        const run = runOn(program, hash & 0xffff);
        if (run.kind === 'undefined') {
          seen.outside++;
          assert.not(isBounded, source);
        } else if (isBounded) seen.inside++;
      }
    }),
    { ...PROPERTY, numRuns: cases(800) },
  );
  assert.ok(seen.inside > 500 && seen.outside > 250, JSON.stringify(seen));
});

/** With memories whose words and hashes all come from one number. */
function runOn(program: Program, hash: number) {
  const memories = new Map(
    program.memories.map(({ name, buckets }) => [name, new Uint32Array(buckets).fill(hash * 0x10001)]),
  );
  const packet = {
    readField: () => 0,
    writeField: () => undefined,
    fiveTuple: () => new Uint8Array(13),
    swapAddresses: () => undefined,
  };
  return interpret(program, { packet, memories, hash: () => hash, random: () => hash });
}

test.run();
