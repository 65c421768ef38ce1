/** Ports as controllers set them up over BF Runtime, what frames then meet, and the tables of what is not there. */
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry } from '../../compiler/index.js';
import * as wire from '../../hw-driver/bfruntime/messages.js';
import { updateError } from '../../hw-driver/bfruntime/rpc-error.js';
import { BfRuntimeSession } from '../../hw-driver/bfruntime/session.js';
import { decodeField, encodeField } from '../../hw-driver/server/fixed-tables/field-values.js';
import type { FieldType } from '../../hw-driver/server/fixed-tables/fixed-schema.js';
import { FixedTables } from '../../hw-driver/server/fixed-tables/fixed-tables.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { FrontPorts } from '../../hw-driver/server/ports/front-ports.js';
import { SwitchPorts } from '../../hw-driver/server/ports/switch-ports.js';
import { Switch } from '../../sim/index.js';
import { frame } from '../sim/frames.js';
import { cases } from '../tiers.js';
import { thrownBy } from './failing-target.js';
import { codes, plane, unary } from './served-switch.js';

interface ToldField {
  readonly id: number;
  readonly name: string;
  readonly type: { readonly type: string };
}
interface ToldTable {
  readonly id: number;
  readonly name: string;
  readonly key: readonly ToldField[];
  readonly data: readonly { readonly singleton: ToldField }[];
}

type Value = string | number | boolean;

/** A client that knows nothing but the non-P4 document, as public controllers do. */
class PortClient {
  private constructor(
    private readonly session: BfRuntimeSession,
    readonly tables: ReadonlyMap<string, ToldTable>,
  ) {}

  static async connect(address: string): Promise<PortClient> {
    const session = await BfRuntimeSession.connect({ address });
    const { response } = await unary(address, wire.METHODS.GetForwardingPipelineConfig, { client_id: 1 });
    const text = Buffer.from(response?.non_p4_config?.bfruntime_info ?? []).toString();
    const { tables } = JSON.parse(text) as { tables: readonly ToldTable[] };
    return new PortClient(session, new Map(tables.map((table) => [table.name, table])));
  }

  table(name: string): ToldTable {
    const table = this.tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }

  entry(name: string, key: readonly Value[] | undefined, data: Readonly<Record<string, Value>> = {}): wire.TableEntry {
    const table = this.table(name);
    const fields = Object.entries(data).map(([field, value]) => {
      const told = table.data.find(({ singleton }) => singleton.name === field)?.singleton;
      if (told === undefined) throw new Error(`${name} has no ${field}`);
      return encodeField({ ...told, type: told.type.type as FieldType }, value);
    });
    const bytes = (value: Value, { type: { type } }: ToldField): Uint8Array => {
      if (typeof value === 'string') return Buffer.from(value);
      return encodeField({ id: 1, name: '', type: type as FieldType }, value).stream ?? new Uint8Array(0);
    };
    return {
      table_id: table.id,
      ...(key && {
        key: {
          fields: table.key.map((told, i) => ({ field_id: told.id, exact: { value: bytes(key[i] ?? 0, told) } })),
        },
      }),
      data: { fields },
    };
  }

  async write(...updates: readonly (readonly [type: number, entry: wire.TableEntry])[]): Promise<number[]> {
    return codes(await this.writeAll(wire.ATOMICITY.continueOnError, updates));
  }

  writeAll(atomicity: number, updates: readonly (readonly [type: number, entry: wire.TableEntry])[]) {
    return this.session.write(
      updates.map(([type, table_entry]) => ({ type, entity: { table_entry } })),
      atomicity,
    );
  }

  /** Entries as objects by the names of fields. */
  async read(name: string, key?: readonly Value[]): Promise<Record<string, Value>[]> {
    const { data: _, ...asked } = this.entry(name, key);
    const found = await this.session.read([{ table_entry: asked }]);
    return found.map(({ table_entry: entry }) =>
      Object.fromEntries(
        (entry?.data?.fields ?? []).map((field) => {
          const told = this.table(name).data.find(({ singleton }) => singleton.id === field.field_id)?.singleton;
          if (told === undefined) throw new Error(`field ${field.field_id}`);
          return [told.name, decodeField({ ...told, type: told.type.type as FieldType }, field)];
        }),
      ),
    );
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

interface Panel {
  readonly ports: SwitchPorts;
  readonly client: PortClient;
  readonly address: string;
}

const panel = (name: string, body: (on: Panel) => Promise<void>): void =>
  void test(name, async () => {
    const emulator = new Switch(plane);
    for (const [from, to] of [
      [1, 2],
      [2, 1],
      [3, 3],
      [4, 1],
    ] as const) {
      emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, from, to) });
    }
    const ports = new SwitchPorts(emulator);
    const server = await serveBfRuntime(emulator, { port: 0, ports: ports.ports });
    const address = `127.0.0.1:${server.port}`;
    const client = await PortClient.connect(address);
    try {
      await body({ ports, client, address });
    } finally {
      await client.close();
      await server.close();
    }
  });

