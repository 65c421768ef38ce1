/** BF Runtime as any client sees it: sessions, single rpcs, errors, and what garbage does. */
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, defaultForwardEntry } from '../../compiler/index.js';
import { bfRtJson, readBfRtJson } from '../../hw-driver/bfruntime/bf-rt-json.js';
import { encodeEntry, encodeKey, matchTable, registerEntry } from '../../hw-driver/bfruntime/entry-codec.js';
import { connectBfRuntime, NotUsable } from '../../hw-driver/bfruntime/index.js';
import * as wire from '../../hw-driver/bfruntime/messages.js';
import { BfRuntimeSession } from '../../hw-driver/bfruntime/session.js';
import { schemaDifferences, schemaOfDataPlane } from '../../hw-driver/bfruntime/table-schema.js';
import { bytesToValue, valueToBytes } from '../../hw-driver/bfruntime/values.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { ServedTables } from '../../hw-driver/server/served-tables.js';
import { Switch, TargetUnreachable } from '../../sim/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { dataPlane, rpbEntry } from '../sim/test-switch.js';
import { cases } from '../tiers.js';
import { CuttingProxy } from './cutting-proxy.js';
import { thrownBy } from './failing-target.js';
import { codes, entry, plane, served, subscribed, unary, update } from './served-switch.js';

test('values: big-endian, of whole bytes, and nothing beyond the width', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 48 }), fc.maxSafeNat(), (width, any) => {
      const value = any % 2 ** width;
      const bytes = valueToBytes(value, width);
      assert.is(bytes.length, Math.ceil(width / 8));
      assert.is(bytesToValue(bytes, width), value);
      assert.is(bytesToValue(Uint8Array.of(0, ...bytes), width), undefined);
      if (width % 8 !== 0) assert.is(bytesToValue(bytes.fill(0xff), width), undefined);
    }),
    { seed: 1 },
  );
  assert.equal(valueToBytes(0x0a0b, 16), Uint8Array.of(0x0a, 0x0b));
});

for (const name of ['default', 'published', 'tofino1', 'extended', 'tofino2']) {
  test(`bf-rt.json of ${name}: read back it is the same, with an id for each name`, () => {
    const schema = schemaOfDataPlane(builtInDataPlane(name) ?? plane);
    const read = readBfRtJson(bfRtJson(schema));
    assert.equal(schemaDifferences(schema, read), []);
    assert.equal(schemaDifferences(read, schema), []);
    assert.equal(
      read.tables.map(({ id }) => id),
      schema.tables.map(({ id }) => id),
    );
    const ids = schema.tables.flatMap(({ id, actions }) => [id, ...actions.map((action) => action.id)]);
    const names = schema.tables.flatMap((table) => [table.name, ...table.actions.map((action) => action.name)]);
    assert.is(new Set(ids).size, new Set(names).size);
  });
}

test('the parameters of an action in bf-rt.json are those that an entry accepts', () => {
  for (const [name, defaultOnly] of [
    ['published', 0],
    ['tofino1', 4],
    ['default', 4],
  ] as const) {
    const here = builtInDataPlane(name) ?? plane;
    const tables = new ServedTables(new Switch(here));
    const { schema } = tables;
    const { tables: told } = JSON.parse(bfRtJson(schema)) as {
      tables: { name: string; action_specs?: { name: string; action_scope: string }[] }[];
    };
    let refused = 0;
    for (const table of schema.tables.filter(({ kind }) => kind === 'match')) {
      for (const action of table.actions) {
        const fields = action.parameters.map(({ id, width }) => ({ field_id: id, stream: valueToBytes(0, width) }));
        const insert = update(wire.UPDATE.insert, { table_id: table.id, data: { action_id: action.id, fields } });
        const error = thrownIn(() => tables.update(insert)());
        const specs = told.find((one) => one.name === table.name)?.action_specs;
        const scope = specs?.find((one) => one.name === action.name)?.action_scope;
        assert.is(scope, error === undefined ? 'TableAndDefault' : 'DefaultOnly', `${table.name} ${action.name}`);
        if (error === undefined) continue;
        assert.match(
          String(error),
          /^TargetError: NoAction is the default action of SwitchIngress.init.tb_flow_filter\d/,
        );
        refused++;
      }
    }
    assert.is(refused, defaultOnly, name);
  }
});

