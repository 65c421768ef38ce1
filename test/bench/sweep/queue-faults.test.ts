/** What goes wrong between controller, Redis and workers: each time nothing is lost, and the user reads what it is. */

import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChangedFile } from '../../../bench/sweep/cell/file-places.js';
import { namedContent } from '../../../bench/sweep/cell/module-bundle.js';
import { hashOf } from '../../../bench/sweep/cell/named-files.js';
import { messageOf, runOnThreads } from '../../../bench/sweep/local/run-on-threads.js';
import { FileCache, sendFiles } from '../../../bench/sweep/queue/file-exchange.js';
import { connect, queuePackages, redisSays } from '../../../bench/sweep/queue/packages.js';
import { type QueueAddress, QueueError, queueAddress } from '../../../bench/sweep/queue/queue-address.js';
import { type QueuedCell, type QueueRun, runThroughQueue } from '../../../bench/sweep/queue/queue-controller.js';
import { QueueKeys } from '../../../bench/sweep/queue/queue-keys.js';
import { cancelSweep } from '../../../bench/sweep/queue/queue-status.js';
import { runWorker } from '../../../bench/sweep/queue/queue-worker.js';
import { NotKept, ResultStore } from '../../../bench/sweep/results/result-store.js';
import { type, withFolder } from '../../command-line.js';
import { testWith } from '../../external.js';
import { REDIS, TestRedis } from './redis.js';

const redis = REDIS.isInstalled ? await TestRedis.start('--requirepass', 'secret') : undefined;
const addressOf = (prefix: string): string => redis?.address(prefix, ':secret@') ?? '';
const at = (prefix: string): QueueAddress => queueAddress(addressOf(prefix), {});
const CODE = '0123456789abcdef';

const cellsOf = (count: number, change: Partial<QueuedCell> = {}): readonly QueuedCell[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ key: i.toString(16).padStart(32, '0'), kind: 'sweep', cell: { values: { seed: i } }, text: `seed ${i}` },
    ...{ files: {}, code: CODE, sweep: 'test', hasModules: false },
    ...change,
  }));

interface Told {
  readonly done: Map<string, string>;
  readonly failed: Map<string, string>;
  readonly workers: string[];
}

/** A controller in this process. */
function controller(prefix: string, cells: readonly QueuedCell[], change: Partial<QueueRun> = {}) {
  const told: Told = { done: new Map(), failed: new Map(), workers: [] };
  const ended = runThroughQueue({
    ...{ address: at(prefix), cells, isFresh: false, signal: new AbortController().signal },
    ...{ keys: cells.map(({ key }) => key), fileHashes: [] },
    sweep: { id: 'test', name: 'grid.json', version: '0.0.0', code: CODE },
    onDone: (key, { fixed }) => told.done.set(key, fixed),
    onFailed: (key, { message }) => told.failed.set(key, message),
    onWorkers: (text) => told.workers.push(text),
    onNotice: () => undefined,
    ...change,
  });
  return { told, ended };
}

