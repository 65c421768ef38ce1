/**
 * The parser: finds the headers of a packet. A malformed header ends parsing before it. So does a truncated one, except
 * on data planes that follow the chip: there the parser drops the packet.
 */
import { type DataPlane, movedField, type SkippedHeaderDescription } from '../../compiler/for-switches.js';
import { type FieldAccess, fieldAccess, readField } from './header-fields.js';
import type { Phv } from './phv.js';

interface Condition {
  readonly access: FieldAccess;
  readonly minimum: number;
  readonly maximum: number;
}

interface ExtractedHeader {
  readonly index: number;
  readonly bytes: number;
  readonly lengthWords: FieldAccess | undefined;
  readonly valid: readonly Condition[];
  /** Bytes that the conditions look at. */
  readonly lookaheadBytes: number;
}

/** See SkippedHeaderDescription: its conditions are read from its start. */
interface SkippedHeader {
  readonly value: number;
  readonly bytes: number;
  readonly unitBytes: number;
  readonly only: { readonly access: FieldAccess; readonly value: number } | undefined;
}

interface State {
  readonly headers: readonly ExtractedHeader[];
  readonly skip: { readonly most: number; readonly headers: readonly SkippedHeader[] } | undefined;
  readonly only: { readonly access: FieldAccess; readonly value: number } | undefined;
  readonly select: FieldAccess | undefined;
  readonly values: Int32Array;
  /** State by place in `values`. */
  readonly next: Int32Array;
}

/**
 * Finds the headers of the packet that a PHV holds, and fills `phv.headerStart`. A packet that it drops has
 * `phv.dropped` set and no header at all, so that no filter takes it.
 */
export interface PacketParser {
  parse(phv: Phv): void;
}

export class InterpretedParser implements PacketParser {
  private readonly states: readonly State[];
  private readonly start: number;
  private readonly dropsCut: boolean;
  /** Where the last of the headers that were skipped ends, and the value that selects what follows. */
  private skippedTo = 0;
  private following = 0;

  constructor(dataPlane: DataPlane) {
    const { parser, followsChip } = dataPlane.description;
    this.dropsCut = followsChip;
    const names = Object.keys(parser.states);
    const access = (field: string): FieldAccess => fieldAccess(dataPlane.headerField(field));
    this.start = names.indexOf(parser.start);
    this.states = Object.values(parser.states).map((state) => ({
      headers: state.extract.map((name) => {
        const header = dataPlane.headers[dataPlane.headerIndex(name)];
        if (header === undefined) throw new Error(`no header ${name}`);
        const { lengthWords, valid = [] } = header.description;
        const conditions = valid.map((condition) => ({
          ...condition,
          access: access(`hdr.${name}.${condition.field}`),
        }));
        return {
          index: header.index,
          bytes: header.bytes,
          lengthWords: lengthWords === undefined ? undefined : access(`hdr.${name}.${lengthWords}`),
          valid: conditions,
          lookaheadBytes: Math.max(0, ...conditions.map((each) => each.access.byteOffset + each.access.byteCount)),
        };
      }),
      skip: state.skip && { most: state.skip.most, headers: state.skip.headers.map(skippedHeader) },
      only: state.only && { access: access(state.only.field), value: state.only.value },
      select: state.select && access(state.select.field),
      values: Int32Array.from(state.select?.next ?? [], ({ value }) => value),
      next: Int32Array.from(state.select?.next ?? [], (edge) => names.indexOf(edge.state)),
    }));
  }

  /** Fills `phv.headerStart` for the packet that the PHV holds. */
  parse(phv: Phv): void {
    const { headerStart } = phv;
    headerStart.fill(-1);
    let at = phv.packetStart;
    let stateIndex = this.start;
    while (stateIndex >= 0) {
      const state = this.states[stateIndex] as State;
      const { headers } = state;
      const stateStart = at;
      for (let i = 0; i < headers.length; i++) {
        const header = headers[i] as ExtractedHeader;
        const length = this.dropsCut ? headerLengthOnChip(header, phv, at) : headerLength(header, phv, at);
        if (length === CUT) return dropCut(phv);
        if (length < 0) {
          for (let j = 0; j < i; j++) headerStart[(headers[j] as ExtractedHeader).index] = -1;
          at = stateStart;
          return;
        }
        headerStart[header.index] = at;
        at += length;
      }
      if (!continues(state, phv)) return;
      this.skippedTo = at;
      this.following = readField(state.select, phv.bytes, headerStart[state.select.header] as number);
      if (state.skip !== undefined) {
        const isCut = this.skip(state.skip.headers, state.skip.most, phv);
        if (isCut && this.dropsCut) return dropCut(phv);
        if (this.following < 0) return;
      }
      at = this.skippedTo;
      stateIndex = stateBehind(state, this.following);
    }
  }

