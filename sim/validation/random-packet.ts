/**
 * Random packets for a program: along every path of the parser, most of them such that its filters match, with fields
 * that make its cases match, and now and then cut short.
 */
import { MAX_NUMBER_BITS } from '../../compiler/data-plane/bits.js';
import {
  and48,
  type DataPlane,
  EGRESS_LENGTH,
  type Header,
  type HeaderField,
  INGRESS_LENGTH,
  ones,
  type Program,
  TIMESTAMP,
} from '../../compiler/index.js';
import { type ParserWalk, parserWalks } from '../blocks/parser-walks.js';
import { overwriteBits, writeBits } from '../blocks/write-bits.js';
import type { QueueReading } from '../pipeline/drivers/queued-driver.js';
import { type ProgramValues, valueFor, valuesOf, wordFor } from './program-values.js';
import { below, chance, oneOf, type Random } from './random.js';
import { type Skip, skipsOf, withSkipped } from './skipped-headers.js';

/** A packet as a program meets it. */
export interface ArrivedPacket {
  readonly bytes: Uint8Array;
  readonly ingressPort: number;
  /** What the egress reads of the queue. */
  readonly queue: QueueReading;
  /** Number of the packet among all that came in, modulo 2^32. */
  readonly arrival: number;
  /** When it came: nanoseconds, modulo 2^32. */
  readonly timestamp: number;
  /** Bytes that it had on the wire; a capture has cut it if they are more than there are. */
  readonly wireLength: number;
}

export interface TestPacket extends ArrivedPacket {
  /**
   * Whether its port has an entry of default forwarding. It always has on data planes where packets that nobody
   * forwards end behind the ingress, as what their program does in egress then does not happen.
   */
  readonly isForwarded: boolean;
}

/** Ports that packets come in on, unless the program asks for another. */
const INGRESS_PORTS: readonly number[] = [1, 2, 3, 4];
const INGRESS_PORT_FIELD = 'ig_intr_md.ingress_port';
export const QUEUE_FIELDS = { nanoseconds: 'eg_intr_md.deq_timedelta', cells: 'eg_intr_md.enq_qdepth' } as const;

const SHARE = {
  forwarded: 0.75,
  addressed: 0.92,
  wanted: 0.7,
  targeted: 0.75,
  straight: 0.95,
  cut: 0.06,
  long: 0.4,
  skipped: 0.2,
} as const;
const MAX_PAYLOAD = 24;
const LENGTHS = [INGRESS_LENGTH, EGRESS_LENGTH] as const;
/** More than 16 bits can tell. */
const MAX_WIRE_LENGTH = 70_000;
const MAX_OPTION_WORDS = 3;

/** Whether packets of a walk can match the filters of a program. */
function isPossible({ filters, filterTable }: Program, { headers, leads, astray }: ParserWalk): boolean {
  const has = (header: number): boolean => headers.some(({ index }) => index === header);
  if (!has(filterTable.requires)) return false;
  return filters.every(({ field, value, mask }) => {
    if (field.kind === 'header' && !has(field.header)) return false;
    // All values but those that lead on.
    if (field.name === astray?.field) return mask !== ones(field.width) || !astray.onward.includes(value);
    const lead = leads.get(field.name);
    return lead === undefined || and48(lead, mask) === value;
  });
}

export class PacketGenerator {
  private readonly values: ProgramValues;
  private readonly walks: readonly ParserWalk[];
  /** Walks that have all headers of the program's fields. */
  private readonly wantedWalks: readonly ParserWalk[];
  private readonly random: Random;
  private readonly queueWidths: QueueReading;
  /** Headers that the parser may skip, by the header in front of them. */
  private readonly skips: ReadonlyMap<number, Skip>;
  /** Parts of fields. */
  private readonly parts: readonly HeaderField[];
  /** Whether all of a program runs for packets that nobody forwards. */
  private readonly mayEnd: boolean;
  /** Whether programs can read when packets come, and how long they are. */
  private readonly readsArrivals: boolean;
  /** Share of the packets that the capture has cut: more where the program reads how long they were. */
  private readonly captureCut: number;

  constructor(
    private readonly program: Program,
    dataPlane: DataPlane,
    random: Random,
  ) {
    this.random = random;
    this.readsArrivals = dataPlane.fields.has(TIMESTAMP);
    this.mayEnd = dataPlane.discardPort !== undefined;
    const width = (name: string): number => dataPlane.fields.get(name)?.width ?? 0;
    this.queueWidths = { nanoseconds: width(QUEUE_FIELDS.nanoseconds), cells: width(QUEUE_FIELDS.cells) };
    this.parts = [...dataPlane.fields.values()].filter(
      (field): field is HeaderField => field.kind === 'header' && field.partOf !== undefined,
    );
    this.values = valuesOf(program);
    this.captureCut = !this.readsArrivals
      ? 0
      : LENGTHS.some((name) => this.values.fields.has(name))
        ? SHARE.long
        : SHARE.cut;
    this.walks = parserWalks(dataPlane);
    this.skips = skipsOf(dataPlane);
    const possible = this.walks.filter((walk) => isPossible(program, walk));
    const wanted = (walk: ParserWalk): number => this.missing(walk);
    const least = Math.min(...possible.map(wanted));
    this.wantedWalks = possible.filter((walk) => wanted(walk) === least);
  }