async function withEcho<T>(prefix: string, work: (notices: readonly string[]) => Promise<T>): Promise<T> {
  const end = new AbortController();
  const notices: string[] = [];
  const working = runWorker({
    ...{ address: at(prefix), threads: 1, lockMs: 1000, takesModules: false, code: CODE, version: '0.0.0' },
    runners: { sweep: new URL('./echo-cell.js', import.meta.url) },
    signal: end.signal,
    onChange: () => undefined,
    onNotice: (text) => notices.push(text),
  });
  try {
    return await work(notices);
  } finally {
    end.abort();
    await working;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

testWith(REDIS, 'Ctrl-C ends a sweep through a queue as interrupted, without a table', () =>
  withFolder(async (folder) => {
    const grid = { schema: 'p4runpro-bench/sweep@1', grid: { seed: [1, 2] }, measure: 'run' };
    writeFileSync(join(folder, 'grid.json'), JSON.stringify(grid));
    const client = await connect(await queuePackages(), at('ctrl-c'));
    let isSent = false;
    const asking = until(async () => (isSent = (await client.exists(new QueueKeys('ctrl-c').sweeps)) === 1));
    const args = ['sweep', 'grid.json', '--queue', addressOf('ctrl-c'), '--out', 'out'];
    const { status, stdout, stderr } = await type('bench', args, { folder, ctrlC: { when: () => isSent } });
    assert.equal([status, stdout], [130, '']);
    assert.match(stderr, /^bench: interrupted; the same command goes on from out/);
    assert.not(existsSync(join(folder, 'out', 'sweep.csv')));
    await asking;
    client.disconnect();
  }),
);

testWith(REDIS, 'a Redis that is full is shown as such, and the sweep goes on when it has room', () =>
  withEcho('full', async (notices) => {
    const client = await connect(await queuePackages(), at('full'));
    await client.config('SET', 'maxmemory', '1');
    const { told, ended } = controller('full', cellsOf(3));
    await until(() => told.workers.some((text) => text.startsWith('Redis: OOM command not allowed when')));
    await until(() => notices.some((text) => text.startsWith('Redis: OOM')));
    await client.config('SET', 'maxmemory', '0');
    await ended;
    assert.equal([told.done.size, told.failed.size], [3, 0]);
    await until(() => notices.includes('Redis is back'));
    client.disconnect();
  }),
);

testWith(REDIS, 'a file that Redis has lost is sent again, and no try is counted for it', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'mine.csv');
    writeFileSync(path, 'a');
    const hash = hashOf(Buffer.from('a'));
    const client = await connect(await queuePackages(), at('lost'));
    const { told, ended } = controller('lost', cellsOf(4, { files: { 'mine.csv': { hash, bytes: 1, path } } }));
    const name = new QueueKeys('lost').file(hash);
    await until(async () => (await client.exists(name)) === 1);
    await until(() => told.workers.length > 0);
    await client.del(name);
    await withEcho('lost', () => ended);
    assert.equal([told.done.size, told.failed.size], [4, 0]);
    client.disconnect();
  }),
);

testWith(REDIS, 'a file that changed before it was sent, and a result that cannot be kept, end the controller', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'mine.csv');
    writeFileSync(path, 'b');
    const file = { hash: hashOf(Buffer.from('a')), bytes: 1, path };
    const thrown = await controller('changed', cellsOf(1, { files: { 'mine.csv': file } })).ended.catch((e) => e);
    assert.instance(thrown, ChangedFile);
    assert.match(thrown.message, /mine.csv has changed since the sweep began/);
    const onDone = (): never => {
      throw new NotKept('cannot write: no space left on device');
    };
    const full = await withEcho('disk', () => controller('disk', cellsOf(1), { onDone }).ended.catch((e) => e));
    assert.instance(full, NotKept);
  }),
);

