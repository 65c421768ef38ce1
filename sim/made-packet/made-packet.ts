/**
 * A packet made of field values: `ipv4.src=10.0.0.1 tcp.dst_port=80 tcp.flags=S`. It has the headers that the fields
 * are in and those that the parser reads before them. Other fields are 0, except for versions, lengths, time to live,
 * checksums, and fields that select the path of the parser.
 */
import { MAX_NUMBER_BITS } from '../../compiler/data-plane/bits.js';
import { wordName } from '../../compiler/data-plane/description.js';
import { must } from '../../compiler/data-plane/must.js';
import { type DataPlane, EGRESS_LENGTH, type Header, INGRESS_LENGTH, TIMESTAMP } from '../../compiler/index.js';
import { type ParserWalk, parserWalks } from '../blocks/parser-walks.js';
import { writeBits } from '../blocks/write-bits.js';
import type { QueueReading } from '../pipeline/drivers/queued-driver.js';
import { HeaderReader } from '../pipeline/trace/header-reader.js';
import { QUEUE_FIELDS } from '../validation/random-packet.js';
import { FieldNames, INGRESS_PORT, MadePacketError, type NamedField } from './field-names.js';
import { fieldValue, wordValues } from './field-values.js';
import { putLengthsAndChecksums } from './lengths-and-checksums.js';

/** A packet made of field values, with its ingress port. */
export interface MadePacket {
  readonly bytes: Uint8Array;
  readonly ingressPort: number;
  /** State of the queue as the egress reads it. */
  readonly queue: QueueReading;
  /** When it comes: nanoseconds, modulo 2^32. */
  readonly timestamp: number;
  /** Bytes that it has on the wire. */
  readonly wireLength: number;
}

interface Given {
  /** Of header fields by their full names; parts of one are put together. */
  readonly fields: ReadonlyMap<string, number>;
  readonly intrinsics: ReadonlyMap<string, number>;
  readonly headers: ReadonlySet<number>;
  readonly protocol: number | undefined;
  readonly payload: Uint8Array;
}

/** By version of IP. */
const PROTOCOLS = ['hdr.ipv4.protocol', 'hdr.ipv6.next_header'];
const DEFAULTS: Readonly<Record<string, number>> = {
  'hdr.ipv4.ttl': 64,
  'hdr.ipv6.hop_limit': 64,
  // A header of five words (RFC 9293).
  'hdr.tcp.tcp4thword': 0x50000000,
};

/**
 * @param text `name=value`, separated by spaces or commas; `payload=` takes bytes in hexadecimal @throws
 * {MadePacketError}
 */
export function madePacket(text: string, dataPlane: DataPlane): MadePacket {
  const given = givenValues(text, dataPlane);
  const bytes = frameOf(given, dataPlane);
  const intrinsic = (name: string): number => given.intrinsics.get(name) ?? 0;
  return {
    bytes,
    ingressPort: intrinsic(INGRESS_PORT),
    timestamp: intrinsic(TIMESTAMP),
    wireLength: given.intrinsics.get(INGRESS_LENGTH) ?? given.intrinsics.get(EGRESS_LENGTH) ?? bytes.length,
    queue: { nanoseconds: intrinsic(QUEUE_FIELDS.nanoseconds), cells: intrinsic(QUEUE_FIELDS.cells) },
  };
}

/** @param before the name under which the field was given already, if it was */
function refuseSecond(name: string, before: string | undefined, field: string | undefined): void {
  if (before === undefined) return;
  if (before === name || field === undefined) throw new MadePacketError(`${name} is given more than once`);
  throw new MadePacketError(`${before} and ${name} are both the field ${field}: give one of them`);
}

function givenValues(text: string, dataPlane: DataPlane): Given {
  const names = new FieldNames(dataPlane);
  const fields = new Map<string, number>();
  const intrinsics = new Map<string, number>();
  const headers = new Set<number>();
  const seen = new Map<string, string>();
  let payload = new Uint8Array();
  let protocol: { readonly value: number; readonly by: string } | undefined;
  for (const [name, value] of assignments(text)) {
    const named = name === 'payload' ? undefined : names.find(name);
    for (const key of named === undefined ? [name] : keysOf(named, dataPlane)) {
      refuseSecond(named?.name ?? name, seen.get(key), named?.field.name);
      seen.set(key, named?.name ?? name);
    }
    if (named === undefined) {
      payload = payloadBytes(value);
      continue;
    }
    const { field } = named;
    if (field.kind === 'intrinsic') {
      intrinsics.set(field.name, fieldValue(named, value));
      continue;
    }
    headers.add(field.header);
    const words = dataPlane.wordsOf(field);
    if (words.length > 1) {
      for (const [i, word] of wordValues(named, value).entries()) {
        fields.set(must(words[i], 'word of a field').name, word);
      }
    } else fields.set(field.name, withPart(named, fields.get(field.name), fieldValue(named, value)));
    if (named.protocol === undefined) continue;
    if (protocol !== undefined && protocol.value !== named.protocol) {
      throw new MadePacketError(`${protocol.by} and ${named.name} belong to different protocols`);
    }
    protocol = { value: named.protocol, by: named.name };
  }
  for (const field of PROTOCOLS) {
    const stated = fields.get(field);
    if (protocol === undefined || stated === undefined || stated === protocol.value) continue;
    throw new MadePacketError(`${protocol.by} needs ${field.slice('hdr.'.length)}=${protocol.value}, not ${stated}`);
  }
  return { fields, intrinsics, headers, protocol: protocol?.value, payload };
}

