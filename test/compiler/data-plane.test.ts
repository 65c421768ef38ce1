import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  actionName,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  canonicalJson,
  compactFieldName,
  DataPlane,
  DataPlaneError,
  dataPlaneFromJson,
  defaultDataPlane,
  effectOfAction,
  gressCycles,
  stageLatencies,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { PROPERTY } from './support.js';

const builtIn = BUILT_IN_DATA_PLANES.flatMap((name) => builtInDataPlane(name) ?? []);

/** RPBs of each gress and cycles of each gress; 0 where all RPBs have full memory, otherwise how many have half. */
const SHAPES: Readonly<Record<string, { rpbs: [number, number]; cycles: [number, number]; halfMemory: number }>> = {
  tofino1: { rpbs: [10, 12], cycles: [306, 316], halfMemory: 3 },
  tofino2: { rpbs: [18, 20], cycles: [510, 520], halfMemory: 0 },
};
const PAPER = { rpbs: [10, 12], cycles: [306, 316], halfMemory: 0 };
/** The one RPB with half the entries: it shares its stage with the filters. */
const HALF_TABLE: Readonly<Record<string, number>> = { tofino2: 19 };

for (const dataPlane of builtIn) {
  const { rpbs, cycles, halfMemory } = SHAPES[dataPlane.name] ?? PAPER;
  const [ingress = 0, egress = 0] = rpbs;
  test(`${dataPlane.name} is valid, has ${ingress} and ${egress} RPBs of 2,048 entries and 65,536 buckets`, () => {
    assert.ok(new DataPlane(dataPlane.description).hash === dataPlane.hash);
    assert.is(dataPlane.rpbCount, ingress + egress);
    assert.is(dataPlane.rpbs.filter(({ gress }) => gress === 'ingress').length, ingress);
    for (const { entries, buckets, words, stage, gress, number } of dataPlane.rpbs) {
      const half = HALF_TABLE[dataPlane.name] === number;
      assert.equal(
        [entries, buckets],
        [half ? 1024 : 2048, number <= halfMemory || (words === 2 && dataPlane.name === 'tofino2') ? 32768 : 65536],
      );
      assert.is(stage, gress === 'ingress' ? number : number - ingress - 1);
    }
  });

  test(`${dataPlane.name}: ${cycles[0]} cycles of ingress and ${cycles[1]} of egress`, () => {
    assert.equal([gressCycles(dataPlane, 'ingress'), gressCycles(dataPlane, 'egress')], cycles);
    assert.is(stageLatencies(dataPlane).length, dataPlane.rpbCount + 2);
  });

  test(`${dataPlane.name}: every action name means its effect and back`, () => {
    const fields = new Map([...dataPlane.fields.keys()].map((name) => [compactFieldName(name), name]));
    assert.is(fields.size, dataPlane.fields.size, 'no two fields have one compact name');
    for (const { actions } of dataPlane.rpbs) {
      for (const [name, { effect }] of actions) {
        assert.is(actionName(effect), name);
        assert.equal(effectOfAction(name, fields), effect);
      }
    }
  });
}

test('names that are no action', () => {
  const fields = new Map([['hdripv4src', 'hdr.ipv4.src']]);
  for (const name of [
    '',
    'recover4',
    'add_har_har',
    'extract_hdrno_har',
    'extract_hdripv4src_xar',
    'loadi',
    '__proto__',
  ]) {
    assert.is(effectOfAction(name, fields), undefined, name);
  }
});

test('latency follows the description: a faster stage, no corner turn', () => {
  const fast = dataPlaneFromJson({
    extends: 'default',
    name: 'fast',
    timing: { stageCycles: 10, cornerTurnCycles: 0 },
  });
  assert.is(gressCycles(fast, 'ingress'), 306 - 12 * 10 - 4);
  assert.is(gressCycles(fast, 'egress'), 316 - 12 * 10 - 4);
});

/** Data planes with hash units of their own. */
const MENDED = builtIn.filter(({ name }) => name !== 'published');

test('every hash unit but those of published has a polynomial and reflection of its own', () => {
  for (const { name, rpbs } of MENDED) {
    const pairs = rpbs.map(({ hash }) => `${hash.polynomial} ${hash.reflected}`);
    assert.is(new Set(pairs).size, pairs.length, name);
  }
});

