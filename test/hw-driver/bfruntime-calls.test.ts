/** BF Runtime's calls held against what bf_switchd does: parts that fail, flags, strictness, and requests beyond bounds. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials, status } from '@grpc/grpc-js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeEntry, encodeKey, matchTable } from '../../hw-driver/bfruntime/entry-codec.js';
import * as wire from '../../hw-driver/bfruntime/messages.js';
import { BfRuntimeSession } from '../../hw-driver/bfruntime/session.js';
import { ErrorReport } from '../../hw-driver/server/error-report.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { Switch } from '../../sim/index.js';
import { thrownBy } from './failing-target.js';
import { codes, entry, plane, readAll, type Served, served, subscribed, unary, update } from './served-switch.js';

const CLIENT = { client_id: 9, p4_name: 'p4runpro' };
const insert = ({ session }: Served, value: number, program: number): wire.Update =>
  update(wire.UPDATE.insert, encodeEntry(session.schema, entry(value, program)));
const keyOf = ({ session }: Served, program: number): wire.TableEntry =>
  encodeKey(matchTable(session.schema, entry(0).table), entry(0, program));
const valuesIn = (responses: readonly wire.ReadResponse[] | undefined): (number | undefined)[] =>
  (responses ?? []).flatMap(({ entities }) =>
    entities.map(({ table_entry: found }) => found?.data?.fields[0]?.stream?.at(-1)),
  );

served('a read of an existing and a missing entry answers the first, and names the index of the other', async (on) => {
  for (const program of [1, 3]) on.emulator.apply({ kind: 'insertEntry', entry: entry(program + 10, program) });
  const entities = [1, 2, 3].map((program) => ({ table_entry: keyOf(on, program) }));
  const { code, response, errors, message } = await readAll(on.address, { ...CLIENT, entities });
  assert.equal(valuesIn(response), [11, 13]);
  assert.is(code, status.UNKNOWN);
  assert.equal(codes(errors), [status.OK, status.NOT_FOUND, status.OK]);
  assert.match(message ?? '', /^1 of 3 entities failed, the first at index 1: .*has no such entry$/);

  const inResponse = await readAll(on.address, { ...CLIENT, entities }, { error_in_resp: '1' });
  assert.equal(valuesIn(inResponse.response), [11, 13]);
  assert.is(inResponse.code, undefined);
  assert.equal(codes(inResponse.response?.flatMap((one) => one.status ?? []) ?? []), [0, status.NOT_FOUND, 0]);
  assert.match(String(await thrownBy(on.session.read(entities))), /has no such entry/);
});

served('deleting a missing entry succeeds where the metadata asks for it, and the answer reports it', async (on) => {
  const remove = (program: number): wire.Update => update(wire.UPDATE.delete, keyOf(on, program));
  const write = (updates: readonly wire.Update[], atomicity: number, said: Readonly<Record<string, string>>) =>
    unary(on.address, wire.METHODS.Write, { ...CLIENT, updates, atomicity }, said);
  const { rollbackOnError } = wire.ATOMICITY;
  const updates = [insert(on, 1, 1), remove(7), insert(on, 2, 2)];
  assert.is((await write(updates, rollbackOnError, {})).code, status.UNKNOWN);
  assert.is((await write(updates, rollbackOnError, { ignore_not_found: '0' })).code, status.UNKNOWN);
  assert.equal(on.emulator.entries(), []);
  assert.is((await write(updates, rollbackOnError, { ignore_not_found: '1' })).code, undefined);
  assert.is(on.emulator.entries().length, 2);

  const both = { ignore_not_found: '1', error_in_resp: '1' };
  const told = await write([remove(7), remove(1)], rollbackOnError, both);
  const { status: statuses = [] } = (told.response ?? {}) as Partial<wire.WriteResponse>;
  assert.equal(
    statuses.map(({ canonical_code, code }) => [canonical_code, code]),
    [
      [status.OK, status.NOT_FOUND],
      [status.OK, status.OK],
    ],
  );
  // Only what is missing is ignored.
  assert.equal(codes((await write([insert(on, 5, 2)], rollbackOnError, both)).errors), [status.ALREADY_EXISTS]);
  const again = update(wire.UPDATE.insertOrModify, encodeEntry(on.session.schema, entry(9, 2)));
  const modified = await write([again], rollbackOnError, both);
  assert.is(((modified.response ?? {}) as Partial<wire.WriteResponse>).status?.[0]?.code, status.ALREADY_EXISTS);
});

const config = (action: number, p4_name: string, client_id = 1, device_id = 0): wire.SetConfigRequest => ({
  client_id,
  device_id,
  action,
  config: [{ p4_name }],
});

served('VERIFY is answered: well for the program that runs, without a session', async ({ address }) => {
  const verify = async (name: string) =>
    (await unary(address, wire.METHODS.SetForwardingPipelineConfig, config(wire.CONFIG_ACTION.verify, name, 9))).code;
  assert.is(await verify('p4runpro'), undefined);
  assert.is(await verify('other'), status.INVALID_ARGUMENT);
});

/** Codes of what bf_switchd refuses. */
async function refusals(on: Served): Promise<(number | undefined)[]> {
  const { METHODS, ATOMICITY } = wire;
  const target = { device_id: 3 };
  const { dataPlaneAtomic, rollbackOnError } = ATOMICITY;
  const elsewhere = { ...keyOf(on, 1), entry_tgt: target };
  const answers = [
    await unary(on.address, METHODS.SetForwardingPipelineConfig, config(wire.CONFIG_ACTION.bind, 'p4runpro')),
    await unary(on.address, METHODS.Write, { ...CLIENT, updates: [insert(on, 1, 1)], atomicity: dataPlaneAtomic }),
    await unary(on.address, METHODS.GetForwardingPipelineConfig, { client_id: 1, device_id: 3 }),
    await unary(on.address, METHODS.Write, { ...CLIENT, target, updates: [], atomicity: rollbackOnError }),
    await readAll(on.address, { ...CLIENT, target, entities: [] }),
  ];
  const read = await readAll(on.address, { ...CLIENT, entities: [{ table_entry: elsewhere }] });
  return [...answers.map(({ code }) => code), read.errors[0]?.canonical_code];
}