  /**
   * Skips headers from `skippedTo` on. Where parsing ends, `following` is negative.
   * @returns whether the packet ends inside one of them
   */
  private skip(headers: readonly SkippedHeader[], most: number, phv: Phv): boolean {
    const { bytes, packetEnd } = phv;
    for (let left = most; ; left--) {
      const header = headerOfValue(headers, this.following);
      if (header === undefined) return false;
      this.following = -1;
      if (left === 0) return false;
      const at = this.skippedTo;
      if (at + header.bytes > packetEnd) return true;
      const { only } = header;
      if (only !== undefined && readField(only.access, bytes, at) !== only.value) return false;
      const length = header.bytes + header.unitBytes * (bytes[at + 1] as number);
      if (at + length > packetEnd) return true;
      this.following = bytes[at] as number;
      this.skippedTo = at + length;
    }
  }
}

function skippedHeader({ value, bytes, unitBytes, only }: SkippedHeaderDescription): SkippedHeader {
  if (only === undefined) return { value, bytes, unitBytes, only: undefined };
  return { value, bytes, unitBytes, only: { access: accessAt(only), value: only.value } };
}

/** Access to bits of a skipped header. */
export const accessAt = ({ bitOffset, width }: { readonly bitOffset: number; readonly width: number }): FieldAccess =>
  fieldAccess({ kind: 'header', name: 'bits of a skipped header', width, header: -1, bitOffset });

function headerOfValue(headers: readonly SkippedHeader[], value: number): SkippedHeader | undefined {
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i] as SkippedHeader;
    if (header.value === value) return header;
  }
  return undefined;
}

/** The packet ends inside a header: it has none then. */
function dropCut(phv: Phv): void {
  phv.headerStart.fill(-1);
  phv.dropped = true;
}

const NO_HEADER = -1;
const CUT = -2;

/** Bytes of a header that starts here, or {@link NO_HEADER} if it is truncated or malformed. */
function headerLength(header: ExtractedHeader, phv: Phv, at: number): number {
  if (at + header.bytes > phv.packetEnd || !isValid(header, phv, at)) return NO_HEADER;
  const length = lengthOf(header, phv, at);
  return at + length > phv.packetEnd ? NO_HEADER : length;
}

/**
 * As {@link headerLength}, or {@link CUT} if the packet ends inside it. The chip's parser looks at the conditions
 * before it takes a header, and takes options only on the way to a header behind them, which then is cut off too.
 */
function headerLengthOnChip(header: ExtractedHeader, phv: Phv, at: number): number {
  if (at + header.lookaheadBytes > phv.packetEnd) return CUT;
  if (!isValid(header, phv, at)) return NO_HEADER;
  return at + header.bytes > phv.packetEnd ? CUT : lengthOf(header, phv, at);
}

function isValid({ valid }: ExtractedHeader, phv: Phv, at: number): boolean {
  for (let i = 0; i < valid.length; i++) {
    const { access, minimum, maximum } = valid[i] as Condition;
    const value = readField(access, phv.bytes, at);
    if (value < minimum || value > maximum) return false;
  }
  return true;
}

const lengthOf = ({ lengthWords, bytes }: ExtractedHeader, phv: Phv, at: number): number =>
  lengthWords === undefined ? bytes : readField(lengthWords, phv.bytes, at) * 4;

/** Whether the parser looks for a next state. */
function continues(state: State, phv: Phv): state is State & { readonly select: FieldAccess } {
  const { only, select } = state;
  if (select === undefined) return false;
  return (
    only === undefined ||
    readField(only.access, phv.bytes, phv.headerStart[only.access.header] as number) === only.value
  );
}

function stateBehind({ values, next }: State, value: number): number {
  for (let i = 0; i < values.length; i++) if (values[i] === value) return next[i] as number;
  return -1;
}

/**
 * Whether a later pass can find other headers: only where some action of an RPB writes a field that the parser reads, on
 * data planes that follow the chip. On others a packet keeps the headers of its first pass; programs cannot tell the
 * difference, as they use no header behind such a field once they have written it (`header-may-change`).
 */
export function parsesAgain(dataPlane: DataPlane): boolean {
  const { description, rpbs } = dataPlane;
  if (!description.followsChip) return false;
  const reads = new Set<string>();
  for (const { only, select } of Object.values(description.parser.states)) {
    for (const field of [only?.field, select?.field]) if (field !== undefined) reads.add(field);
  }
  for (const [name, { lengthWords, valid = [] }] of Object.entries(description.headers)) {
    for (const field of [lengthWords, ...valid.map((condition) => condition.field)]) reads.add(`hdr.${name}.${field}`);
  }
  return rpbs.some(({ actions }) =>
    [...actions.values()].some(({ effect }) =>
      movedField(effect, 'header').some((name) => reads.has(dataPlane.layoutField(dataPlane.headerField(name)).name)),
    ),
  );
}
