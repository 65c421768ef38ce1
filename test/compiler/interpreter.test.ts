/** The interpreter against the tables of the language, value by value. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  defaultDataPlane,
  type Field,
  interpret,
  must,
  type PacketFields,
  type PrimitiveStatement,
  type Program,
  type ProgramRun,
  programSource,
  undoAccesses,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { word } from './random-programs.js';
import { checkedProgram, inProgram, PROPERTY, SAMPLE_NAMES, sampleSource } from './support.js';

class FakePacket implements PacketFields {
  readonly written: string[] = [];
  swaps = 0;

  constructor(readonly fields: Readonly<Record<string, number>> = {}) {}

  readField({ name }: Field): number {
    return this.fields[name] ?? 0;
  }

  writeField({ name }: Field, value: number): void {
    this.written.push(`${name} = ${value}`);
  }

  fiveTuple(): Uint8Array {
    return Uint8Array.from({ length: 13 }, (_, i) => i);
  }

  swapAddresses(): void {
    this.swaps++;
  }
}

/** It has all that the language has. */
const extended = must(builtInDataPlane('extended'), 'data plane');

interface Outcome {
  readonly run: ProgramRun;
  readonly packet: FakePacket;
  readonly memories: ReadonlyMap<string, Uint32Array>;
  readonly hashed: readonly string[];
}

/** Runs statements in a program with one memory m of 4 words. */
function run(body: string, words: readonly number[] = [0, 0, 0, 0], packet = new FakePacket()): Outcome {
  const source = inProgram(body, /\bm\b/.test(body) ? '@m 4' : '');
  return runProgram(checkedProgram(source, extended), words, packet);
}

function runProgram(program: Program, words: readonly number[], packet = new FakePacket()): Outcome {
  const memories = new Map([['m', Uint32Array.from(words)]]);
  const hashed: string[] = [];
  const hash = (statement: PrimitiveStatement, input: Uint8Array): number => {
    hashed.push(`${statement.primitive} ${[...input].join(' ')}`);
    return 0xbeef;
  };
  const random = (): number => 0x9abcdef0;
  return { run: interpret(program, { packet, memories, hash, random }), packet, memories, hashed };
}

function registersOf({ run: { kind, ...rest } }: Outcome): Record<string, number> {
  if (kind === 'undefined' || !('registers' in rest)) throw new Error('the run is not defined');
  return rest.registers;
}

const verdictOf = ({ run: result }: Outcome): unknown => (result.kind === 'finished' ? result.verdict : result.kind);

const hex = (value: number): string => `0x${value.toString(16)}`;

/** What each primitive leaves in its first register, by BigInt. */
const ARITHMETIC: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  'ADD(sar, har)': (a, b) => a + b,
  'AND(sar, har)': (a, b) => a & b,
  'OR(sar, har)': (a, b) => a | b,
  'XOR(sar, har)': (a, b) => a ^ b,
  'MAX(sar, har)': (a, b) => (a > b ? a : b),
  'MIN(sar, har)': (a, b) => (a < b ? a : b),
  'MOVE(sar, har)': (_a, b) => b,
  'NOT(sar)': (a) => ~a,
  'EQUAL(sar, har)': (a, b) => a ^ b,
  'SGT(sar, har)': (a, b) => (a >= b ? 0n : a ^ b),
  'SLT(sar, har)': (a, b) => (a <= b ? 0n : a ^ b),
  'SUB(sar, har)': (a, b) => a - b,
};
const WITH_INTEGER: Readonly<Record<string, (a: bigint, i: bigint) => bigint>> = {
  LOADI: (_a, i) => i,
  ADDI: (a, i) => a + i,
  SUBI: (a, i) => a - i,
  ANDI: (a, i) => a & i,
  ORI: (a, i) => a | i,
  XORI: (a, i) => a ^ i,
};
const toWord = (value: bigint): number => Number(BigInt.asUintN(32, value));

test('register primitives are what the table says, modulo 2^32 and unsigned', () => {
  const property = fc.property(word, word, (a, b) => {
    const load = `LOADI(sar, ${hex(a)}); LOADI(har, ${hex(b)}); LOADI(mar, 77);`;
    for (const [text, meaning] of Object.entries(ARITHMETIC)) {
      const expected = { har: b, sar: toWord(meaning(BigInt(a), BigInt(b))), mar: 77 };
      assert.equal(registersOf(run(`${load} ${text};`)), expected, `${text} of ${a}, ${b}`);
    }
    for (const [name, meaning] of Object.entries(WITH_INTEGER)) {
      const expected = { har: b, sar: toWord(meaning(BigInt(a), BigInt(b))), mar: 77 };
      assert.equal(registersOf(run(`${load} ${name}(sar, ${hex(b)});`)), expected, `${name} of ${a}, ${b}`);
    }
  });
  fc.assert(property, { ...PROPERTY, numRuns: cases(60) });
});