/** Codes of a write, a read, and a read of one entry, of a pipe that the target names. */
async function ofPipe(on: Served, pipe_id: number): Promise<(number | undefined)[]> {
  const target = { device_id: 0, pipe_id };
  const there = { table_entry: { ...keyOf(on, 1), entry_tgt: target } };
  const write = await unary(on.address, wire.METHODS.Write, { ...CLIENT, target, updates: [], atomicity: 0 });
  const read = await readAll(on.address, { ...CLIENT, target, entities: [] });
  const readOne = await readAll(on.address, { ...CLIENT, entities: [there] });
  return [write.code, read.code, readOne.errors[0]?.canonical_code];
}

served('pipes 0 and 0xffff (all) are accepted, others refused', async (on) => {
  on.emulator.apply({ kind: 'insertEntry', entry: entry(1, 1) });
  for (const pipe of [1, 0xfffe]) assert.equal(await ofPipe(on, pipe), Array(3).fill(status.NOT_FOUND));
  for (const pipe of [0, 0xffff]) assert.equal(await ofPipe(on, pipe), Array(3).fill(undefined));
});

served(
  'a lenient server takes any pipe',
  async (on) => {
    on.emulator.apply({ kind: 'insertEntry', entry: entry(1, 1) });
    assert.equal(await ofPipe(on, 3), Array(3).fill(undefined));
  },
  { lenient: true },
);

served('an unknown atomicity is refused, and nothing is written', async (on) => {
  const { code } = await unary(on.address, wire.METHODS.Write, {
    ...CLIENT,
    updates: [insert(on, 1, 1)],
    atomicity: 3,
  });
  assert.is(code, status.INVALID_ARGUMENT);
  assert.equal(on.emulator.entries(), []);
});

served('a second BIND, DATAPLANE_ATOMIC and other devices are refused as a switch does', async (on) => {
  const { ALREADY_EXISTS, UNIMPLEMENTED, NOT_FOUND } = status;
  assert.equal(await refusals(on), [ALREADY_EXISTS, UNIMPLEMENTED, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND]);
  assert.equal(on.emulator.entries(), []);
  const bindElsewhere = config(wire.CONFIG_ACTION.bind, 'p4runpro', 2, 3);
  const { code } = await unary(on.address, wire.METHODS.SetForwardingPipelineConfig, bindElsewhere);
  assert.is(code, NOT_FOUND);
});

served(
  'a lenient server takes them',
  async (on) => {
    assert.equal(await refusals(on), Array(6).fill(undefined));
    assert.is(on.emulator.entries().length, 1);
    const { stream, end } = await subscribed(on.address, 2);
    // But not a program that somebody else has bound.
    const bind = config(wire.CONFIG_ACTION.bind, 'p4runpro', 2);
    assert.is((await unary(on.address, wire.METHODS.SetForwardingPipelineConfig, bind)).code, status.ALREADY_EXISTS);
    stream.cancel();
    end();
  },
  { lenient: true },
);

/** The number of requests of another client that the server answers while work is done. */
async function answersDuring(address: string, work: Promise<unknown>): Promise<number> {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = wire.METHODS.GetForwardingPipelineConfig;
  let [answers, done] = [0, false];
  void work.then(() => {
    done = true;
  });
  while (!done) {
    await new Promise((resolve) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { client_id: 8 }, resolve),
    );
    answers++;
  }
  client.close();
  return answers;
}

const EMPTY: wire.Update = { type: 0, entity: null };

served('a write with more updates than the limit is refused before any is done', async ({ address, session }) => {
  const request = { ...CLIENT, updates: Array<wire.Update>(500_000).fill(EMPTY), atomicity: 0 };
  const { code, message } = await unary(address, wire.METHODS.Write, request);
  assert.is(code, status.RESOURCE_EXHAUSTED);
  assert.is(message, '500000 updates in one request: at most 104857 are accepted');
  const entities = Array<wire.Entity>(500_000).fill({});
  assert.is((await readAll(address, { ...CLIENT, entities })).code, status.RESOURCE_EXHAUSTED);
  assert.equal(await session.read([]), []);
});