const { insert, modify, delete: remove, insertOrModify, reset } = wire.UPDATE;
const bytes = frame({ ipv4: { src: 1, dst: 2 }, udp: {} });
const UP = { $SPEED: 'BF_SPEED_100G', $FEC: 'BF_FEC_TYP_NONE', $PORT_ENABLE: true };

panel('names and ids are those of the public interface', async ({ client }) => {
  const idOf = (table: string, field: string): number | undefined =>
    client.table(table).data.find(({ singleton }) => singleton.name === field)?.singleton.id;
  assert.equal(
    ['$PORT', '$PORT_STAT', '$PORT_HDL_INFO', '$PORT_STR_INFO', '$pre.mgid', '$pre.node', '$mirror.cfg'].map(
      (name) => client.table(name).id,
    ),
    [4278255617, 4278255618, 4278255619, 4278255621, 4278321153, 4278321154, 4278452225],
  );
  const fields = [
    ['$PORT', '$AUTO_NEGOTIATION', 5],
    ['$PORT', '$PORT_NAME', 26],
    ['$PORT', '$PLL_OVRCLK', 33],
    ['$PORT_STAT', '$OctetsReceived', 6],
    ['$PORT_STAT', '$FramesReceivedLength_9216', 32],
    ['$PORT_STAT', '$FramesTransmittedOK', 33],
    ['$PORT_STAT', '$Pri0FramesReceived', 64],
    ['$PORT_STAT', '$RX_RATE', 95],
    ['$mirror.cfg', '$session_enable', 5],
    ['$mirror.cfg', '$max_pkt_len', 23],
  ] as const;
  for (const [table, field, id] of fields) assert.is(idOf(table, field), id, field);
});

panel('without a controller all ports are up; with one, those that it added and enabled', async ({ ports, client }) => {
  const goesTo = (port: number): number | string | undefined => {
    const { left, lost } = ports.send({ port, bytes });
    return lost ?? left[0]?.port;
  };
  assert.is(goesTo(1), 2);
  assert.equal(await client.read('$PORT'), []);
  assert.equal(await client.write([insert, client.entry('$PORT', [1], UP)]), []);
  assert.is(goesTo(1), 'there is no port 2');
  assert.is(goesTo(2), 'there is no port 2');
  const down = client.entry('$PORT', [2], { ...UP, $PORT_ENABLE: false });
  assert.equal(await client.write([insert, down]), []);
  assert.is(goesTo(1), 'port 2 is disabled');
  assert.is(goesTo(2), 'port 2 is disabled');
  assert.is((await client.read('$PORT', [2]))[0]?.['$PORT_UP'], false);
  assert.equal(await client.write([modify, client.entry('$PORT', [2], { $PORT_ENABLE: true })]), []);
  assert.is(goesTo(1), 2);
  assert.is((await client.read('$PORT', [2]))[0]?.['$PORT_UP'], true);
  assert.equal(await client.write([remove, client.entry('$PORT', [2])]), []);
  assert.is(goesTo(1), 'there is no port 2');
  assert.equal(await client.write([remove, client.entry('$PORT', undefined)]), []);
  assert.is(goesTo(1), 'there is no port 1');
});

