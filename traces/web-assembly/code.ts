/**
 * Instructions of WebAssembly (core specification 2.0, section 5.4), written as expressions: each function gets the code
 * of its operands and returns the code of the whole, as bytes. Only the instructions in use.
 */

/** Instructions as bytes. */
export type Code = readonly number[];

/** Types of values (section 5.3). */
export const VALUE = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = (typeof VALUE)[keyof typeof VALUE];

/** A number as LEB128, as all numbers are encoded. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** A 32-bit number as signed LEB128. */
function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const isLast = rest >= -64 && rest < 64;
    bytes.push((rest & 0x7f) | (isLast ? 0 : 0x80));
    if (isLast) return bytes;
  }
}

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
/** Reads memory at an address plus an offset. */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const SIMD = 0xfd;
const NO_OFFSET = 0;

const unary =
  (...operation: number[]): Unary =>
  (a) => [...a, ...operation];
const binary =
  (...operation: number[]): Binary =>
  (a, b) => [...a, ...b, ...operation];
/** Alignment is a hint only, of which 0 is always right. */
const load =
  (...operation: number[]): Load =>
  (address, offset = NO_OFFSET) => [...address, ...operation, 0, ...unsigned(offset)];
const store =
  (...operation: number[]): Store =>
  (address, value, offset = NO_OFFSET) => [...address, ...value, ...operation, 0, ...unsigned(offset)];
const simd = (operation: number): number[] => [SIMD, ...unsigned(operation)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: load(0x28),
  load8u: load(0x2d),
  load16u: load(0x2f),
  store: store(0x36),
  store16: store(0x3b),
  ctz: unary(0x68),
  /** Number of set bits. */
  popcnt: unary(0x69),
  eqz: unary(0x45),
  eq: binary(0x46),
  gtU: binary(0x4b),
  ltU: binary(0x49),
  geU: binary(0x4f),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shl: binary(0x74),
  shrU: binary(0x76),
  /** The low half of an i64. */
  wrap: unary(0xa7),
  /** Of an f64 from 0 to below 2³², without what is behind the point. */
  truncatedU: (a: Code): Code => [...a, 0xfc, 3],
};

export const i64 = {
  const: (value: number): Code => [0x42, ...signed(value)],
  load: load(0x29),
  store: store(0x37),
  add: binary(0x7c),
  mul: binary(0x7e),
  and: binary(0x83),
  or: binary(0x84),
  shl: binary(0x86),
  shrU: binary(0x88),
  /** Of an unsigned i32. */
  extendedU: unary(0xad),
};

export const f64 = {
  const: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  add: binary(0xa0),
  mul: binary(0xa2),
  /** Of an unsigned i32. */
  convertedU: unary(0xb8),
};

export const v128 = {
  load: load(...simd(0)),
  store: store(...simd(11)),
  /** 8 bytes into the lower half, 0 into the upper. */
  load64Zero: load(...simd(93)),
  /** 8 bytes into the upper half of a vector. */
  load64Upper: (address: Code, vector: Code, offset = NO_OFFSET): Code => [
    ...address,
    ...vector,
    ...simd(87),
    0,
    ...unsigned(offset),
    1,
  ],
  /** Writes the lower half of a vector. */
  store64Lower: (address: Code, vector: Code, offset: number): Code => [
    ...address,
    ...vector,
    ...simd(91),
    0,
    ...unsigned(offset),
    0,
  ],
  xor: binary(...simd(81)),
  /** Bits of `a` where the mask has a 1, of `b` elsewhere. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...simd(82)],
  /** The bytes of two vectors with these numbers, those of `b` from 16 on. */
  shuffle: (a: Code, b: Code, bytes: readonly number[]): Code => [...a, ...b, ...simd(13), ...bytes],
};

/** Four words. */
export const i32x4 = {
  splat: unary(...simd(17)),
  lane: (vector: Code, lane: number): Code => [...vector, ...simd(27), lane],
  withLane: (vector: Code, lane: number, value: Code): Code => [...vector, ...value, ...simd(28), lane],
  add: binary(...simd(174)),
  mul: binary(...simd(181)),
  gtU: binary(...simd(60)),
  minU: binary(...simd(183)),
  maxU: binary(...simd(185)),
  shrU: binary(...simd(173)),
};

export const select = (a: Code, b: Code, condition: Code): Code => [...a, ...b, ...condition, 0x1b];
export const call = (index: number, ...parameters: Code[]): Code => [...parameters.flat(), 0x10, ...unsigned(index)];

const NO_RESULT = 0x40;
const END = 0x0b;

export const when = (condition: Code, ...then: Code[]): Code => [...condition, 0x04, NO_RESULT, ...then.flat(), END];
export const choice = (condition: Code, then: Code, otherwise: Code): Code => [
  ...condition,
  0x04,
  NO_RESULT,
  ...then,
  0x05,
  ...otherwise,
  END,
];
/** Repeats the body while the condition holds. */
export const loopWhile = (condition: Code, ...body: Code[]): Code => [
  ...[0x02, NO_RESULT, 0x03, NO_RESULT],
  ...[...i32.eqz(condition), 0x0d, 1],
  ...[...body.flat(), 0x0c, 0, END, END],
];

/** A variable of a function. */
export class Local {
  /** Its value. */
  readonly value: Code;

  constructor(readonly index: number) {
    this.value = [0x20, ...unsigned(index)];
  }

  set(value: Code): Code {
    return [...value, 0x21, ...unsigned(this.index)];
  }
}