/** The order of x modulo x^16 + polynomial over GF(2). */
function orderOfX(polynomial: number): number {
  let power = 1;
  for (let order = 1; order <= 0xffff; order++) {
    power = (power & 0x8000) === 0 ? power << 1 : ((power << 1) ^ polynomial) & 0xffff;
    if (power === 1) return order;
  }
  return 0;
}

/** Terms of x^16 + polynomial. */
const termsOf = (polynomial: number): number => 1 + [...polynomial.toString(2)].filter((bit) => bit === '1').length;

test('every polynomial but those of published is primitive and has nine terms', () => {
  assert.is(orderOfX(0x1021), 32767, 'CRC-16/CCITT has the factor x + 1');
  const polynomials = new Set(MENDED.flatMap(({ rpbs }) => rpbs.map(({ hash }) => hash.polynomial)));
  assert.is(polynomials.size, 38);
  for (const polynomial of polynomials) {
    assert.equal([orderOfX(polynomial), termsOf(polynomial)], [65535, 9], polynomial.toString(16));
  }
});

test('tofino2: no two hash units collide on the same keys', () => {
  const plane = MENDED.find(({ name }) => name === 'tofino2');
  const hashes = plane?.rpbs.map(({ hash }) => hash) ?? [];
  assert.is(hashes.length, 38);
  // Two keys collide where the CRC of their difference, from 0, is 0. Each product of a unit's polynomial and a byte is
  // such a difference for that unit, and for no other.
  const at = (hash: (typeof hashes)[number], difference: number): number =>
    crc16(
      { ...hash, initial: 0, xorOut: 0 },
      Uint8Array.from([24, 16, 8, 0], (bits) => (difference >>> bits) & 0xff),
    );
  for (const one of hashes) {
    const difference = one.polynomial + 0x10000;
    assert.is(at(one, difference), 0);
    for (const other of hashes) if (other !== one) assert.is.not(at(other, difference), 0, `${one.name} ${other.name}`);
  }
});

/** CRC of bytes in the Rocksoft convention, bit by bit. */
function crc16(hash: DataPlane['rpbs'][number]['hash'], bytes: Uint8Array): number {
  const reverse = (value: number, width: number): number =>
    Array.from({ length: width }, (_, i) => ((value >> i) & 1) << (width - 1 - i)).reduce((a, b) => a | b, 0);
  let crc = hash.initial;
  for (const byte of bytes) {
    crc ^= (hash.reflected ? reverse(byte, 8) : byte) << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) !== 0 ? (crc << 1) ^ hash.polynomial : crc << 1) & 0xffff;
  }
  return (hash.reflected ? reverse(crc, 16) : crc) ^ hash.xorOut;
}

test('published: the check values of its hash units', () => {
  const wanted = [
    ...[0xbb3d, 0xfee8, 0x9ecf, 0x1ed5, 0x95e3, 0x4449, 0xce3c, 0xb4c8, 0x6f91, 0xdb52, 0xd0db],
    ...[0xf04c, 0x44c2, 0xde76, 0x31c3, 0x4b37, 0x2189, 0x29b1, 0xe5cc, 0x4c06, 0x26b1, 0xbf05],
  ];
  const bytes = new TextEncoder().encode('123456789');
  assert.equal(
    builtInDataPlane('published')?.rpbs.map(({ hash }) => crc16(hash, bytes)),
    wanted,
  );
});

test('no data plane has the name of a property of every object', () => {
  for (const name of ['constructor', '__proto__', 'toString', '']) assert.is(builtInDataPlane(name), undefined, name);
});

const mine = (overrides: object): object => ({ extends: 'default', name: 'mine', ...overrides });

test('an extension changes the named members only', () => {
  const base = defaultDataPlane();
  const dataPlane = dataPlaneFromJson(mine({ rpbs: { 3: { entries: 1024 } } }));
  assert.equal(
    dataPlane.rpbs.map(({ entries }) => entries),
    base.rpbs.map(({ number }) => (number === 3 ? 1024 : 2048)),
  );
  assert.is(base.rpb(3).entries, 2048);
  assert.is.not(dataPlane.hash, base.hash);
  assert.is(dataPlane.hash, dataPlaneFromJson(mine({ rpbs: { 3: { entries: 1024 } } })).hash);
});

test('extending adds headers, parser states and aliases', () => {
  const dataPlane = dataPlaneFromJson(
    mine({
      headers: {
        mpls: {
          fields: [
            { name: 'label', width: 20 },
            { name: 'rest', width: 12 },
          ],
        },
      },
      parser: { states: { mpls: { extract: ['mpls'] } } },
      aliases: { label: { field: 'hdr.mpls.label' } },
    }),
  );
  assert.is(dataPlane.fieldReference('label')?.field.width, 20);
});

