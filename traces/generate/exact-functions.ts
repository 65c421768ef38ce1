/**
 * Logarithm and powers that are equal to the last bit on every machine and in every JavaScript engine. ECMAScript leaves
 * the last bits of Math.log, Math.exp and `**` to the engine, and engines have changed them; traffic from a seed must
 * not change with them. This file uses only +, -, *, / and the bits of a double, which IEEE 754 defines.
 */

const LN_2 = Math.LN2;
/** The upper 32 bits of ln 2, so that small whole multiples of it are exact, and what is left of it. */
const LN_2_HIGH = Math.floor(LN_2 * 2 ** 32) / 2 ** 32;
/** ln 2 = 0.6931471805599453094172321214581766 (OEIS A002162); the last term is what the double nearest to it leaves out. */
const LN_2_LOW = LN_2 - LN_2_HIGH + 2.3190468138462996e-17;
const SQRT_2 = Math.SQRT2;

const EXPONENT_BIAS = 1023;
const FRACTION_BITS = 20;
const SMALLEST_NORMAL = 2 ** -1022;
const TERMS = { logarithm: 25, exponential: 20 } as const;

/** The bits of one double, to be taken apart and put together. */
const bits = new DataView(new ArrayBuffer(8));

/**
 * The natural logarithm of x.
 * @param x a normal double above 0: not below 2^-1022
 * @throws {RangeError} for others
 */
export function logarithm(x: number): number {
  if (!(x >= SMALLEST_NORMAL && x < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`the logarithm is of a positive number that is not tiny, not ${x}`);
  }
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> FRACTION_BITS) - EXPONENT_BIAS;
  bits.setUint32(0, ((high & ((1 << FRACTION_BITS) - 1)) | (EXPONENT_BIAS << FRACTION_BITS)) >>> 0);
  let mantissa = bits.getFloat64(0);
  if (mantissa > SQRT_2) {
    mantissa /= 2;
    exponent++;
  }
  // ln m = 2 (s + s³/3 + s⁵/5 + …) with s = (m - 1) / (m + 1), |s| < 0.172: the terms left out are below 2^-60.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = TERMS.logarithm; n >= 3; n -= 2) sum = (sum + 1 / n) * square;
  return exponent * LN_2_HIGH + (exponent * LN_2_LOW + 2 * s * (1 + sum));
}

/**
 * e to the power of x.
 * @param x from -700 to 700, so that the result is a normal double
 * @throws {RangeError} for others
 */
export function exponential(x: number): number {
  if (!(Math.abs(x) <= 700)) throw new RangeError(`the exponential is of a number from -700 to 700, not ${x}`);
  const exponent = Math.round(x / LN_2);
  const rest = x - exponent * LN_2_HIGH - exponent * LN_2_LOW;
  let sum = 1;
  for (let n = TERMS.exponential; n >= 1; n--) sum = 1 + (rest / n) * sum;
  bits.setUint32(0, (exponent + EXPONENT_BIAS) << FRACTION_BITS);
  bits.setUint32(4, 0);
  return sum * bits.getFloat64(0);
}

/**
 * `base` to the power of `exponent`, as exact as the logarithm: some 15 decimal digits where the result is near 1, one
 * less for each tenfold of the exponent.
 * @param base a normal double above 0
 */
export const power = (base: number, exponent: number): number => exponential(exponent * logarithm(base));