served('in a long write others are answered, errors are counted and only the first are kept', async (on) => {
  const request = { ...CLIENT, updates: Array<wire.Update>(30_000).fill(EMPTY), atomicity: 0 };
  request.updates[29_999] = insert(on, 1, 1);
  const writing = unary(on.address, wire.METHODS.Write, request);
  const answers = await answersDuring(on.address, writing);
  const { code, message, errors } = await writing;
  assert.is(code, status.UNKNOWN);
  assert.match(
    message ?? '',
    /^29999 of 30000 updates failed, the first at index 0: .*; the details have the first \d+$/,
  );
  assert.ok(errors.length > 100 && errors.every(({ canonical_code }) => canonical_code === status.UNIMPLEMENTED));
  assert.is(on.emulator.entries().length, 1);
  // One would come in at the end of a write that leaves others no turn.
  assert.ok(answers > 2, `${answers} answers`);
});

served('two concurrent writes run one after the other, and each is rolled back alone', async (on) => {
  const { rollbackOnError } = wire.ATOMICITY;
  const long = Array.from({ length: 1000 }, (_, i) => insert(on, 1, i + 1));
  const undone = unary(on.address, wire.METHODS.Write, {
    ...CLIENT,
    updates: [...long, insert(on, 2, 1)],
    atomicity: rollbackOnError,
  });
  const other = unary(on.address, wire.METHODS.Write, {
    ...CLIENT,
    client_id: 8,
    updates: [insert(on, 7, 1)],
    atomicity: rollbackOnError,
  });
  const [first, second] = await Promise.all([undone, other]);
  assert.is(first.code, status.UNKNOWN);
  assert.is(first.errors.length > 0, true);
  assert.is(second.code, undefined);
  assert.equal(
    on.emulator.entries().map(({ parameters }) => parameters[0]?.value),
    [7],
  );
});

served('names that clients send do not make an error longer than a header may be', async ({ address }) => {
  const table_object = { table_name: 'x'.repeat(2 ** 20) };
  const { code, message } = await readAll(address, { ...CLIENT, entities: [{ object_id: { table_object } }] });
  assert.is(code, status.UNKNOWN);
  assert.ok((message ?? '').length < 1000);
});

served(
  'the largest message that is taken is an option',
  async ({ address, session }) => {
    const request = { ...CLIENT, updates: [], atomicity: 0, p4_name: 'x'.repeat(5 * 2 ** 20) };
    assert.is((await unary(address, wire.METHODS.Write, request)).code, status.NOT_FOUND);
    assert.equal(await session.read([]), []);
  },
  { maxMessageBytes: 6 * 2 ** 20, keepaliveMs: 1000, keepaliveTimeoutMs: 1000 },
);

/** Whether a connection on which nothing is said ends within a time in ms. */
async function silenceEnds(port: number, withinMs: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  // The preface of HTTP/2 and empty settings; pings are not answered.
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from('000000040000000000', 'hex')]),
  );
  socket.resume().on('error', () => undefined);
  const ended = await Promise.race([once(socket, 'close').then(() => true), delay(withinMs, false, { ref: false })]);
  socket.destroy();
  return ended;
}

test('a client that does not answer loses its connection where --keepalive says when', async () => {
  for (const [keepaliveMs, ends] of [
    [100, true],
    [undefined, false],
  ] as const) {
    const server = await serveBfRuntime(new Switch(plane), { port: 0, keepaliveMs, keepaliveTimeoutMs: 100 });
    assert.is(await silenceEnds(server.port, ends ? 30_000 : 600), ends);
    await server.close();
  }
});

test('a report of errors keeps those that fit, in their order', () => {
  const report = new ErrorReport('updates');
  report.add({ canonical_code: status.NOT_FOUND, message: 'gone' });
  report.addSuccesses(2);
  assert.is(report.message, '1 of 3 updates failed, the first at index 0: gone');
  assert.equal(codes(wire.unpackErrors(report.details())), [status.NOT_FOUND, 0, 0]);
  for (let i = 0; i < 5000; i++) report.add({ canonical_code: status.NOT_FOUND, message: 'é'.repeat(i % 7) });
  assert.ok(report.details().length < 48 * 2 ** 10);
  assert.match(report.message, /^5001 of 5003 updates failed, .*; the details have the first \d+$/);
});

served('a driver is told of a failed read that the details have no room for', async ({ address, session, ...on }) => {
  on.emulator.apply({ kind: 'insertEntry', entry: entry(1, 1) });
  const there = { table_entry: keyOf({ address, session, ...on }, 1) };
  const missing = { table_entry: keyOf({ address, session, ...on }, 2) };
  const entities = [...Array<wire.Entity>(2000).fill(there), missing];
  const error = await thrownBy(session.read(entities));
  assert.match(String(error), /1 of 2001 entities failed, the first at index 2000: .* has no such entry/);
  assert.instance(session, BfRuntimeSession);
});

test.run();