const withIntrinsic = (intrinsic: object): object =>
  mine({ intrinsics: [...defaultDataPlane().description.intrinsics, intrinsic] });

const REFUSED: readonly (readonly [name: string, json: unknown, problem: string])[] = [
  ['null', null, 'a JSON object is expected'],
  ['a list', [], 'a JSON object is expected'],
  ['a number', 5, 'a JSON object is expected'],
  ['no base', { name: 'mine' }, '"extends" must name one of default, published'],
  ['an unknown base', { extends: 'tofino9', name: 'mine' }, '"extends" must name one of'],
  ['a base that every object has', { extends: 'toString', name: 'mine' }, '"extends" must name one of'],
  ['no name', { extends: 'default' }, '"name" must be given and differ from the built-in names'],
  [
    'the name of a built-in',
    { extends: 'default', name: 'published' },
    '"name" must be given and differ from the built-in names',
  ],
  ['an unknown key', mine({ colour: 1 }), 'colour: unknown key'],
  ['an unknown key deep inside', mine({ rpbs: { 3: { colour: 1 } } }), 'rpbs.3.colour: unknown key'],
  ['a key that every object has', mine({ rpbs: { 3: { toString: 1 } } }), 'rpbs.3.toString: unknown key'],
  ['__proto__', JSON.parse('{"extends":"default","name":"mine","__proto__":{"a":1}}'), '__proto__: unknown key'],
  [
    '__proto__ as a header',
    JSON.parse('{"extends":"default","name":"mine","headers":{"__proto__":{"fields":[]}}}'),
    'unknown key',
  ],
  ['one RPB more', mine({ rpbs: { 23: {} } }), 'rpbs.23: unknown key'],
  [
    'text for a number',
    mine({ rpbs: { 3: { entries: '1024' } } }),
    'rpbs.3.entries: found a string, expected a number',
  ],
  ['null for an object', mine({ rpbs: null }), 'rpbs: found null, expected an object'],
  ['a list for an object', mine({ rpbs: [] }), 'rpbs: found a list, expected an object'],
  ['an object for a list', mine({ intrinsics: {} }), 'intrinsics: found an object, expected a list'],
  [
    'no entries',
    mine({ rpbs: { 3: { entries: 0 } } }),
    'RPB 3: the number of entries, 0, is not a positive whole number',
  ],
  [
    'half an entry',
    mine({ rpbs: { 3: { entries: 1.5 } } }),
    'RPB 3: the number of entries, 1.5, is not a positive whole number',
  ],
  ['too many buckets', mine({ rpbs: { 3: { buckets: 65537 } } }), 'cannot be addressed with 16 bits'],
  ['an unknown action', mine({ rpbs: { 3: { actions: ['fly'] } } }), 'RPB 3: unknown action fly'],
  ['an action that is no text', mine({ rpbs: { 3: { actions: [null] } } }), 'rpbs.3.actions[0]: a string is expected'],
  ['a header of a wrong shape', mine({ headers: { x: 5 } }), 'headers.x: an object is expected'],
  ['a header without fields', mine({ headers: { x: {} } }), 'headers.x.fields: a list is expected'],
  [
    'a field that is null',
    mine({ headers: { ipv4: { fields: [null] } } }),
    'headers.ipv4.fields[0]: an object is expected',
  ],
  [
    'a header of seven bits',
    mine({ headers: { x: { fields: [{ name: 'a', width: 7 }] } } }),
    '7 bits are not whole bytes',
  ],
  ['an alias that is null', mine({ aliases: { x: null } }), 'aliases.x: an object is expected'],
  ['an alias of nothing', mine({ aliases: { x: { field: 'hdr.no' } } }), 'alias x: unknown field hdr.no'],
  ['a state of a wrong shape', mine({ parser: { states: { x: 5 } } }), 'parser.states.x: an object is expected'],
  [
    'a state with a wrong select',
    mine({ parser: { states: { l5: { select: 5 } } } }),
    'parser.states.l5.select: an object is expected',
  ],
  [
    'a parser in a circle',
    mine({ parser: { states: { l5: { select: { field: 'hdr.l5.op', next: [{ value: 1, state: 'l5' }] } } } } }),
    'form a cycle',
  ],
  ['a filter that is a number', mine({ init: { filters: [5] } }), 'init.filters[0]: an object is expected'],
  ['an intrinsic that is null', mine({ intrinsics: [null] }), 'intrinsics[0]: an object is expected'],
  [
    'an intrinsic that no switch produces',
    withIntrinsic({ name: 'eg_intr_md.egress_qid', width: 7, gress: 'egress' }),
    'the switch produces no field eg_intr_md.egress_qid; it produces ig_intr_md.ingress_port, eg_intr_md.deq_timedelta,',
  ],
  [
    'an intrinsic of the other gress',
    mine({ intrinsics: [{ name: 'ig_intr_md.ingress_port', width: 9, gress: 'egress' }] }),
    'ig_intr_md.ingress_port is a field of ingress, not of egress',
  ],
  [
    'an intrinsic wider than a register',
    mine({ intrinsics: [{ name: 'ig_intr_md.ingress_port', width: 33, gress: 'ingress' }] }),
    'ig_intr_md.ingress_port: width 33 is not from 1 to 32 bits',
  ],
  [
    'an ingress intrinsic narrower than it is',
    mine({ intrinsics: [{ name: 'ig_intr_md.ingress_port', width: 5, gress: 'ingress' }] }),
    'ig_intr_md.ingress_port has 9 bits, not 5',
  ],
  [
    'an intrinsic twice',
    withIntrinsic({ name: 'ig_intr_md.ingress_port', width: 9, gress: 'ingress' }),
    'ig_intr_md.ingress_port occurs twice',
  ],
  [
    'a filter by the time in the queue',
    mine({
      init: {
        filters: [
          { ...defaultDataPlane().description.init.filters[0], keys: ['hdr.ipv4.src', 'eg_intr_md.deq_timedelta'] },
        ],
      },
    }),
    'tb_flow_filter2: of intrinsic fields, only ig_intr_md.ingress_port can be a key, not eg_intr_md.deq_timedelta',
  ],
  ['a CPU port that does not fit', mine({ ports: { cpu: 512 } }), 'the CPU port 512 does not fit 9 bits'],
];