function thrownIn(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a switch of another data plane is refused with the differences, and nothing is written', async () => {
  const emulator = new Switch(dataPlane('published'));
  const server = await serveBfRuntime(emulator, { port: 0 });
  const error = await thrownBy(connectBfRuntime({ address: `127.0.0.1:${server.port}`, dataPlane: plane }));
  await server.close();
  assert.instance(error, NotUsable);
  assert.match(
    String(error),
    /differ from those of data plane 'default'; it has those of 'published': --dataplane published:\n/,
  );
  assert.match(String(error), /rpb1\.tb_operation has no key hdr\.meta\.id\.branch_id \(ternary, 12 bits\)/);
  const lines = String(error).split('\n');
  assert.equal([lines.length, lines.at(-1)], [22, '  and 464 more differences']);
  assert.equal(emulator.entries(), []);
});

served('sessions: an id once, a program once, and nothing without a bind', async ({ address, session }) => {
  assert.match(String(await thrownBy(BfRuntimeSession.connect({ address }))), /client id 1 is in use/);
  const other = await thrownBy(BfRuntimeSession.connect({ address, clientId: 2 }));
  assert.match(String(other), /program p4runpro is bound by client 1/);
  const wrong = await thrownBy(BfRuntimeSession.connect({ address, clientId: 2, p4Name: 'other' }));
  assert.match(String(wrong), /the switch has no program other; it has p4runpro/);
  await session.close();
  const next = await BfRuntimeSession.connect({ address, clientId: 2 });
  assert.equal(await next.read([]), []);
  await next.close();
  for (const method of [wire.METHODS.Write, wire.METHODS.SetForwardingPipelineConfig]) {
    const { code } = await unary(address, method as wire.Method<object, object>, { client_id: 9 });
    assert.is(code, status.FAILED_PRECONDITION, method.path);
  }
});

served('a client that has not bound a program names it in each request, with a stream or without', async (on) => {
  const { address, emulator, session } = on;
  const { response } = await unary(address, wire.METHODS.GetForwardingPipelineConfig, { client_id: 9 });
  assert.is(response?.config[0]?.p4_name, 'p4runpro');
  const updates = [update(wire.UPDATE.insert, encodeEntry(session.schema, entry(3)))];
  const write = async (client_id: number, p4_name: string) =>
    (await unary(address, wire.METHODS.Write, { client_id, updates, atomicity: 0, p4_name })).code;
  assert.is(await write(9, 'other'), status.NOT_FOUND);
  assert.is(await write(9, ''), status.FAILED_PRECONDITION);
  assert.equal(emulator.entries(), []);
  assert.is(await write(9, 'p4runpro'), undefined);
  assert.is(emulator.entries().length, 1);
  const { stream, end } = await subscribed(address, 2);
  assert.is(await write(2, ''), status.FAILED_PRECONDITION);
  assert.is(await write(2, 'other'), status.NOT_FOUND);
  assert.is(await write(2, 'p4runpro'), status.UNKNOWN);
  updates[0] = update(wire.UPDATE.insert, encodeEntry(session.schema, entry(3, 2)));
  assert.is(await write(2, 'p4runpro'), undefined);
  assert.is(emulator.entries().length, 2);
  stream.cancel();
  end();
});