panel('a change of a port sets the given fields and keeps the others', async ({ client }) => {
  const set = { ...UP, $AUTO_NEGOTIATION: 'PM_AN_FORCE_DISABLE', $TX_MTU: 1500, $RX_MTU: 1500, $SDS_TX_PRE: -3 };
  assert.equal(await client.write([insert, client.entry('$PORT', [137], set)]), []);
  assert.equal(await client.write([modify, client.entry('$PORT', [137], { $FEC: 'BF_FEC_TYP_RS' })]), []);
  const [port = {}] = await client.read('$PORT', [137]);
  const expected = {
    ...set,
    $FEC: 'BF_FEC_TYP_RS',
    $N_LANES: 4,
    $LOOPBACK_MODE: 'BF_LPBK_NONE',
    $PORT_DIR: 'PM_PORT_DIR_DEFAULT',
    $IS_VALID: true,
    $IS_INTERNAL: false,
    $CONN_ID: 35,
    $CHNL_ID: 1,
    $PORT_UP: true,
    $PORT_NAME: '35/1',
  };
  for (const [name, value] of Object.entries(expected)) assert.is(port[name], value, name);
  assert.is(Object.keys(port).length, 33);
  assert.equal(await client.read('$PORT_HDL_INFO', [35, 1]), [{ $DEV_PORT: 137 }]);
  assert.equal(await client.read('$PORT_STR_INFO', ['35/1']), [{ $DEV_PORT: 137 }]);
  assert.equal(await client.read('$PORT_STR_INFO', ['1/0']), [{ $DEV_PORT: 0 }]);
  assert.equal(await client.read('$PORT_FP_IDX_INFO', [9]), [{ $DEV_PORT: 9 }]);
  for (const [table, key] of [
    ['$PORT_HDL_INFO', [0, 0]],
    ['$PORT_HDL_INFO', [1, 4]],
    ['$PORT_STR_INFO', ['x/y']],
    ['$PORT', [5]],
    ['$PORT_STAT', [5]],
  ] as const) {
    assert.ok(await thrownBy(client.read(table, key)), `${table} ${key.join()}`);
  }
});

panel('an error of one port is reported for it, and the other ports are added', async ({ client }) => {
  const entry = (port: number, data: Readonly<Record<string, Value>>) => client.entry('$PORT', [port], data);
  const { OK, INVALID_ARGUMENT: invalid, ALREADY_EXISTS, NOT_FOUND, UNIMPLEMENTED } = status;
  const updates = [
    [OK, insert, entry(1, UP)],
    [ALREADY_EXISTS, insert, entry(1, UP)],
    [invalid, insert, entry(2, { $SPEED: 'BF_SPEED_10G' })],
    [invalid, insert, entry(2, { ...UP, $SPEED: 'FAST' })],
    [invalid, insert, entry(2, { ...UP, $PORT_UP: true })],
    [invalid, insert, { ...entry(2, UP), key: { fields: [] } }],
    [invalid, insert, { ...entry(2, UP), data: { fields: [{ field_id: 1, bool_val: true }] } }],
    [NOT_FOUND, insert, entry(512, UP)],
    [NOT_FOUND, modify, entry(2, UP)],
    [NOT_FOUND, remove, entry(2, {})],
    [UNIMPLEMENTED, reset, entry(1, {})],
    [OK, insertOrModify, entry(3, UP)],
    [OK, insertOrModify, entry(3, { $PORT_ENABLE: false })],
    [UNIMPLEMENTED, insert, client.entry('$PORT_HDL_INFO', [1, 0])],
    [UNIMPLEMENTED, insert, client.entry('$pre.node', [1])],
    [UNIMPLEMENTED, modify, client.entry('$pre.mgid', [1])],
    [UNIMPLEMENTED, insert, client.entry('$mirror.cfg', [1], { $session_enable: true })],
    [NOT_FOUND, remove, client.entry('$mirror.cfg', [1])],
    [OK, remove, client.entry('$mirror.cfg', undefined)],
  ] as const;
  assert.equal(
    await client.write(...updates.map(([, type, one]) => [type, one] as const)),
    updates.map(([code]) => code),
  );
  assert.equal(
    (await client.read('$PORT')).map((port) => [port['$PORT_NAME'], port['$PORT_ENABLE']]),
    [
      ['1/1', true],
      ['1/3', false],
    ],
  );
  for (const name of client.tables.keys()) {
    if (/^\$(pre|mirror)\./.test(name)) assert.equal(await client.read(name), [], name);
  }
  const [error] = await client.writeAll(0, [[insert, client.entry('$pre.node', [1])]]);
  assert.is(error?.message, '$pre.node: the emulated switch has no multicast');
});

