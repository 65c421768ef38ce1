/** Scenarios: packed and read again they are the same; what others wrote is refused with one sentence. */
import fc from 'fast-check';
import { deflateSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, DataPlane, defaultDataPlane, must } from '../../../compiler/index.js';
import {
  packScenario,
  SCENARIO_SCHEMA,
  type Scenario,
  ScenarioError,
  scenarioOfText,
  textOfScenario,
  unpackScenario,
} from '../../../hw-driver/studio/scenario/index.js';
import { bytesOfPackets, packetsOfBytes } from '../../../hw-driver/studio/scenario/packet-bytes.js';
import { documentOf, scenarioOf } from '../../../hw-driver/studio/scenario/scenario-document.js';
import { appendPacket, createPacketBatch } from '../../../traces/packets/packet-batch.js';
import { PacketStore } from '../../../traces/packets/packet-store.js';

interface MadePacket {
  readonly bytes: Uint8Array;
  readonly cut: number;
  readonly port: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly marks: number;
}

function storeOf(packets: readonly MadePacket[]): PacketStore {
  const store = new PacketStore();
  for (const { bytes, cut, port, seconds, nanoseconds, marks } of packets) {
    const batch = createPacketBatch(1, 2048);
    const at = appendPacket(batch, bytes.length, bytes.length + cut, port, seconds, nanoseconds);
    batch.bytes.set(bytes, at);
    batch.marks[0] = marks;
    store.add(batch);
  }
  return store;
}

const word = fc.nat({ max: 2 ** 32 - 1 });
const packet: fc.Arbitrary<MadePacket> = fc.record({
  bytes: fc.uint8Array({ maxLength: 80 }),
  cut: fc.nat({ max: 1500 }),
  port: fc.nat({ max: 511 }),
  seconds: fc.integer({ min: 0, max: 2 ** 40 }),
  nanoseconds: fc.nat({ max: 999_999_999 }),
  marks: fc.nat({ max: 3 }),
});

const event = (packets: number): fc.Arbitrary<Scenario['events'][number]> => {
  const at = { packet: fc.nat({ max: packets }), program: fc.string() };
  return fc.oneof(
    fc.record(
      {
        ...at,
        kind: fc.constantFrom('deploy', 'replace', 'cases'),
        text: fc.string({ unit: 'binary' }),
        recirculations: fc.nat(),
        filterPriority: fc.nat(),
      },
      { requiredKeys: ['packet', 'program', 'kind', 'text'] },
    ),
    fc.record({ ...at, kind: fc.constant('revoke' as const) }),
    fc.record({
      ...at,
      kind: fc.constant('write' as const),
      memory: fc.string(),
      bucket: word,
      values: fc.array(word, { maxLength: 5 }),
    }),
  );
};

const scenario: fc.Arbitrary<Scenario> = fc.array(packet, { maxLength: 6 }).chain((packets) =>
  fc.nat({ max: packets.length }).chain((ran) =>
    fc.record({
      title: fc.string({ unit: 'binary' }),
      dataPlane: fc.constantFrom(defaultDataPlane(), must(builtInDataPlane('tofino1'), 'tofino1')),
      seed: word,
      files: fc.array(fc.record({ name: fc.string(), text: fc.string({ unit: 'binary' }) }), { maxLength: 3 }),
      events: fc
        .array(event(packets.length), { maxLength: 5 })
        .map((events) => [...events].sort((a, b) => a.packet - b.packet)),
      packets: fc.constant(storeOf(packets)),
      ran: fc.constant(ran),
      view: fc.record(
        {
          moment: fc.nat({ max: ran }),
          pane: fc.string(),
          file: fc.string(),
          word: fc.record({ program: fc.string(), memory: fc.string(), bucket: word }),
        },
        { requiredKeys: ['moment'] },
      ),
    }),
  ),
);

const contents = (of: Scenario): unknown => ({
  // Without prototypes, which records of fast-check may lack.
  document: JSON.parse(JSON.stringify(documentOf(of))),
  hash: of.dataPlane.hash,
  packets: bytesOfPackets(of.packets),
});

test('a scenario that is packed and read again is the same', () => {
  fc.assert(
    fc.property(scenario, (made) => {
      assert.equal(contents(unpackScenario(packScenario(made))), contents(made));
      assert.equal(contents(scenarioOfText(textOfScenario(made))), contents(made));
    }),
    { numRuns: 40 },
  );
});

const EMPTY: Scenario = {
  title: '',
  dataPlane: defaultDataPlane(),
  seed: 0,
  files: [],
  events: [],
  packets: storeOf([]),
  ran: 0,
  view: { moment: 0 },
};

test('a data plane of the user is in its scenario', () => {
  const mine = new DataPlane({ ...defaultDataPlane().description, name: 'mine' });
  const read = unpackScenario(packScenario({ ...EMPTY, dataPlane: mine }));
  assert.equal([read.dataPlane.name, read.dataPlane.hash], ['mine', mine.hash]);
});

test('a text of a scenario may stand in a page and in an address, and is short where the scenario is', () => {
  assert.match(textOfScenario(EMPTY), /^[A-Za-z0-9_-]{100,400}$/);
});

/** @returns the sentence with which it is refused */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.instance(error, ScenarioError);
    return (error as ScenarioError).message;
  }
  throw new Error('it was not refused');
}

