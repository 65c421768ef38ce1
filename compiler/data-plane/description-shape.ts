/**
 * The shape of a description: which keys it has, of which types, and what they mean. The types hold it against
 * {@link DataPlaneDescription}; what a user's JSON may be, and its JSON schema, follow from it.
 */
import {
  CHIP_NAMES,
  type CrcDescription,
  type DataPlaneDescription,
  type Gress,
  type SkippedHeaderDescription,
} from './description.js';

interface About {
  /** For the JSON schema: what it is. */
  readonly about?: string;
}

export type Shape = About &
  (
    | { readonly type: 'text' | 'flag' }
    | { readonly type: 'number'; readonly whole: boolean; readonly least?: number }
    | { readonly type: 'choice'; readonly of: readonly string[] }
    | { readonly type: 'list'; readonly items: Shape }
    /** An object by names of the description's own. */
    | { readonly type: 'table'; readonly values: Shape }
    | ObjectShape
  );

export interface ObjectShape {
  readonly type: 'object';
  readonly about?: string;
  readonly required: Readonly<Record<string, Shape>>;
  readonly optional: Readonly<Record<string, Shape>>;
}

type OptionalKey<Of> = { [Key in keyof Of]-?: object extends Pick<Of, Key> ? Key : never }[keyof Of];

/** The shapes that values of a type can have. */
type ShapeOf<Of> = [Of] extends [string]
  ? string extends Of
    ? Shape & { readonly type: 'text' }
    : Shape & { readonly type: 'choice'; readonly of: readonly Of[] }
  : [Of] extends [number]
    ? Shape & { readonly type: 'number' }
    : [Of] extends [boolean]
      ? Shape & { readonly type: 'flag' }
      : Of extends readonly (infer Item)[]
        ? Shape & { readonly type: 'list'; readonly items: ShapeOf<Item> }
        : string extends keyof Of
          ? Shape & { readonly type: 'table'; readonly values: ShapeOf<Of[keyof Of]> }
          : {
              readonly type: 'object';
              readonly about?: string;
              readonly required: { readonly [Key in Exclude<keyof Of, OptionalKey<Of>>]: ShapeOf<Of[Key]> };
              readonly optional: { readonly [Key in OptionalKey<Of>]-?: ShapeOf<NonNullable<Of[Key]>> };
            };

const text = (about: string) => ({ type: 'text', about }) as const;
const flag = (about: string) => ({ type: 'flag', about }) as const;
/** A whole number. */
const count = (about: string, least = 1) => ({ type: 'number', whole: true, least, about }) as const;
const quantity = (about: string) => ({ type: 'number', whole: false, least: 0, about }) as const;
const choice = <Of extends string>(of: readonly Of[], about: string) => ({ type: 'choice', of, about }) as const;
const list = <Items>(items: Items, about: string) => ({ type: 'list', items, about }) as const;
const table = <Values>(values: Values, about: string) => ({ type: 'table', values, about }) as const;
const object = <Required, Optional>(required: Required, optional: Optional, about = '') =>
  ({ type: 'object', required, optional, ...(about === '' ? {} : { about }) }) as const;

const GRESSES: readonly Gress[] = ['ingress', 'egress'];
const ofGress = (what: string) => choice(GRESSES, `Gress of the ${what}`);

const CRC: ShapeOf<CrcDescription> = object(
  {
    name: text('For reports'),
    polynomial: count('16 bits, without the highest term', 0),
    reflected: flag('Whether each input byte and the result are reversed'),
    initial: count('16 bits', 0),
    xorOut: count('16 bits', 0),
  },
  {},
  'The hash function: a CRC of 16 bits in the Rocksoft convention',
);

const SKIPPED_HEADER: ShapeOf<SkippedHeaderDescription> = object(
  {
    value: count('By which value of the field in front of it it is known', 0),
    bytes: count('Least number of bytes'),
    unitBytes: count('Bytes that each unit of its second byte adds', 0),
  },
  {
    only: object(
      { bitOffset: count('From its first bit', 0), width: count('Bits'), value: count('Their value', 0) },
      {},
      'Parsing goes on behind it only if these bits have this value',
    ),
  },
);
const SKIP = 'Headers in front of those of the next state, as the extension headers of IPv6';

