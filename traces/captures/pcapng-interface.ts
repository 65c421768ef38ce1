/** Interface description blocks of pcapng, and the time stamps of the packets that refer to them. */
/** What gets a time. */
interface Stamped {
  timeSeconds: number;
  timeNanoseconds: number;
}

/** Contents of an interface description block. */
export interface PcapngInterface {
  readonly linkType: number;
  /** Maximum captured bytes of a packet; 0 for no limit. */
  readonly snapBytes: number;
  /** Bytes of frame check sequence at the end of each packet. */
  readonly frameCheckBytes: number;
  /** The switch port that its name stands for, see {@link portName}. */
  readonly port: number | undefined;
  /** Writes the time `high · 2³² + low` ticks to it. */
  readonly setTime: (stamped: Stamped, high: number, low: number) => void;
}

/** Bytes of an interface description block before its options. */
export const INTERFACE_FIXED_BYTES = 16;

const OPTION_END = 0;
const OPTION_NAME = 2;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_FRAME_CHECK_LENGTH = 13;
const OPTION_TIME_OFFSET = 14;
/** Resolution of an interface that names none: microseconds. */
const DEFAULT_RESOLUTION = 6;
const BINARY_RESOLUTION = 0x80;
const NANOSECONDS_PER_SECOND = 1e9;
const WORD = 2 ** 32;

/** Name of the interface of a switch port. */
export const portName = (port: number): string => `port ${port}`;

/** The port that an interface of this name stands for; whether a switch has it is not decided here. */
function portOf(name: string): number | undefined {
  const [, digits] = /^port (\d{1,15})$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Reads the block `view[at .. end)`; assumes it is whole. Returns undefined if an option runs past the end. */
export function readInterface(view: DataView, at: number, end: number, little: boolean): PcapngInterface | undefined {
  let resolution = DEFAULT_RESOLUTION;
  let offsetSeconds = 0;
  let frameCheckBytes = 0;
  let port: number | undefined;
  const optionsEnd = end - 4;
  let option = at + INTERFACE_FIXED_BYTES;
  while (option + 4 <= optionsEnd) {
    const code = view.getUint16(option, little);
    const length = view.getUint16(option + 2, little);
    const value = option + 4;
    if (code === OPTION_END) break;
    if (value + length > optionsEnd) return undefined;
    if (code === OPTION_NAME) port = portOf(textOf(view, value, length));
    if (code === OPTION_TIME_RESOLUTION && length >= 1) resolution = view.getUint8(value);
    if (code === OPTION_TIME_OFFSET && length >= 8) {
      const high = view.getInt32(value + (little ? 4 : 0), little);
      offsetSeconds = high * WORD + view.getUint32(value + (little ? 0 : 4), little);
    }
    if (code === OPTION_FRAME_CHECK_LENGTH && length >= 1) {
      // The specification counts bits, but its example and some writers give bytes; no check has under 8 bits.
      const given = view.getUint8(value);
      frameCheckBytes = given >= 8 ? given >>> 3 : given;
    }
    option = value + ((length + 3) & ~3);
  }
  return {
    linkType: view.getUint16(at + 8, little),
    snapBytes: view.getUint32(at + 12, little),
    frameCheckBytes,
    port,
    setTime: timeSetter(resolution, offsetSeconds),
  };
}

/** Text may end with a zero byte. */
const textOf = (view: DataView, at: number, length: number): string =>
  new TextDecoder('utf-8', { ignoreBOM: true })
    .decode(new Uint8Array(view.buffer, view.byteOffset + at, length))
    .replace(/\0+$/, '');

/** How to turn ticks of the resolution (the byte of `if_tsresol`) into seconds and nanoseconds. */
function timeSetter(resolution: number, offsetSeconds: number): PcapngInterface['setTime'] {
  const binary = (resolution & BINARY_RESOLUTION) !== 0;
  const exponent = resolution & ~BINARY_RESOLUTION;
  const ticksPerSecond = (binary ? 2n : 10n) ** BigInt(exponent);
  if (!binary && exponent >= 6 && exponent <= 9) return fineTimeSetter(Number(ticksPerSecond), offsetSeconds);
  if (!binary && exponent < 6) return coarseTimeSetter(Number(ticksPerSecond), offsetSeconds);
  return exactTimeSetter(ticksPerSecond, offsetSeconds);
}

/**
 * For powers of 10 from microseconds to nanoseconds. The 64-bit tick count does not fit a double, so the quotient can be
 * one too large or too small; the rest is then below 0 or too large, and is exact in 32 bits with a sign.
 */
function fineTimeSetter(ticksPerSecond: number, offsetSeconds: number): PcapngInterface['setTime'] {
  const nanosecondsPerTick = NANOSECONDS_PER_SECOND / ticksPerSecond;
  return (stamped, high, low) => {
    let seconds = Math.floor((high * WORD + low) / ticksPerSecond);
    let ticks = (low - Math.imul(seconds, ticksPerSecond)) | 0;
    if (ticks < 0) {
      seconds--;
      ticks += ticksPerSecond;
    } else if (ticks >= ticksPerSecond) {
      seconds++;
      ticks -= ticksPerSecond;
    }
    stamped.timeSeconds = seconds + offsetSeconds;
    stamped.timeNanoseconds = ticks * nanosecondsPerTick;
  };
}

/**
 * For powers of 10 up to 10⁵: long division in steps of 16 bits, as the quotient need not fit a double either. Every
 * intermediate stays below 10⁹ · 2¹⁶ < 2⁴⁶, so each quotient is exact.
 */
function coarseTimeSetter(ticksPerSecond: number, offsetSeconds: number): PcapngInterface['setTime'] {
  const nanosecondsPerTick = NANOSECONDS_PER_SECOND / ticksPerSecond;
  return (stamped, high, low) => {
    const quotientHigh = Math.floor(high / ticksPerSecond);
    const upper = (high - quotientHigh * ticksPerSecond) * 65536 + (low >>> 16);
    const quotientUpper = Math.floor(upper / ticksPerSecond);
    const lower = (upper - quotientUpper * ticksPerSecond) * 65536 + (low & 0xffff);
    const quotientLower = Math.floor(lower / ticksPerSecond);
    stamped.timeSeconds = quotientHigh * WORD + quotientUpper * 65536 + quotientLower + offsetSeconds;
    stamped.timeNanoseconds = (lower - quotientLower * ticksPerSecond) * nanosecondsPerTick;
  };
}

/** For every other resolution: exact, rounding down, at the price of a few allocations per packet. */
function exactTimeSetter(ticksPerSecond: bigint, offsetSeconds: number): PcapngInterface['setTime'] {
  return (stamped, high, low) => {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    stamped.timeSeconds = Number(ticks / ticksPerSecond) + offsetSeconds;
    stamped.timeNanoseconds = Number(((ticks % ticksPerSecond) * BigInt(NANOSECONDS_PER_SECOND)) / ticksPerSecond);
  };
}