served(
  'all clients are told of a restart: entries are those of the start, memory is 0',
  async ({ address, session }) => {
    const { stream, told, end } = await subscribed(address, 2);
    const table = matchTable(session.schema, entry(1).table);
    const restart = (client_id: number, p4_name: string) =>
      unary(address, wire.METHODS.SetForwardingPipelineConfig, {
        client_id,
        action: wire.CONFIG_ACTION.warmInitBeginAndEnd,
        config: [{ p4_name }],
      });
    const inserts = [update(wire.UPDATE.insert, encodeEntry(session.schema, entry(3)))];
    assert.equal(await session.write(inserts, wire.ATOMICITY.rollbackOnError), []);
    assert.is((await restart(2, 'p4runpro')).code, status.FAILED_PRECONDITION);
    assert.is((await restart(1, 'other')).code, status.INVALID_ARGUMENT);
    assert.is((await session.read([{ table_entry: { table_id: table.id } }])).length, 1);
    assert.is((await restart(1, 'p4runpro')).code, undefined);
    assert.is((await session.read([{ table_entry: { table_id: table.id } }])).length, 0);
    const { set_forwarding_pipeline_config_response: news } = await told();
    assert.equal(news, { set_forwarding_pipeline_config_response_type: wire.WARM_INIT.finished });
    stream.cancel();
    end();
  },
);

served('a restart restores the entries of the start of the server', async () => {
  const emulator = new Switch(plane);
  const forward = defaultForwardEntry(plane, 1, 2);
  emulator.apply({ kind: 'insertEntry', entry: forward });
  const tables = new ServedTables(emulator);
  emulator.apply({ kind: 'deleteEntry', entry: forward });
  emulator.apply({ kind: 'insertEntry', entry: entry(1) });
  emulator.memory.words[7] = 1;
  tables.restart();
  assert.equal(emulator.entries(), [forward]);
  assert.ok(emulator.memory.words.every((word) => word === 0));
});

served('a client that subscribes again on its stream is told again; another id there is ignored', async (on) => {
  const { stream, told, end } = await subscribed(on.address, 7);
  stream.write({ client_id: 8, subscribe: {} });
  stream.write({ client_id: 7, subscribe: { device_id: 5 } });
  // The next answer is that of 7: 8 got none.
  assert.is((await told()).subscribe?.device_id, 5);
  const other = await subscribed(on.address, 8);
  for (const one of [{ stream, end }, other]) {
    one.stream.cancel();
    one.end();
  }
});

served('a batch is answered as a whole, and rolled back if that was asked for', async ({ emulator, session }) => {
  const insert = (value: number, program: number) =>
    update(wire.UPDATE.insert, encodeEntry(session.schema, entry(value, program)));
  const batch = [insert(1, 1), insert(2, 1), insert(3, 2), update(wire.UPDATE.insert, { table_id: 12345 })];
  const expected = [status.OK, status.ALREADY_EXISTS, status.OK, status.NOT_FOUND];
  assert.equal(codes(await session.write(batch, wire.ATOMICITY.rollbackOnError)).slice(0, 2), expected.slice(0, 2));
  assert.equal(emulator.entries(), []);
  assert.equal(codes(await session.write(batch, wire.ATOMICITY.continueOnError)), expected);
  assert.is(emulator.entries().length, 2);
  const change = [
    update(wire.UPDATE.modify, encodeEntry(session.schema, entry(9, 1))),
    update(wire.UPDATE.delete, encodeKey(matchTable(session.schema, entry(3, 2).table), entry(3, 2))),
    update(wire.UPDATE.insertOrModify, encodeEntry(session.schema, entry(5, 5))),
    update(wire.UPDATE.insertOrModify, encodeEntry(session.schema, entry(6, 5))),
    update(wire.UPDATE.delete, encodeKey(matchTable(session.schema, entry(3, 8).table), entry(3, 8))),
  ];
  const before = emulator.entries();
  assert.is(codes(await session.write(change, wire.ATOMICITY.rollbackOnError))[4], status.NOT_FOUND);
  assert.equal(emulator.entries().map(String).sort(), before.map(String).sort());
  assert.equal(await session.write(change.slice(0, 4), wire.ATOMICITY.rollbackOnError), []);
  assert.equal(
    emulator
      .entries()
      .map(({ parameters }) => parameters[0]?.value)
      .sort(),
    [6, 9],
  );
});

