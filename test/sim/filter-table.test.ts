import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { and48, type TableEntry } from '../../compiler/index.js';
import { type FrameOptions, frame, MAC_DST } from './frames.js';
import { dataPlane, filterEntry, type Masked, property, TestSwitch } from './test-switch.js';

const plane = dataPlane('default');
const PORT = 'ig_intr_md.ingress_port';

/** A packet's key in the L4 table, and its frame. */
interface Packet {
  readonly key: Readonly<Record<string, number>>;
  readonly bytes: Uint8Array;
}
/** Few values, so that entries and packets meet often. */
const addresses = fc.constantFrom(0, 1, 0x0a000001, 0x0a000002, 0x0affffff, 0x80000000, 0xffffffff);
const ports = fc.constantFrom(0, 1, 80, 7777, 0x8000, 0xffff);
const l4Packets = fc.tuple(addresses, addresses, ports, ports, fc.nat(3)).map(([src, dst, from, to, port]): Packet => {
  const key = { 'hdr.ipv4.src': src, 'hdr.ipv4.dst': dst, 'hdr.ipv4.protocol': 17 };
  return {
    key: { ...key, 'hdr.l4_port.src_port': from, 'hdr.l4_port.dst_port': to, [PORT]: port },
    bytes: frame({ ipv4: { src, dst }, udp: { src: from, dst: to } }),
  };
});
const masked = (values: fc.Arbitrary<number>, masks: readonly number[]): fc.Arbitrary<Masked | undefined> =>
  fc.option(fc.tuple(values, fc.constantFrom(...masks)), { nil: undefined, freq: 2 });
const l4Keys = fc
  .tuple(
    masked(addresses, [0xffffffff, 0xff000000, 0x80000000, 0, 1]),
    masked(addresses, [0xffffffff, 0x0000ffff, 0]),
    masked(fc.constantFrom(6, 17), [0xff, 0x10, 0]),
    masked(ports, [0xffff, 0x8000]),
    masked(ports, [0xffff, 1]),
    masked(fc.nat(3), [511, 1]),
  )
  .map((fields) => {
    const names = ['hdr.ipv4.src', 'hdr.ipv4.dst', 'hdr.ipv4.protocol', 'hdr.l4_port.src_port', 'hdr.l4_port.dst_port'];
    const pairs = [...names, PORT].map((name, i) => [name, fields[i]] as const);
    return Object.fromEntries(pairs.filter((pair): pair is readonly [string, Masked] => pair[1] !== undefined));
  });

type Command =
  | { readonly kind: 'insert'; readonly key: Record<string, Masked>; readonly priority: number }
  | { readonly kind: 'delete'; readonly which: number }
  | { readonly kind: 'look up'; readonly packet: Packet };
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('insert' as const), key: l4Keys, priority: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which: fc.nat(1000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look up' as const), packet: l4Packets }) },
);

/** The program of the entry with the lowest priority, of those the oldest, that matches. */
function scan(entries: readonly TableEntry[], { key }: Packet): number {
  const matching = entries.filter((entry) =>
    entry.key.every((field) => {
      const mask = field.match === 'ternary' ? field.mask : 2 ** 32 - 1;
      return and48(key[field.name] ?? 0, mask) === and48(field.value, mask);
    }),
  );
  const best = Math.min(...matching.map(({ priority }) => priority));
  return matching.find(({ priority }) => priority === best)?.parameters[0]?.value ?? 0;
}