panel('a rolled back write leaves ports and counters unchanged', async ({ ports, client }) => {
  const { rollbackOnError } = wire.ATOMICITY;
  const failing = [insert, client.entry('$PORT', [1], { $SPEED: 'BF_SPEED_10G' })] as const;
  ports.send({ port: 1, bytes });
  await client.writeAll(rollbackOnError, [[insert, client.entry('$PORT', [1], UP)], failing]);
  // As before the first port was added: all are up.
  assert.equal(ports.send({ port: 1, bytes }).left[0]?.port, 2);
  assert.is((await client.read('$PORT_STAT', [1]))[0]?.['$FramesReceivedOK'], 2);
  await client.write([insert, client.entry('$PORT', [1], UP)], [insert, client.entry('$PORT', [2], UP)]);
  ports.send({ port: 1, bytes });
  const undone = await client.writeAll(rollbackOnError, [
    [modify, client.entry('$PORT', [2], { $PORT_ENABLE: false })],
    [remove, client.entry('$PORT_STAT', undefined)],
    [remove, client.entry('$PORT', undefined)],
    failing,
  ]);
  assert.equal(codes(undone), [0, 0, 0, status.INVALID_ARGUMENT]);
  assert.equal(ports.send({ port: 1, bytes }).left[0]?.port, 2);
  assert.is((await client.read('$PORT_STAT', [1]))[0]?.['$FramesReceivedOK'], 2);
});

panel('frames and octets are counted by port, kind and length, and cleared', async ({ ports, client }) => {
  await client.write(...[1, 2].map((port) => [insert, client.entry('$PORT', [port], UP)] as const));
  const broadcast = new Uint8Array(200).fill(0xff, 0, 6);
  const group = Uint8Array.from([1, ...new Array<number>(11).fill(0), 0x81, 0, ...new Array<number>(50).fill(0)]);
  for (const one of [bytes, broadcast, group]) ports.send({ port: 1, bytes: one });
  const octets = bytes.length + 200 + 64;
  const [received = {}] = await client.read('$PORT_STAT', [1]);
  const [sent = {}] = await client.read('$PORT_STAT', [2]);
  assert.is(Object.keys(received).length, 95);
  const here = {
    $FramesReceivedOK: 3,
    $FramesReceivedAll: 3,
    $OctetsReceived: octets,
    $OctetsReceivedinGoodFrames: octets,
    $FramesReceivedwithUnicastAddresses: 1,
    $FramesReceivedwithMulticastAddresses: 1,
    $FramesReceivedwithBroadcastAddresses: 1,
    $FramesReceivedLength_eq_64: 1,
    $FramesReceivedLength_128_255: 1,
    $RxVLANFramesGood: 1,
    $FramesTransmittedOK: 0,
  };
  const there = {
    $FramesTransmittedOK: 3,
    $OctetsTransmittedTotal: octets,
    $FramesTransmittedBroadcast: 1,
    $FramesTransmittedVLAN: 1,
    $FramesReceivedOK: 0,
  };
  for (const [name, count] of Object.entries(here)) assert.is(received[name], count, name);
  for (const [name, count] of Object.entries(there)) assert.is(sent[name], count, name);
  await client.write([modify, client.entry('$PORT_STAT', [1], { $FramesReceivedOK: 7 })]);
  assert.is((await client.read('$PORT_STAT', [1]))[0]?.['$FramesReceivedOK'], 7);
  await client.write([remove, client.entry('$PORT_STAT', undefined)]);
  assert.equal(
    (await client.read('$PORT_STAT')).map((counters) => Object.values(counters).some((count) => count !== 0)),
    [false, false],
  );
});

panel('loopback, direction and the longest frame are those of the port', async ({ ports, client }) => {
  const change = (port: number, data: Readonly<Record<string, Value>>) =>
    client.write([insertOrModify, client.entry('$PORT', [port], { ...UP, ...data })]);
  const send = (port: number, one = bytes) => {
    const { left, lost } = ports.send({ port, bytes: one });
    return lost ?? left.map((frameLeft) => frameLeft.port);
  };
  await change(1, {});
  // What leaves by 2 comes in by 2, and leaves by 1.
  await change(2, { $LOOPBACK_MODE: 'BF_LPBK_MAC_NEAR' });
  assert.equal(send(1), [1]);
  const [looped = {}] = await client.read('$PORT_STAT', [2]);
  assert.equal([looped['$FramesTransmittedOK'], looped['$FramesReceivedOK']], [1, 1]);
  assert.match(String(send(2)), /looped back and receives only what the switch sends/);
  await change(2, { $LOOPBACK_MODE: 'BF_LPBK_SERDES_FAR' });
  assert.equal(send(2), [2]);
  assert.match(String(send(1)), /sends only what it receives/);
  // For ever, on a switch.
  await change(3, { $LOOPBACK_MODE: 'BF_LPBK_MAC_FAR' });
  assert.equal(send(3), [3]);
  await change(2, { $LOOPBACK_MODE: 'BF_LPBK_NONE', $PORT_DIR: 'PM_PORT_DIR_TX_ONLY' });
  assert.equal([send(1), send(2)], [[2], 'port 2 only sends']);
  await change(2, { $PORT_DIR: 'PM_PORT_DIR_RX_ONLY' });
  assert.equal([send(1), send(2)], ['port 2 only receives', [1]]);
  await change(2, { $PORT_DIR: 'PM_PORT_DIR_DEFAULT', $TX_MTU: 100, $RX_MTU: 100 });
  const long = new Uint8Array(101);
  assert.equal(
    [send(1, long), send(2, long)],
    ['port 2 sends no frame of 101 octets', 'port 2 takes no frame of 101 octets'],
  );
  assert.equal(send(2, long.subarray(1)), [1]);
  const [counters = {}] = await client.read('$PORT_STAT', [2]);
  assert.equal([counters['$FramesReceivedOversized'], counters['$FramesTransmittedwithError']], [1, 1]);
});