served('reads: a key, a table, defaults, usage, ids, ports; clearing a table', async ({ emulator, session }) => {
  const table = matchTable(session.schema, entry(1).table);
  for (const program of [1, 2, 3]) emulator.apply({ kind: 'insertEntry', entry: entry(program, program) });
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  const key = encodeKey(table, entry(0, 2));
  const [one, ...none] = await session.read([{ table_entry: key }]);
  assert.is(none.length, 0);
  assert.equal(one?.table_entry?.data?.fields[0]?.stream?.at(-1), 2);
  assert.is((await session.read([{ table_entry: { table_id: table.id } }])).length, 3);
  const keys = await session.read([{ table_entry: { table_id: table.id, table_flags: { key_only: true } } }]);
  assert.equal(
    keys.map(({ table_entry: found }) => [found?.key?.fields.length, found?.data ?? null]),
    [1, 2, 3].map(() => [key.key?.fields.length, null]),
  );
  assert.ok(keys.every(({ table_entry: found }) => found?.entry_tgt?.pipe_id === wire.ALL_PIPES));
  const [usage] = await session.read([{ table_usage: { table_id: table.id } }]);
  assert.is(usage?.table_usage?.usage, 3);
  const [fallback] = await session.read([{ table_entry: { table_id: table.id, is_default_entry: true } }]);
  assert.is(fallback?.table_entry?.data?.action_id, table.actions.find(({ name }) => name === 'NoAction')?.id);
  const names = [
    [{ table_name: table.name }, table.id],
    [{ table_name: table.name.slice(5), action_name: { action: table.actions[1]?.name ?? '' } }, table.actions[1]?.id],
    [{ table_name: table.name, key_field_name: { field: '$MATCH_PRIORITY' } }, 65_537],
  ] as const;
  for (const [table_object, id] of names) {
    const [answer] = await session.read([{ object_id: { table_object } }]);
    assert.is(answer?.object_id?.id, id);
  }
  assert.is((await session.read([{ table_entry: { table_id: 0xff010001 } }])).length, 0);
  assert.equal(
    await session.write([update(wire.UPDATE.delete, { table_id: table.id })], wire.ATOMICITY.continueOnError),
    [],
  );
  assert.is(emulator.entries().length, 1);
  assert.match(String(await thrownBy(session.read([{ table_entry: key }]))), /has no such entry/);
});

served('a handle is valid while its entry exists', async ({ emulator, session }) => {
  const table = matchTable(session.schema, entry(1).table);
  for (const program of [1, 2]) emulator.apply({ kind: 'insertEntry', entry: entry(program, program) });
  const { key } = encodeKey(table, entry(0, 2));
  const handleOf = async (): Promise<number> => {
    const [answer] = await session.read([{ handle: { table_id: table.id, key: key ?? null } }]);
    return answer?.handle?.handle_id ?? 0;
  };
  const handle_id = await handleOf();
  assert.ok(handle_id > 0);
  assert.is(await handleOf(), handle_id);
  const byHandle = { table_id: table.id, handle_id };
  const parameterOf = async (): Promise<number | undefined> => {
    const [found] = await session.read([{ table_entry: byHandle }]);
    return found?.table_entry?.data?.fields[0]?.stream?.at(-1);
  };
  assert.is(await parameterOf(), 2);
  const change = update(wire.UPDATE.modify, {
    ...byHandle,
    data: encodeEntry(session.schema, entry(9, 2)).data ?? null,
  });
  assert.equal(await session.write([change], wire.ATOMICITY.rollbackOnError), []);
  assert.is(await parameterOf(), 9);
  const write = async (type: number, entryOf: wire.TableEntry) =>
    codes(await session.write([update(type, entryOf)], wire.ATOMICITY.rollbackOnError));
  assert.equal(await write(wire.UPDATE.insert, byHandle), [status.INVALID_ARGUMENT]);
  assert.equal(await write(wire.UPDATE.delete, { ...byHandle, handle_id: 77 }), [status.NOT_FOUND]);
  assert.equal(await write(wire.UPDATE.delete, byHandle), []);
  assert.is(emulator.entries().length, 1);
  assert.equal(await write(wire.UPDATE.delete, byHandle), [status.NOT_FOUND]);
  assert.match(String(await thrownBy(session.read([{ table_entry: byHandle }]))), /has no such entry/);
});