testWith(REDIS, 'a module in the queue of plain cells is not run, whether it is named, sent or in a network', () =>
  withFolder((folder) =>
    withEcho('plain', async () => {
      const network = join(folder, 'rack.json');
      const text = ' { "hosts": { "a": { "answer": "/somewhere/evil.mjs" } } }';
      writeFileSync(network, text);
      const sent = { hash: hashOf(Buffer.from(text)), bytes: text.length, path: network };
      const [a, b, c] = cellsOf(3);
      const ways = [
        { ...a, cell: { values: { allocator: '/somewhere/evil.mjs' } } },
        { ...b, files: { 'evil.js': sent } },
        { ...c, cell: { values: { network: 'rack.json' } }, files: { 'rack.json': sent } },
      ] as readonly QueuedCell[];
      const { told, ended } = controller('plain', ways);
      await ended;
      assert.is(told.done.size, 0);
      assert.equal(
        [...told.failed.values()].map((message) => message.replace(/^.*\//, '')),
        Array.from(['evil.mjs', 'evil.js', 'evil.mjs'], (name) => `${name} is a module, and this worker takes none`),
      );
    }),
  ),
);

testWith(REDIS, 'a module travels with what it imports, and finds the project by its name', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'mine.mjs');
    writeFileSync(path, "import { half } from './half.mjs';\nimport 'p4runpro-sim/compiler';\nexport default half;\n");
    writeFileSync(join(folder, 'half.mjs'), 'export const half = 21;\n');
    const { bytes } = namedContent(path);
    const file = { hash: hashOf(bytes), bytes: bytes.length, path };
    const client = await connect(await queuePackages(), at('module'));
    const keys = new QueueKeys('module');
    await sendFiles(client, keys, [file]);
    const cache = new FileCache(client, keys);
    const { 'mine.mjs': place = '' } = await cache.placesOf({ 'mine.mjs': file });
    assert.is(((await import(place)) as { readonly default: number }).default, 21);
    assert.is(cache.withNames(`${place} failed`, { 'mine.mjs': file }), 'mine.mjs failed');
    cache.close();
    const grid = { schema: 'p4runpro-bench/sweep@1', grid: { allocator: ['./mine.mjs'] }, measure: 'run' };
    writeFileSync(join(folder, 'grid.json'), JSON.stringify(grid));
    mkdirSync(join(folder, 'node_modules', 'lodash'), { recursive: true });
    writeFileSync(join(folder, 'node_modules', 'lodash', 'index.js'), '');
    writeFileSync(path, "import 'lodash';\nexport default { name: 'mine', place() {} };\n");
    const { status, stderr } = await type('bench', ['sweep', 'grid.json', '--queue', addressOf('module')], { folder });
    assert.is(status, 2);
    assert.match(stderr, /^bench: .\/mine.mjs imports the package lodash, and packages do not travel to workers/);
    assert.is(await client.exists(keys.sweeps), 0);
    client.disconnect();
  }),
);