export const DESCRIPTION_SHAPE: ShapeOf<DataPlaneDescription> = object(
  {
    schema: choice(['p4runpro-sim/data-plane@1'], 'The version of this format'),
    name: text('Name of the data plane, in reports and for programs that are compiled for it'),
    summary: text('One line about it'),
    ports: object(
      {
        width: count('Bits of a port number'),
        recirculation: count('Number of the recirculation port', 0),
        cpu: count('Number of the port of REPORT', 0),
        bitsPerSecond: quantity('Rate of a port'),
        recirculationBitsPerSecond: quantity('Rate of the recirculation port'),
      },
      { discard: count('Number of the port through whose egress unforwarded packets go; default: recirculation', 0) },
    ),
    trafficManager: object(
      {
        bufferBytes: count('Buffer that the packets in all queues share'),
        cellBytes: count('Size of a buffer cell; a packet takes whole cells'),
        source: text('Where these numbers are from'),
      },
      {},
    ),
    headers: table(
      object(
        {
          fields: list(
            object({ name: text('Name of the field'), width: count('Bits') }, {}),
            'Fields in the order of the packet, most significant bit first; whole bytes together',
          ),
        },
        {
          parts: table(
            object(
              {
                field: text('The field of the same header that it is a part of'),
                bitOffset: count('Bits from the most significant bit of that field', 0),
                width: count('Bits'),
              },
              {},
            ),
            'Parts of fields by name, which programs can use like fields',
          ),
          lengthWords: text('The field that has the length of the header in words of 4 bytes, as IHL of IPv4'),
          valid: list(
            object(
              { field: text('Name of the field'), minimum: count('Least value', 0), maximum: count('Most', 0) },
              {},
            ),
            'Conditions of a valid header; if one fails, parsing ends before it',
          ),
        },
      ),
      'Headers by name: field f of header h is hdr.h.f',
    ),
    parser: object(
      {
        start: text('The first state'),
        states: table(
          object(
            { extract: list(text('Name of a header'), 'Headers that are extracted together') },
            {
              only: object(
                { field: text('Full name of a field'), value: count('Its value', 0) },
                {},
                'Parsing goes on only if this field has this value',
              ),
              skip: object(
                { most: count('Maximum number of them'), headers: list(SKIPPED_HEADER, 'Headers') },
                {},
                SKIP,
              ),
              select: object(
                {
                  field: text('Full name of a field'),
                  next: list(
                    object({ value: count('Value of the field', 0), state: text('The next state') }, {}),
                    'The next state by the value; parsing ends at any other',
                  ),
                },
                {},
              ),
            },
          ),
          'States by name; they form no cycle',
        ),
      },
      {},
    ),
    intrinsics: list(
      object({ name: text('Full name'), width: count('Bits'), gress: ofGress('switch that supplies it') }, {}),
      'Fields that the switch supplies',
    ),
    aliases: table(
      object(
        { field: text('Full name of a field') },
        { protocol: count('Value of hdr.ipv4.protocol that the name implies', 0) },
      ),
      'Other names of fields',
    ),
    init: object(
      {
        stage: count('Ingress stage of the init block', 0),
        forwardEntries: count('Entries of the default forwarding'),
        filters: list(
          object(
            {
              name: text('Name of the table'),
              path: text('The parsing path that it serves, for messages'),
              requires: text('The header that a packet must have to be looked up here'),
              keys: list(text('Full name of a field'), 'Keys'),
              entries: count('Entries'),
            },
            { unreachable: text('Why packets never reach it') },
          ),
          'Filter tables in the order of look-up: a packet takes the first that matches',
        ),
        onEveryPass: flag('Whether the init block runs on every pass, or on the first only'),
      },
      { unforwarded: choice(GRESSES, 'Where unforwarded packets end: after the ingress, or after the egress') },
    ),
    state: object(
      {
        programIdBits: count('Bits of a program id'),
        branchIdBits: count('Bits of a branch id'),
        recirculationIdBits: count('Bits of the number of the pass'),
        addressBits: count('Bits of an address of memory'),
        branchMatch: choice(['exact', 'ternary'], 'Whether entries match the branch id in full or with a mask'),
        recirculationIdLast: flag('Whether the number of the pass follows the ports in the carried state'),
      },
      {},
      'The state that a packet carries',
    ),
    rpbs: table(
      object(
        {
          gress: ofGress('RPB'),
          stage: count('Stage of that gress', 0),
          entries: count('Ternary entries'),
          buckets: count('Buckets of its memory'),
          hash: CRC,
          actions: list(text('Name of an action'), 'All actions, in place of those of the base: see addActions'),
        },
        { words: count('Words of 32 bits in a bucket: 2 in a memory of pairs, otherwise 1') },
      ),
      'RPBs by number, from 1; ingress RPBs come first',
    ),
    recirculation: object(
      { stage: count('Ingress stage of the recirculation block', 0), entries: count('Entries') },
      {},
    ),
    updatesChecksums: flag('Whether the deparser updates checksums of IPv4, TCP and UDP where headers changed'),
    followsChip: flag('Whether parser and deparser behave as those of the P4 source on a chip'),
    timing: object(
      {
        clockHz: quantity('Clock of the pipe'),
        stageCycles: count('Cycles of a stage that depends on the match of the one before', 0),
        tcamCycles: count('Further cycles with TCAM', 0),
        statefulAluCycles: count('Further cycles with a stateful ALU', 0),
        cornerTurnCycles: count('Cycles once per gress', 0),
        source: text('Where the numbers of cycles are from'),
        fixedNanoseconds: object(
          {
            mac: quantity('Once per port'),
            parser: quantity('Once per gress'),
            deparser: quantity('Once per gress'),
            trafficManager: quantity('Once'),
          },
          {},
        ),
        fixedSource: text('Where these are from'),
      },
      {},
    ),
  },
  {
    chip: choice(CHIP_NAMES, 'The chip that it is compared with, and whose P4 architecture its source has'),
    replication: object(
      {
        groups: count('Groups, numbered from 1'),
        nodes: count('Nodes of all groups'),
        copies: count('Copies of one packet'),
      },
      {},
      'The replication engine, which copies packets to the ports of groups',
    ),
  },
);