served('reads take an action, and some of its parameters', async ({ emulator, session }) => {
  const offset = rpbEntry(plane, 4, 'address_translation_offset', [5, 1], { program: 1, branchMask: 0xfff });
  for (const one of [offset, entry(7, 2)]) emulator.apply({ kind: 'insertEntry', entry: one });
  const table = matchTable(session.schema, offset.table);
  const { key, data } = encodeEntry(session.schema, offset);
  const [, flag] = data?.fields ?? [];
  const asked = { action_id: data?.action_id ?? 0, fields: [{ field_id: flag?.field_id ?? 0 }] };
  for (const table_entry of [
    { table_id: table.id, key: key ?? null, data: asked },
    { table_id: table.id, data: asked },
  ]) {
    const found = await session.read([{ table_entry }]);
    assert.equal(
      found.map(({ table_entry: one }) => one?.data?.fields.map(({ field_id, stream }) => [field_id, stream?.at(-1)])),
      [[[flag?.field_id, 1]]],
    );
  }
  const other = { ...asked, action_id: encodeEntry(session.schema, entry(1)).data?.action_id ?? 0 };
  const refused = await thrownBy(
    session.read([{ table_entry: { table_id: table.id, key: key ?? null, data: other } }]),
  );
  assert.match(String(refused), /not the requested one/);
});

served('default entries are reset by either update; no other is taken', async ({ session }) => {
  const { id, actions } = matchTable(session.schema, entry(1).table);
  const ask = async (type: number, action_id?: number): Promise<number[]> => {
    const data = action_id === undefined ? {} : { data: { action_id, fields: [] } };
    const one = update(type, { table_id: id, is_default_entry: true, ...data });
    return codes(await session.write([one], wire.ATOMICITY.continueOnError));
  };
  const idOf = (short: string) => actions.find(({ name }) => name.endsWith(short))?.id ?? 0;
  assert.equal(await ask(wire.UPDATE.delete), []);
  assert.equal(await ask(wire.UPDATE.reset), []);
  assert.equal(await ask(wire.UPDATE.modify, idOf('NoAction')), []);
  assert.equal(await ask(wire.UPDATE.modify, idOf('loadi_har')), [status.UNIMPLEMENTED]);
});

served('the scope of a table’s entries is told as it was set', async ({ session }) => {
  const { id: table_id } = matchTable(session.schema, entry(1).table);
  const scope = async () => {
    const [answer] = await session.read([{ table_attribute: { table_id, entry_scope: {} } }]);
    return answer?.table_attribute?.entry_scope;
  };
  assert.is((await scope())?.pipe_scope?.predef, 0);
  const single = { pipe_scope: { predef: 1, args: 255 } };
  const set = (entry_scope: wire.EntryScope | null): wire.Update => ({
    type: wire.UPDATE.insert,
    entity: { table_attribute: { table_id, entry_scope } },
  });
  assert.equal(await session.write([set(single)], wire.ATOMICITY.rollbackOnError), []);
  const told = (await scope())?.pipe_scope;
  assert.equal([told?.scope, told?.predef, told?.args], ['predef', 1, 255]);
  const both = await session.write([set({ pipe_scope: { predef: 0 } }), set(null)], wire.ATOMICITY.rollbackOnError);
  assert.is(codes(both)[1], status.UNIMPLEMENTED);
  assert.is((await scope())?.pipe_scope?.predef, 1);
});

served('an incremental modification leaves the parameters that it does not name', async ({ emulator, session }) => {
  const before = rpbEntry(plane, 4, 'address_translation_offset', [5, 1], { program: 1, branchMask: 0xfff });
  emulator.apply({ kind: 'insertEntry', entry: before });
  const after = rpbEntry(plane, 4, 'address_translation_offset', [7, 0], { program: 1, branchMask: 0xfff });
  const { data, ...key } = encodeEntry(session.schema, after);
  const [offset] = data?.fields ?? [];
  assert.ok(data && offset);
  const part = { ...key, data: { ...data, fields: [offset] } };
  const write = async (type: number, entryOf: wire.TableEntry) =>
    codes(await session.write([update(type, entryOf)], wire.ATOMICITY.rollbackOnError));
  assert.equal(await write(wire.UPDATE.modify, part), [status.INVALID_ARGUMENT]);
  assert.equal(await write(wire.UPDATE.modifyIncrement, part), []);
  const values = emulator.entries().flatMap(({ parameters }) => parameters.map(({ value }) => value));
  assert.equal(values, [7, 1]);
  const { data: other } = encodeEntry(session.schema, entry(3));
  assert.ok(other);
  const another = { ...key, data: { ...other, fields: [] } };
  assert.equal(await write(wire.UPDATE.modifyIncrement, another), [status.INVALID_ARGUMENT]);
});