for (const engine of ['compiled', 'interpreted'] as const) {
  const testSwitch = new TestSwitch(plane, engine);
  const programOf = (options: FrameOptions, port = 1): number => testSwitch.send(frame(options), port).program;

  test(`${engine}: look-up against a scan of all entries`, () => {
    fc.assert(
      fc.property(fc.array(commands, { minLength: 20, maxLength: 80 }), (list) => {
        testSwitch.clear();
        const entries: TableEntry[] = [];
        list.forEach((command, i) => {
          if (command.kind === 'insert') {
            const entry = filterEntry(plane, 'L4', i + 1, command.key, command.priority);
            if (testSwitch.refusal('insertEntry', entry) === undefined) entries.push(entry);
          } else if (command.kind === 'delete') {
            const [entry] = entries.splice(command.which % Math.max(1, entries.length), 1);
            if (entry !== undefined) testSwitch.delete(entry);
          } else {
            const { packet } = command;
            assert.is(testSwitch.send(packet.bytes, packet.key[PORT]).program, scan(entries, packet));
          }
        });
        assert.is(testSwitch.emulator.entryCount('SwitchIngress.init.tb_flow_filter2'), entries.length);
      }),
      property(300),
    );
  });

  test(`${engine}: a thousand entries of one mask, removed in another order`, () => {
    const entries = Array.from({ length: 1000 }, (_, i) =>
      filterEntry(plane, 'L4', i + 1, { 'hdr.ipv4.src': [i, 0xffffffff], 'hdr.ipv4.dst': [i % 7, 0xffffffff] }),
    );
    const runs = (i: number): number => programOf({ ipv4: { src: i, dst: i % 7 }, udp: {} });
    testSwitch.clear().insert(...entries);
    const places = entries.map((_, i) => i);
    assert.equal(
      places.map(runs),
      places.map((i) => i + 1),
    );
    const shuffled = places.map((i) => (i * 37) % 1000);
    const [first, second] = [shuffled.slice(0, 500), shuffled.slice(500)];
    for (const i of first) testSwitch.delete(entries[i] as TableEntry);
    assert.ok(first.every((i) => runs(i) === 0) && second.every((i) => runs(i) === i + 1));
    for (const i of second) testSwitch.delete(entries[i] as TableEntry);
    assert.ok(places.every((i) => runs(i) === 0));
  });

  test(`${engine}: equal priorities: the entry that came first`, () => {
    const wide = filterEntry(plane, 'L4', 1, {});
    const narrow = filterEntry(plane, 'L4', 2, { 'hdr.l4_port.dst_port': [80, 0xffff] });
    testSwitch.clear().insert(wide, narrow);
    assert.is(programOf({ tcp: {} }), 1);
    testSwitch.delete(wide).insert(wide);
    assert.is(programOf({ tcp: {} }), 2);
  });

  test(`${engine}: the lower priority wins, up to the largest there is`, () => {
    testSwitch.clear().insert(filterEntry(plane, 'L4', 1, {}, 2 ** 32 - 1));
    assert.is(programOf({ tcp: {} }), 1);
    testSwitch.insert(filterEntry(plane, 'L4', 2, {}, 2 ** 32 - 2));
    assert.is(programOf({ tcp: {} }), 2);
    testSwitch.insert(filterEntry(plane, 'L4', 3, {}, 0));
    assert.is(programOf({ tcp: {} }), 3);
  });

  test(`${engine}: entries that differ only where they match anything are removed one at a time`, () => {
    const byMask = filterEntry(plane, 'L4', 1, { 'hdr.l4_port.dst_port': [0x51, 0xfe] });
    const sameMatch = filterEntry(plane, 'L4', 2, { 'hdr.l4_port.dst_port': [0x50, 0xfe] });
    testSwitch.clear().insert(byMask, sameMatch);
    testSwitch.delete(byMask);
    assert.is(programOf({ tcp: {} }), 2);
    assert.is(testSwitch.emulator.entryCount(sameMatch.table), 1);
  });

  test(`${engine}: the tables in order: L4 before L3 before tunnel before L2`, () => {
    testSwitch.clear().insert(filterEntry(plane, 'L2', 1), filterEntry(plane, 'L3', 2), filterEntry(plane, 'L4', 3));
    testSwitch.insert(filterEntry(plane, 'tunnel', 4));
    assert.is(programOf({}), 1);
    assert.is(programOf({ ipv4: {} }), 2);
    assert.is(programOf({ tcp: {} }), 3);
    assert.is(programOf({ tunnel: 9 }), 4);
    assert.is(programOf({ vlans: [1], udp: {} }), 3);
  });

  test(`${engine}: what one table does not match goes on to the next`, () => {
    const none: Masked = [1, 0xffff];
    testSwitch
      .clear()
      .insert(
        filterEntry(plane, 'L4', 3, { 'hdr.l4_port.dst_port': none }),
        filterEntry(plane, 'L3', 2, { 'hdr.ipv4.protocol': [6, 255] }),
        filterEntry(plane, 'L2', 1),
      );
    assert.is(programOf({ udp: { dst: 1 } }), 3);
    assert.is(programOf({ tcp: {} }), 2);
    assert.is(programOf({ udp: {} }), 1);
  });

  test(`${engine}: fields of 48 bits: both halves count`, () => {
    const address = MAC_DST.reduce((sum, byte) => sum * 256 + byte, 0);
    const all = 2 ** 48 - 1;
    const rows: readonly (readonly [value: number, mask: number, matches: boolean])[] = [
      [address, all, true],
      [address + 1, all, false],
      [address + 2 ** 32, all, false],
      [address + 2 ** 47, all, false],
      [address, 2 ** 47, true],
      [address + 2 ** 47, 2 ** 47, false],
      [address + 2 ** 40, 2 ** 40 - 1, true],
      [0, 0, true],
    ];
    for (const [value, mask, matches] of rows) {
      testSwitch.clear().insert(filterEntry(plane, 'L2', 5, { 'hdr.ethernet.dst': [value, mask] }));
      assert.is(programOf({}), matches ? 5 : 0, `${value} & ${mask}`);
    }
  });

  test(`${engine}: the ingress port is a key of every table`, () => {
    for (const [path, options] of [
      ['L2', {}],
      ['L3', { ipv4: {} }],
      ['L4', { udp: {} }],
      ['tunnel', { tunnel: 1 }],
    ] as const) {
      testSwitch.clear().insert(filterEntry(plane, path, 6, { [PORT]: [300, 511] }));
      assert.equal([programOf(options, 300), programOf(options, 44), programOf(options, 1)], [6, 0, 0], path);
    }
  });

  test(`${engine}: an exact key is one with all its bits`, () => {
    const [key] = filterEntry(plane, 'tunnel', 7, { 'hdr.tunnel.dst_id': [5, 0xffff] }).key;
    const entry = filterEntry(plane, 'tunnel', 7);
    testSwitch.clear().insert({ ...entry, key: [{ name: key?.name ?? '', match: 'exact', value: 5 }] });
    assert.equal([programOf({ tunnel: 5 }), programOf({ tunnel: 4 })], [7, 0]);
  });

  test(`${engine}: published: programs run on packets with ports only, and no ingress port is matched`, () => {
    const published = new TestSwitch(dataPlane('published'));
    published.insert(filterEntry(published.plane, 'L2', 1), filterEntry(published.plane, 'L4', 2));
    published.insert(filterEntry(published.plane, 'tunnel', 3));
    const programs = [{}, { tunnel: 1 }, { ipv4: {} }, { tcp: {} }].map(
      (options) => published.send(frame(options)).program,
    );
    assert.equal(programs, [0, 0, 0, 2]);
    const byPort = filterEntry(published.plane, 'L4', 4, { [PORT]: [1, 511] }, 9);
    assert.is(published.refusal('insertEntry', byPort), 'unknown-field');
  });
}

test.run();