panel('a frame that would loop forever is lost', async ({ ports, client }) => {
  const near = { ...UP, $LOOPBACK_MODE: 'BF_LPBK_PCS_NEAR' };
  for (const [port, data] of [
    [1, near],
    [2, near],
    [4, UP],
  ] as const) {
    await client.write([insert, client.entry('$PORT', [port], data)]);
  }
  assert.equal(ports.send({ port: 4, bytes }), {
    left: [],
    lost: 'it was looped back more than 64 times',
  });
});

panel('a warm restart leaves the ports as at the start, and the recirculation port is always up', async (on) => {
  const { ports, client, address } = on;
  await client.write([insert, client.entry('$PORT', [9], UP)], [insert, client.entry('$PORT', [68], UP)]);
  assert.is((await client.read('$PORT', [68]))[0]?.['$IS_INTERNAL'], true);
  assert.is(ports.ports.isUp(192), true);
  assert.is(ports.send({ port: 1, bytes }).lost, 'there is no port 1');
  const config = [{ p4_name: 'p4runpro' }];
  const action = wire.CONFIG_ACTION.warmInitBeginAndEnd;
  await unary(address, wire.METHODS.SetForwardingPipelineConfig, { client_id: 1, action, config });
  assert.equal(await client.read('$PORT'), []);
  assert.equal(ports.send({ port: 1, bytes }).left[0]?.port, 2);
});

test('fixed tables refuse each write with a reason or take it and can take it back', () => {
  const fixed = new FixedTables(new Switch(plane), new FrontPorts(plane));
  const { tables } = JSON.parse(fixed.json()) as { tables: readonly ToldTable[] };
  const bytesOf = fc.uint8Array({ maxLength: 9 });
  const field = fc.record({
    field_id: fc.nat(40),
    value: fc.constantFrom('stream', 'str_val', 'bool_val', 'float_val', 'int_arr_val'),
    stream: bytesOf,
    str_val: fc.constantFrom('BF_SPEED_10G', 'BF_FEC_TYP_NONE', '', '__proto__'),
    bool_val: fc.boolean(),
    float_val: fc.float(),
  });
  const key = fc.array(fc.record({ field_id: fc.nat(3), exact: fc.record({ value: bytesOf }) }), { maxLength: 3 });
  const entry = fc.record({
    table_id: fc.constantFrom(...tables.map(({ id }) => id)),
    key: fc.option(fc.record({ fields: key })),
    data: fc.option(fc.record({ fields: fc.array(field, { maxLength: 4 }) })),
    is_default_entry: fc.boolean(),
  });
  fc.assert(
    fc.property(entry, fc.nat(7), (table_entry, type) => {
      try {
        fixed.update({ type, entity: { table_entry } })();
        [...fixed.read({ table_entry })];
      } catch (error) {
        assert.is.not(updateError(error).message, '');
      }
    }),
    { seed: 5, numRuns: cases(2000) },
  );
});

test('numbers of fixed tables travel as bytes of their type, and come back', () => {
  const types = [
    ['uint8', 0, 255],
    ['uint16', 0, 65_535],
    ['uint32', 0, 2 ** 32 - 1],
    ['int32', -(2 ** 31), 2 ** 31 - 1],
    ['uint64', 0, 2 ** 48 - 1],
  ] as const;
  for (const [type, min, max] of types) {
    fc.assert(
      fc.property(fc.integer({ min: Math.max(min, -(2 ** 31)), max }), (value) => {
        const field = { id: 1, name: 'f', type };
        assert.is(decodeField(field, { ...encodeField(field, value), value: 'stream' }), value);
      }),
      { seed: 1, numRuns: cases(50) },
    );
  }
});

test.run();