  /** Ports that packets may come in on. */
  get ingressPorts(): readonly number[] {
    const filter = this.program.filters.find(({ field }) => field.name === INGRESS_PORT_FIELD);
    return filter === undefined ? INGRESS_PORTS : [...new Set([filter.value, ...INGRESS_PORTS])];
  }

  next(): TestPacket {
    const { random } = this;
    const addressed = chance(random, SHARE.addressed);
    const walk =
      this.wantedWalks.length > 0 && chance(random, addressed ? SHARE.wanted : 0)
        ? oneOf(random, this.wantedWalks)
        : oneOf(random, this.walks);
    const targets = chance(random, SHARE.targeted) ? this.target() : new Map<string, number>();
    const filters = addressed ? this.filterValues() : new Map<string, number>();
    const straight = chance(random, SHARE.straight);
    const bytes: number[] = [];
    for (const header of walk.headers) {
      const own = this.headerBytes(header, walk, targets, filters, straight);
      const skip = this.skips.get(header.index);
      bytes.push(...(skip !== undefined && chance(random, SHARE.skipped) ? withSkipped(own, skip, random) : own));
    }
    const payload = below(random, MAX_PAYLOAD + 1);
    for (let i = 0; i < payload; i++) bytes.push(below(random, 256));
    const length = chance(random, SHARE.cut) ? below(random, bytes.length + 1) : bytes.length;
    const cut = chance(random, this.captureCut) ? below(random, MAX_WIRE_LENGTH) : 0;
    const port = filters.get(INGRESS_PORT_FIELD);
    const reading = (width: number): number =>
      chance(random, 0.5) ? and48(wordFor(random, this.values), ones(width)) : below(random, 2 ** width);
    return {
      bytes: Uint8Array.from(bytes.slice(0, length)),
      ingressPort: port ?? oneOf(random, this.ingressPorts),
      queue: { nanoseconds: reading(this.queueWidths.nanoseconds), cells: reading(this.queueWidths.cells) },
      arrival: below(random, 2 ** 32),
      timestamp: this.readsArrivals ? below(random, 2 ** 32) : 0,
      wireLength: length + cut,
      isForwarded: !this.mayEnd || chance(random, SHARE.forwarded),
    };
  }

  /** Fields of the program that a walk's headers lack. */
  private missing({ headers }: ParserWalk): number {
    const prefixes = headers.map(({ name }) => `hdr.${name}.`);
    return [...this.values.fields].filter(
      (field) => field.startsWith('hdr.') && !prefixes.some((prefix) => field.startsWith(prefix)),
    ).length;
  }

  /** Values for the fields that are extracted into the registers of some case, so that it matches. */
  private target(): ReadonlyMap<string, number> {
    const { cases, extracts } = this.values;
    const chosen = new Map<string, number>();
    if (cases.length === 0) return chosen;
    for (const condition of oneOf(this.random, cases).conditions) {
      for (const [field, registers] of extracts) {
        if (registers.has(condition.register)) chosen.set(field, valueFor(this.random, condition));
      }
    }
    return chosen;
  }

  private filterValues(): ReadonlyMap<string, number> {
    return new Map(
      this.program.filters.map(({ field, value, mask }) => {
        const free = Math.floor(this.random() * 2 ** field.width);
        return [field.name, value + and48(free, ones(field.width) - mask)];
      }),
    );
  }

  private headerBytes(
    { name, index, bytes, description }: Header,
    { leads }: ParserWalk,
    targets: ReadonlyMap<string, number>,
    filters: ReadonlyMap<string, number>,
    straight: boolean,
  ): number[] {
    const { random } = this;
    const own: number[] = new Array(bytes).fill(0);
    let bit = 0;
    let words = 0;
    for (const { name: field, width } of description.fields) {
      const full = `hdr.${name}.${field}`;
      const valid = description.valid?.find((condition) => condition.field === field);
      const isLength = description.lengthWords === field;
      let value = filters.get(full) ?? targets.get(full) ?? this.fieldValue(full, width);
      const lead = filters.has(full) ? undefined : leads.get(full);
      if (straight && lead !== undefined) value = lead;
      if (straight && valid !== undefined) {
        value = valid.minimum + (isLength && chance(random, 0.2) ? below(random, MAX_OPTION_WORDS + 1) : 0);
      }
      if (width > MAX_NUMBER_BITS) for (let at = bit; at < bit + width; at += 8) own[at / 8] = below(random, 256);
      else {
        value = and48(value, ones(width));
        if (isLength) words = value;
        writeBits(own, bit, width, value);
      }
      bit += width;
    }
    for (const { name: part, bitOffset, width } of this.parts.filter(({ header }) => header === index)) {
      const value = filters.get(part) ?? targets.get(part);
      if (value !== undefined) overwriteBits(own, bitOffset, width, and48(value, ones(width)));
    }
    const options = Array.from({ length: Math.max(0, words * 4 - bytes) }, () => below(random, 256));
    return [...own, ...options];
  }

  private fieldValue(field: string, width: number): number {
    const { random, values } = this;
    if (width > MAX_NUMBER_BITS) return 0;
    if (width > 32) return Math.floor(random() * 2 ** width);
    // An address must lie in its memory, or the language does not say what happens.
    if (values.extracts.get(field)?.has('mar') && chance(random, 0.7)) return below(random, values.leastBuckets);
    return wordFor(random, values);
  }
}