test('memory primitives: what is in the word and in sar afterwards', () => {
  const rows = [
    ['MEMADD', 0x80000001, 0x80000003, 4, 4],
    ['MEMSUB', 1, 2, 0xffffffff, 0xffffffff],
    ['MEMAND', 12, 10, 8, 8],
    ['MEMOR', 12, 10, 14, 12],
    ['MEMREAD', 12, 10, 12, 12],
    ['MEMWRITE', 12, 10, 10, 10],
    ['MEMMAX', 12, 0xffffffff, 0xffffffff, 0xffffffff],
    ['MEMMAX', 12, 10, 12, 12],
  ] as const;
  for (const [name, old, sar, after, sarAfter] of rows) {
    const outcome = run(`LOADI(mar, 2); LOADI(sar, ${sar}); ${name}(m);`, [7, 7, old, 7]);
    assert.equal([...(outcome.memories.get('m') ?? [])], [7, 7, after, 7], name);
    assert.is(registersOf(outcome)['sar'], sarAfter, name);
  }
});

test('hashes keep the high half, address hashes are cut to the memory', () => {
  const start = 'LOADI(har, 0x12345678); LOADI(mar, 0xffff0000);';
  const tuple = '0 1 2 3 4 5 6 7 8 9 10 11 12';
  const rows = [
    ['HASH_5_TUPLE', { har: 0x1234beef, sar: 0, mar: 0xffff0000 }, tuple],
    ['HASH', { har: 0x1234beef, sar: 0, mar: 0xffff0000 }, '18 52 86 120'],
    ['HASH_5_TUPLE_MEM(m)', { har: 0x12345678, sar: 0, mar: 3 }, tuple],
    ['HASH_MEM(m)', { har: 0x12345678, sar: 0, mar: 3 }, '18 52 86 120'],
  ] as const;
  for (const [text, registers, input] of rows) {
    const outcome = run(`${start} ${text};`);
    assert.equal(registersOf(outcome), registers, text);
    assert.equal(outcome.hashed, [`${text.replace('(m)', '')} ${input}`]);
  }
});

test('a random number is cut to the mask', () => {
  const rows = [
    ['har, 0xffffffff', { har: 0x9abcdef0, sar: 0, mar: 0 }],
    ['sar, 0xffff', { har: 0, sar: 0xdef0, mar: 0 }],
    ['mar, 0x80000001', { har: 0, sar: 0, mar: 0x80000000 }],
    ['mar, 0', { har: 0, sar: 0, mar: 0 }],
  ] as const;
  for (const [operands, registers] of rows) assert.equal(registersOf(run(`RANDOM(${operands});`)), registers, operands);
});

test('the first case that holds is taken; what follows the BRANCH runs only where none does', () => {
  const text = (sar: number): string => `
    LOADI(sar, ${sar});
    BRANCH:
        case(<sar, 1, 1>) { LOADI(har, 1); }
        case(<sar, 3, 3>) { LOADI(har, 3); }
        case(<sar, 2, 0xff>, <har, 0, 0>) { };
    LOADI(har, 9);`;
  for (const [sar, har] of [
    [1, 1],
    [3, 1],
    [2, 0],
    [4, 9],
  ] as const) {
    assert.is(registersOf(run(text(sar)))['har'], har);
  }
});

test('verdicts: the last wins, but DROP over all', () => {
  assert.equal(verdictOf(run('NOP;')), { kind: 'none' });
  assert.equal(verdictOf(run('FORWARD(3); FORWARD(4);')), { kind: 'forwarded', port: 4 });
  assert.equal(verdictOf(run('FORWARD(3); REPORT;')), { kind: 'reported' });
  assert.equal(verdictOf(run('DROP; FORWARD(3);')), { kind: 'dropped' });
  const returned = run('REPORT; RETURN;');
  assert.equal(verdictOf(returned), { kind: 'returned' });
  assert.is(returned.packet.swaps, 1);
});

test('fields are read and written through the packet', () => {
  const packet = new FakePacket({ 'hdr.ipv4.src': 0x0a000001 });
  const outcome = run('EXTRACT(hdr.ipv4.src, sar); MODIFY(hdr.ipv4.dst, sar);', undefined, packet);
  assert.equal(outcome.packet.written, [`hdr.ipv4.dst = ${0x0a000001}`]);
});

test('an access outside the memory is not defined, and can be taken back', () => {
  const words = [5, 6, 7, 8];
  const body = 'LOADI(sar, 1); MEMADD(m); LOADI(mar, 3); MEMADD(m); LOADI(mar, 4); MEMREAD(m); DROP;';
  // The checker refuses it; the meaning of the language is that of any program.
  const { programs, hasErrors } = analyse(inProgram(body, '@m 4'), defaultDataPlane());
  const [program] = programs;
  if (program === undefined || !hasErrors) throw new Error('a program with an error was expected');
  const outcome = runProgram(program, words);
  assert.is(outcome.run.kind, 'undefined');
  assert.is(outcome.run.kind === 'undefined' && outcome.run.address, 4);
  assert.equal([...(outcome.memories.get('m') ?? [])], [6, 6, 7, 14]);
  undoAccesses(outcome.run, outcome.memories);
  assert.equal([...(outcome.memories.get('m') ?? [])], words);
});

test('a program as text is the program, but for places', () => {
  for (const name of SAMPLE_NAMES) {
    const program = checkedProgram(sampleSource(name));
    const again = checkedProgram(programSource(program));
    const withoutPlaces = (value: unknown): string =>
      JSON.stringify(value, (key, item: unknown) => (key === 'span' ? undefined : item));
    assert.is(withoutPlaces(again), withoutPlaces(program));
  }
});

test.run();