/** What a name gives: a field, a part of it, or all words of a wide one. */
const keysOf = ({ field, part }: NamedField, dataPlane: DataPlane): string[] =>
  dataPlane.wordsOf(field).map((word) => `${word.name}/${part?.offset ?? ''}`);

function assignments(text: string): [name: string, value: string][] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  if (parts.length === 0) {
    throw new MadePacketError('a packet needs a field, as in ipv4.src=10.0.0.1 or ethernet.dst=02:00:00:00:00:01');
  }
  return parts.map((part) => {
    const [, name, value] = /^([\w.[\]]+)=(.+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      throw new MadePacketError(`'${part}' is not of the form field=value, as in ipv4.src=10.0.0.1`);
    }
    return [name, value];
  });
}

function payloadBytes(text: string): Uint8Array<ArrayBuffer> {
  if (!/^([\da-f]{2})+$/i.test(text)) throw new MadePacketError(`payload takes bytes in hexadecimal, not '${text}'`);
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** The field with other bits in a part of it. */
function withPart({ field, part }: NamedField, before: number | undefined, value: number): number {
  if (part === undefined) return value;
  const shift = field.width - part.offset - part.width;
  const mask = ((1 << part.width) - 1) << shift;
  return (((before ?? DEFAULTS[field.name] ?? 0) & ~mask) | (value << shift)) >>> 0;
}

/** Follows the shortest path of the parser that finds all requested headers. */
function frameOf(given: Given, dataPlane: DataPlane): Uint8Array {
  const reader = new HeaderReader(dataPlane);
  const holds = ({ headers }: ParserWalk): boolean =>
    [...given.headers].every((wanted) => headers.some(({ index }) => index === wanted));
  const isOfProtocol = ({ leads }: ParserWalk): boolean =>
    given.protocol === undefined || PROTOCOLS.some((field) => leads.get(field) === given.protocol);
  const walks = parserWalks(dataPlane)
    .filter((walk) => holds(walk) && isOfProtocol(walk))
    .sort((a, b) => a.headers.length - b.headers.length);
  const wanted = dataPlane.headers.filter(({ index }) => given.headers.has(index)).map(({ name }) => name);
  if (walks.length === 0) throw new MadePacketError(`no packet has the headers ${wanted.join(' and ')} together`);
  for (const walk of walks) {
    const bytes = frameAlong(walk, given);
    reader.read(bytes);
    if (walk.headers.every(({ index }) => reader.has(index))) return bytes;
  }
  throw new MadePacketError(`with these values the parser does not reach ${wanted.at(-1)}`);
}

function frameAlong({ headers, leads }: ParserWalk, { fields, payload }: Given): Uint8Array {
  const starts = new Map<string, number>();
  const bytes: number[] = [];
  for (const header of headers) {
    starts.set(header.name, bytes.length);
    bytes.push(...headerBytes(header, leads, fields));
  }
  const frame = Uint8Array.from([...bytes, ...payload]);
  putLengthsAndChecksums(frame, starts, (field) => fields.has(field));
  return frame;
}

const BYTES_PER_WORD = 4;
const WORD_BITS = 32;

function headerBytes(
  { name, bytes, description }: Header,
  leads: ReadonlyMap<string, number>,
  fields: ReadonlyMap<string, number>,
): number[] {
  const own: number[] = new Array(bytes).fill(0);
  let [bit, words] = [0, 0];
  for (const { name: field, width } of description.fields) {
    const full = `hdr.${name}.${field}`;
    const least = description.valid?.find((condition) => condition.field === field)?.minimum;
    const value = fields.get(full) ?? leads.get(full) ?? least ?? DEFAULTS[full] ?? 0;
    if (description.lengthWords === field) words = value;
    if (width <= MAX_NUMBER_BITS) writeBits(own, bit, width, value);
    else
      for (let word = 0; word * WORD_BITS < width; word++) {
        writeBits(own, bit + word * WORD_BITS, WORD_BITS, fields.get(wordName(full, word)) ?? 0);
      }
    bit += width;
  }
  const options = Math.max(0, words * BYTES_PER_WORD - bytes);
  return [...own, ...new Array<number>(options).fill(0)];
}