const withDocument = (change: object): unknown => ({ ...documentOf(EMPTY), ...change });

const hostile: readonly (readonly [document: unknown, sentence: RegExp])[] = [
  [null, /^this is no scenario/],
  [[], /^this is no scenario/],
  [{ schema: 7 }, /^this is no scenario/],
  [withDocument({ schema: 'p4runpro/studio-scenario@2' }), /is of version p4runpro\/studio-scenario@2, and .*@1$/],
  [withDocument({ more: 1 }), /it is .*, not an object of schema, .*, without "more"$/],
  [withDocument({ title: ['x'] }), /title is \["x"\], not a text$/],
  [withDocument({ title: 'x'.repeat(10_000) }), /title is "x{39}…, not a text of at most/],
  [withDocument({ ran: 1 }), /ran is 1, not a whole number from 0 to 0$/],
  [withDocument({ seed: -1 }), /seed is -1, not a whole number/],
  [withDocument({ files: { length: 1e9 } }), /files is .*, not a list$/],
  [withDocument({ files: [{ name: 'a', text: 'b', run: 'c' }] }), /files\[0\] is .*without "run"$/],
  [withDocument({ events: [{ packet: 0, kind: 'eval', program: 'a' }] }), /events\[0\]\.kind is "eval", not one of/],
  [withDocument({ events: [{ packet: 0, kind: 'revoke', program: 'a', text: '' }] }), /without "text"$/],
  [withDocument({ events: [{ packet: 0.5, kind: 'revoke', program: 'a' }] }), /packet is 0.5/],
  [withDocument({ view: { moment: 'now' } }), /view\.moment is "now"/],
  [withDocument({ view: JSON.parse('{"moment": 0, "__proto__": {"pane": "x"}}') }), /without "__proto__"$/],
  [withDocument({ dataPlane: { name: 'constructor', hash: '' } }), /dataPlane\.name is "constructor", not one of/],
  [withDocument({ dataPlane: { name: 'default', hash: '0' } }), /for another version of the data plane default$/],
  [withDocument({ dataPlane: { description: { name: 'x' } } }), /its data plane is not valid: /],
  [withDocument({ dataPlane: { description: 'x' } }), /its data plane is not valid: a JSON object is expected$/],
];

test('a document that others wrote is refused with a sentence that says what was found and expected', () => {
  for (const [document, sentence] of hostile) {
    const said = refusal(() => scenarioOf(document, () => EMPTY.packets));
    assert.match(said, sentence);
    assert.ok(said.length < 400, said);
  }
});

test('events of a scenario are in the order of packets', () => {
  const packets = storeOf([{ bytes: new Uint8Array(3), cut: 0, port: 0, seconds: 0, nanoseconds: 0, marks: 0 }]);
  const events = [1, 0].map((at) => ({ packet: at, kind: 'revoke', program: 'a' }));
  assert.match(
    refusal(() => scenarioOf(withDocument({ events }), () => packets)),
    /events\[1\] is before packet 0, after one at 1$/,
  );
});

test('bytes that are no packed scenario, and scenarios that are cut or changed, are refused or read as what they are', () => {
  assert.match(
    refusal(() => scenarioOfText('no text, of base64')),
    /^this is no scenario/,
  );
  assert.match(
    refusal(() => unpackScenario(new Uint8Array(0))),
    /^this is no scenario/,
  );
  assert.match(
    refusal(() => unpackScenario(deflateSync(new TextEncoder().encode('GET / HTTP/1.1')))),
    /no scenario/,
  );
  const made = { ...EMPTY, packets: storeOf(fc.sample(packet, { numRuns: 20, seed: 1 })) };
  const whole = packScenario(made);
  for (let length = 0; length < whole.length; length += 19) refusal(() => unpackScenario(whole.subarray(0, length)));
  fc.assert(
    fc.property(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const other = whole.slice();
      other[at] = must(other[at], 'byte') ^ change;
      try {
        unpackScenario(other);
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
      }
    }),
    { numRuns: 100 },
  );
});

test('packets that lie about their number or lengths are refused before memory is taken for them', () => {
  const bytes = bytesOfPackets(storeOf(fc.sample(packet, { numRuns: 3, seed: 1 })));
  const lying = (at: number, value: number): Uint8Array => {
    const other = bytes.slice();
    new DataView(other.buffer).setUint32(at, value, true);
    return other;
  };
  assert.match(
    refusal(() => packetsOfBytes(lying(0, 2 ** 32 - 1))),
    /ends before its 4294967295 packets$/,
  );
  assert.match(
    refusal(() => packetsOfBytes(lying(4, 2 ** 31))),
    /ends inside packet 0$/,
  );
  assert.match(
    refusal(() => packetsOfBytes(Uint8Array.from([...bytes, 0]))),
    /1 bytes follow its last packet$/,
  );
});

test('a small text of a huge scenario is refused before it is unpacked', () => {
  const bomb = deflateSync(new Uint8Array(2 ** 24), { level: 9 });
  assert.ok(bomb.length < 2 ** 15);
  assert.match(
    refusal(() => unpackScenario(bomb, 2 ** 20)),
    /more than 1,048,576 bytes$/,
  );
  assert.is(SCENARIO_SCHEMA, documentOf(EMPTY).schema);
});

test.run();