for (const [name, json, problem] of REFUSED) {
  test(`a description with ${name} is refused`, () => {
    try {
      dataPlaneFromJson(json);
    } catch (error) {
      assert.instance(error, DataPlaneError);
      assert.ok(error instanceof Error && error.message.includes(problem), String(error));
      return;
    }
    assert.unreachable('it was accepted');
  });
}

/** Paths of values in the default description, each replaced by something hostile. */
const { description } = defaultDataPlane();
const path = fc.array(fc.oneof(fc.nat(20), fc.constantFrom('__proto__', 'x')), { minLength: 1, maxLength: 6 });

function hostile(value: unknown, [choice, ...rest]: readonly (number | string)[], replacement: unknown): unknown {
  if (choice === undefined || typeof value !== 'object' || value === null) return replacement;
  const keys = Object.keys(value);
  const key = typeof choice === 'string' ? choice : (keys[choice % Math.max(1, keys.length)] ?? 'x');
  const inner: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  const changed = hostile(inner, rest, replacement);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === key ? changed : item));
  return JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(changed) ?? 'null'}}`);
}

test('hostile shapes give a data plane or a DataPlaneError, nothing else', () => {
  let accepted = 0;
  fc.assert(
    fc.property(path, fc.jsonValue({ maxDepth: 2 }), (where, replacement) => {
      const overrides = hostile(description, where, replacement);
      const json = typeof overrides === 'object' ? { ...overrides, extends: 'default', name: 'mine' } : overrides;
      try {
        dataPlaneFromJson(json);
        accepted++;
      } catch (error) {
        assert.instance(error, DataPlaneError, String(error));
      }
    }),
    { ...PROPERTY, numRuns: cases(3000) },
  );
  assert.ok(accepted > 0 && accepted < 3000, `${accepted} of 3000 accepted`);
  assert.is(Reflect.get({}, 'x'), undefined, 'no prototype is changed');
});

test('canonicalJson: the order of keys does not matter, that of lists does', () => {
  assert.is(canonicalJson({ b: 1, a: { d: [2, 1], c: null } }), '{"a":{"c":null,"d":[2,1]},"b":1}');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      assert.is(canonicalJson(reversed), canonicalJson(value));
    }),
    { ...PROPERTY, numRuns: cases(200) },
  );
});

test.run();