served('registers: a plain read sees what was last synced or written', async ({ emulator, session }) => {
  const table = session.schema.table('SwitchIngress.rpb3.rpb3_register');
  assert.ok(table);
  emulator.memory.range(3, 10, 1)[0] = 77;
  const read = async (from_hw: boolean) => {
    const asked = { ...registerEntry(table, 10), data: null, table_flags: { from_hw } };
    const [found] = await session.read([{ table_entry: asked }]);
    return bytesToValue(found?.table_entry?.data?.fields[0]?.stream ?? new Uint8Array(0), 32);
  };
  assert.equal([await read(false), await read(true)], [0, 77]);
  const sync = {
    type: wire.UPDATE.insert,
    entity: { table_operation: { table_id: table.id, table_operations_type: 'Sync' } },
  };
  assert.equal(await session.write([sync], wire.ATOMICITY.continueOnError), []);
  assert.is(await read(false), 77);
  const write = update(wire.UPDATE.modify, registerEntry(table, 10, [5]));
  const beyond = update(wire.UPDATE.modify, registerEntry(table, 65_536, [5]));
  assert.equal(codes(await session.write([write, beyond], wire.ATOMICITY.rollbackOnError)), [0, status.OUT_OF_RANGE]);
  assert.equal([await read(false), await read(true)], [77, 77]);
  assert.equal(await session.write([write], wire.ATOMICITY.continueOnError), []);
  assert.equal([await read(false), await read(true)], [5, 5]);
});

test('a write is the same bytes with and without the copies of the loader, and reads back', () => {
  const definition = loadSync(packageFile('hw-driver', 'bfruntime', 'bfruntime.proto'), { keepCase: true });
  const service = definition['bfrt_proto.BfRuntime'] as ServiceDefinition;
  const schema = schemaOfDataPlane(plane);
  const updates = [
    { type: wire.UPDATE.insert, entity: { table_entry: encodeEntry(schema, rpbEntry(plane, 3, 'loadi_mar', [7])) } },
    { type: wire.UPDATE.delete, entity: { table_entry: { table_id: 9 } } },
    { type: wire.UPDATE.insert, entity: null },
  ];
  const request = { target: { device_id: 0, pipe_id: 65_535 }, client_id: 5, updates, atomicity: 1, p4_name: 'p' };
  const encoded = wire.encodeWrite(request);
  assert.equal(encoded, service['Write']?.requestSerialize(request));
  assert.equal(wire.METHODS.Write.requestSerialize(encoded), encoded);
  assert.is(wire.countParts(encoded), 3);
  const decoded = wire.decodeWrite(encoded);
  assert.equal(
    decoded.updates.map(({ type, entity }) => [type, entity?.table_entry?.table_id]),
    updates.map(({ type, entity }) => [type, entity?.table_entry.table_id]),
  );
});