/** Forwards to Redis until it is cut: then connections stay open, and nothing comes through them any more. */
async function proxy(target: number): Promise<{ readonly port: number; cut(): void; close(): void }> {
  const ends: Socket[] = [];
  const server = createServer((near) => {
    const far = dial(target, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
    ends.push(near, far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on loopback has a port');
  return {
    port: address.port,
    cut: () => {
      for (const socket of ends) socket.unpipe().resume();
    },
    close: () => {
      for (const socket of ends) socket.destroy();
      server.close();
    },
  };
}

testWith(REDIS, 'a connection that is cut without a word is made again', async () => {
  const between = await proxy(redis?.port ?? 0);
  const { connection, ...others } = at('cut');
  const { socketTimeout, ...reach } = connection;
  assert.ok(socketTimeout > 10_000, 'longer than a worker waits for a cell');
  const address = { ...others, connection: { ...reach, port: between.port, socketTimeout: 300 } };
  const client = await connect(await queuePackages(), address);
  await client.set('cut:a', '1');
  between.cut();
  assert.is(await client.get('cut:a'), '1');
  client.disconnect();
  between.close();
});

test('a server that never answers is not waited for', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on loopback has a port');
  const to = queueAddress(`redis://127.0.0.1:${address.port}/x`, {});
  const thrown = await connect(await queuePackages(), to, 200).catch((error: unknown) => error);
  assert.instance(thrown, QueueError);
  assert.match(String(thrown), /cannot reach redis:\/\/127.0.0.1:\d+\/x: no answer in 0.2 s$/);
  server.close();
});

testWith(REDIS, 'what a sweep has alone is forgotten with it, and all with --all', () =>
  withFolder(async (folder) => {
    const [mine, both] = ['mine', 'both'].map((name) => {
      writeFileSync(join(folder, name), name);
      return { hash: hashOf(Buffer.from(name)), bytes: name.length, path: join(folder, name) };
    });
    if (mine === undefined || both === undefined) throw new Error('two files');
    const sweepOf = (id: string) => ({ id, name: 'grid.json', version: '0.0.0', code: CODE });
    const cells = cellsOf(6, { files: { mine, both } });
    const fileHashes = [mine.hash, both.hash];
    await withEcho('kept', async () => {
      await controller('kept', cells.slice(0, 4), { sweep: sweepOf('a'), fileHashes }).ended;
      await controller('kept', cells.slice(2), { sweep: sweepOf('b'), fileHashes: [both.hash] }).ended;
    });
    const client = await connect(await queuePackages(), at('kept'));
    const keys = new QueueKeys('kept');
    const ask = (...words: string[]) => type('bench', ['sweep', ...words, '--queue', addressOf('kept')], { folder });
    assert.match((await ask('status')).stdout, /\nkept: 6 results \(0 MB\), 2 files \(0 MB\)\n$/);
    assert.is((await ask('forget', 'a')).stdout, 'sweep a is forgotten: 2 results\n');
    assert.equal(
      (await client.hkeys(keys.results)).sort(),
      cells.slice(2).map(({ key }) => key),
    );
    assert.equal([await client.exists(keys.file(mine.hash)), await client.exists(keys.file(both.hash))], [0, 1]);
    assert.match((await ask('forget', 'a')).stderr, /^bench: there is no sweep 'a' in redis:/);
    await client.set('kept2:other', 'stays');
    assert.is((await ask('forget', '--all')).stdout, 'all sweeps are forgotten: 4 results\n');
    assert.equal((await client.keys('kept*')).sort(), ['kept2:other', 'kept:cancelled']);
    client.disconnect();
  }),
);

testWith(REDIS, 'a cell that a worker has just taken is no hindrance to the end of its sweep', async () => {
  const client = await connect(await queuePackages(), at('locked'));
  const cells = cellsOf(3);
  const { told, ended } = controller('locked', cells);
  const queue = `locked:cells-${CODE}`;
  await until(async () => (await client.llen(`${queue}:wait`)) === 3);
  await client.set(`${queue}:${cells[1]?.key}:lock`, 'of a worker');
  assert.is(await cancelSweep(at('locked'), 'test'), 2);
  assert.is((await ended).isCancelled, true);
  assert.is(told.done.size, 0);
  client.disconnect();
});

testWith(REDIS, 'a password that is missing is asked for', async () => {
  const to = queueAddress(redis?.address('x') ?? '', {});
  const thrown = await connect(await queuePackages(), to).catch((error: unknown) => error);
  assert.match(String(thrown), /x: it asks for a password, as in P4RUNPRO_REDIS_PASSWORD$/);
});

test('addresses: a % that is none, and no server name for an address of numbers', () => {
  assert.throws(() => queueAddress('redis://:hid%den@host/a', {}), /^(?!.*hid).*% itself is %25/);
  assert.equal(queueAddress('rediss://10.0.0.1/a', {}).connection.tls, {});
});

test('a report that fails ends a run on threads, and no task is tried again for it', async () => {
  let started = 0;
  const run = runOnThreads({
    tasks: [{ cell: 1 }, { cell: 2 }, { cell: 3 }],
    workers: 1,
    module: new URL('./echo-cell.js', import.meta.url),
    signal: new AbortController().signal,
    onStart: () => {
      started++;
    },
    onDone: () => {
      throw new NotKept('full');
    },
    onFailed: () => assert.unreachable('no task failed'),
  });
  assert.instance(await run.catch((error: unknown) => error), NotKept);
  assert.is(started, 1);
});

test('a result that cannot be written is no result', () =>
  withFolder(async (folder) => {
    const store = new ResultStore(folder, CODE, false);
    rmSync(folder, { recursive: true });
    assert.throws(() => store.put('a', { fixed: '1', times: '{}' }), /cells.jsonl: no such file or directory; what/);
    assert.is(store.get('a'), undefined);
  }));

test('what Redis refuses is said once, whichever script it was in', () => {
  const readOnly = "READONLY You can't write against a read only replica.";
  assert.is(redisSays(new Error(`${readOnly} script: f528bc6b, on @user_script:3.`)), `Redis: ${readOnly}`);
  assert.is(redisSays(new Error(readOnly)), `Redis: ${readOnly}`);
});

test('a message of several lines is one', () => {
  assert.is(
    messageOf(new Error("data plane 'x' is not valid:\n  a is 1\n\n  b is 2")),
    "data plane 'x' is not valid: a is 1; b is 2",
  );
  assert.is(messageOf('x'.repeat(2000)).length, 1001);
});

test.after(async () => {
  await redis?.kill();
});

test.run();