served(
  'random bytes on every rpc are refused, and the switch still answers',
  async ({ emulator, session, address }) => {
    const client = new Client(address, credentials.createInsecure());
    const raw = (path: string, bytes: Buffer): Promise<number> =>
      new Promise((resolve) => {
        const pass = (value: Buffer): Buffer => value;
        const deadline = { deadline: new Date(Date.now() + 60_000) };
        if (path.endsWith('/Read') || path.endsWith('/StreamChannel')) {
          const call = client.makeServerStreamRequest(path, pass, pass, bytes, new Metadata(), deadline);
          call.on('data', () => undefined).on('error', (error: { code?: number }) => resolve(error.code ?? -1));
          call.on('end', () => resolve(status.OK));
        } else
          client.makeUnaryRequest(path, pass, pass, bytes, new Metadata(), deadline, (error) =>
            resolve(error?.code ?? 0),
          );
      });
    const paths = Object.values(wire.METHODS).map(({ path }) => path);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 200 }), async (path, bytes) => {
        const code = await raw(path, Buffer.from(bytes));
        assert.ok(code !== status.UNAVAILABLE && code !== status.DEADLINE_EXCEEDED, `${path}: ${code}`);
      }),
      { seed: 3, numRuns: cases(150) },
    );
    const names = fc.constantFrom('__proto__', 'constructor', 'toString', '../../etc/passwd', '');
    await fc.assert(
      fc.asyncProperty(names, fc.nat(), fc.nat(7), async (name, id, type) => {
        const table_object = { table_name: name, action_name: { action: name } };
        await thrownBy(session.read([{ object_id: { table_object } }]));
        const errors = await session.write(
          [{ type, entity: { table_entry: { table_id: id } } }],
          wire.ATOMICITY.continueOnError,
        );
        assert.is(errors.length, 1);
      }),
      { seed: 4, numRuns: cases(40) },
    );
    const long = Buffer.alloc(5 * 2 ** 20);
    assert.is(await raw(wire.METHODS.Write.path, long), status.RESOURCE_EXHAUSTED);
    client.close();
    assert.equal(emulator.entries(), []);
    assert.equal(await session.read([]), []);
  },
);

test('a server that has ended, and an address without one, are errors', async () => {
  const emulator = new Switch(plane);
  const server = await serveBfRuntime(emulator, { port: 0 });
  const address = `127.0.0.1:${server.port}`;
  const target = await connectBfRuntime({ address, dataPlane: plane, deadlineMs: 500 });
  await server.close();
  assert.instance(await thrownBy(target.apply([{ kind: 'insertEntry', entry: entry(1) }])), TargetUnreachable);
  assert.instance(await thrownBy(target.entries()), TargetUnreachable);
  const again = await serveBfRuntime(emulator, { port: server.port });
  await target.apply([{ kind: 'insertEntry', entry: entry(1) }]);
  assert.is((await target.entries()).length, 1);
  await target.close();
  await again.close();
  assert.instance(await thrownBy(connectBfRuntime({ address, dataPlane: plane, deadlineMs: 500 })), TargetUnreachable);
});

test('a connection cut after any number of messages leaves each update done or not done, and a new session works', async () => {
  const emulator = new Switch(plane);
  const server = await serveBfRuntime(emulator, { port: 0 });
  const entries = Array.from({ length: 12 }, (_, program) => entry(program, program + 1));
  let cuts = 0;
  for (const way of ['to the switch', 'from the switch'] as const) {
    for (let chunks = 4; ; chunks += 2) {
      const proxy = await CuttingProxy.start(server.port, way, chunks);
      const target = await thrownOr(
        connectBfRuntime({ address: `127.0.0.1:${proxy.port}`, dataPlane: plane, deadlineMs: 2000, batch: 3 }),
      );
      if (!(target instanceof Error)) {
        const error = await thrownBy(target.apply(entries.map((one) => ({ kind: 'insertEntry', entry: one }))));
        if (error !== undefined) assert.instance(error, TargetUnreachable, String(error));
        proxy.heal();
        const found = await target.entries();
        // Whole writes of three, in their order.
        assert.is(found.length % 3, 0);
        assert.equal(
          found.map(({ parameters }) => parameters[0]?.value),
          entries.slice(0, found.length).map((_, i) => i),
        );
        assert.equal(found.length, emulator.entries().length);
        await target.apply(found.map((one) => ({ kind: 'deleteEntry', entry: one })));
        await target.close();
      }
      const wasCut = proxy.wasCut;
      await proxy.close();
      if (!wasCut) break;
      cuts++;
    }
  }
  await server.close();
  process.stdout.write(`  ${cuts} cut connections\n`);
  assert.ok(cuts >= 10, String(cuts));
});

const thrownOr = <T>(attempt: Promise<T>): Promise<T | Error> => attempt.catch((error: unknown) => error as Error);

test.run();
