/** Sweeps through a queue: workers, modules, failures, cancelled sweeps, and all kinds of ends. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { workerCommand } from '../../../bench/cli/commands/worker-command.js';
import { REPRODUCE_KIND, REPRODUCE_WORKER } from '../../../bench/paper/reproduce/queued-cell-kind.js';
import { codeFingerprint } from '../../../bench/sweep/cell/code-hash.js';
import { CELL_WORKER } from '../../../bench/sweep/local/run-sweep.js';
import { FileCache } from '../../../bench/sweep/queue/file-exchange.js';
import { connect, queuePackages } from '../../../bench/sweep/queue/packages.js';
import { QueueError, queueAddress } from '../../../bench/sweep/queue/queue-address.js';
import { MAX_SENT_BYTES, QueueKeys } from '../../../bench/sweep/queue/queue-keys.js';
import { runWorker, type WorkerOptions } from '../../../bench/sweep/queue/queue-worker.js';
import { writeOnce } from '../../../bench/sweep/queue/write-once.js';
import { type Outcome, testForgottenValues, testRefusals, type, withFolder } from '../../command-line.js';
import { sourcePath } from '../../compiler/support.js';
import { testWith } from '../../external.js';
import { isNightly } from '../../tiers.js';
import { sweepWithKills } from './random-kills.js';
import { REDIS, TestRedis } from './redis.js';

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

const writeGrid = (folder: string, change: object = {}): void => {
  const grid = { schema: 'p4runpro-bench/sweep@1', grid: { seed: [1, 2, 3] }, measure: 'run' };
  const options = { programs: 2, packets: 200 };
  writeFileSync(join(folder, 'grid.json'), JSON.stringify({ ...grid, options, ...change }));
};

const redis = REDIS.isInstalled ? await TestRedis.start('--requirepass', 'secret') : undefined;
const SECRET = ':secret@';
const addressOf = (prefix: string): string => redis?.address(prefix, SECRET) ?? '';

/** Runs a worker in this process during some work. */
async function withWorker<T>(prefix: string, change: Partial<WorkerOptions>, work: () => Promise<T>): Promise<T> {
  const end = new AbortController();
  const working = runWorker({
    address: queueAddress(addressOf(prefix), {}),
    threads: 1,
    lockMs: 1000,
    takesModules: false,
    code: codeFingerprint(),
    version: '0.0.0',
    runners: { sweep: CELL_WORKER },
    signal: end.signal,
    onChange: () => undefined,
    onNotice: () => undefined,
    ...change,
  });
  try {
    return await work();
  } finally {
    end.abort();
    await working;
  }
}

const sweep = (folder: string, prefix: string, ...more: string[]): Promise<Outcome> =>
  type('bench', ['sweep', 'grid.json', '--queue', addressOf(prefix), ...more], { folder });

/** The state of a queue, asked until it shows something: a worker says once a second what it has done. */
async function statusUntil(folder: string, prefix: string, what: RegExp): Promise<string> {
  for (;;) {
    const { stdout } = await type('bench', ['sweep', 'status', '--queue', addressOf(prefix)], { folder });
    if (what.test(stdout)) return stdout;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

testWith(
  REDIS,
  'two controllers on one sweep and one on this machine: the same table; status shows it without the password',
  () =>
    withFolder((folder) =>
      withWorker('equal', {}, async () => {
        writeGrid(folder);
        const both = await Promise.all([sweep(folder, 'equal', '--out', 'a'), sweep(folder, 'equal', '--out', 'b')]);
        for (const { status, stderr } of both) assert.equal([status, stderr], [0, '']);
        await type('bench', ['sweep', 'grid.json', '--workers', '1', '--out', 'local'], { folder });
        for (const out of ['a', 'b']) assert.is(read(folder, out, 'sweep.csv'), read(folder, 'local', 'sweep.csv'));
        const shown = await statusUntil(folder, 'equal', /1 thread, 3 cells done/);
        assert.match(shown, /^1 sweep\n {2}\w{12} {2}grid.json: \d of \d cells? done; .*\n1 worker\n/);
        assert.not.match(shown, /secret/);
      }),
    ),
);

testWith(REDIS, 'files travel; modules only to workers that allow them; a cell that fails is tried three times', () =>
  withFolder(async (folder) => {
    cpSync(sourcePath('docs', 'examples', 'own-allocator.mjs'), join(folder, 'mine.mjs'));
    cpSync(sourcePath('bench', 'programs', 'cache.p4runpro'), join(folder, 'mine.p4runpro'));
    writeFileSync(
      join(folder, 'broken.mjs'),
      'export default { name: "b", place() { throw new Error("not today"); } };\n',
    );
    writeGrid(folder, { grid: { workload: ['mine.p4runpro'], allocator: ['price', 'mine.mjs', 'broken.mjs'] } });
    const [queued, wary] = await withWorker('files', {}, async () => {
      const running = sweep(folder, 'files', '--out', 'queue');
      const before = await statusUntil(folder, 'files', /1 of 3 cells done/);
      return [await withWorker('files', { takesModules: true }, () => running), before];
    });
    assert.match(wary, /1 of 3 cells done/);
    assert.is(queued.status, 1);
    assert.match(queued.stderr, /workload mine.p4runpro, allocator broken.mjs failed 3 times: .*not today/);
    await type('bench', ['sweep', 'grid.json', '--workers', '1', '--out', 'local'], { folder });
    assert.is(read(folder, 'queue', 'sweep.csv'), read(folder, 'local', 'sweep.csv'));
  }),
);

testWith(REDIS, 'a worker of other code refuses, both sides say so, and the sweep can be cancelled', () =>
  withFolder(async (folder) => {
    writeGrid(folder);
    const notices: string[] = [];
    const running = sweep(folder, 'other', '--out', 'queue');
    await withWorker('other', { code: '0123456789abcdef', onNotice: (text) => notices.push(text) }, async () => {
      while (notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      // The controller looks once a second.
      await new Promise((resolve) => setTimeout(resolve, 1500));
    });
    assert.match(
      notices[0] ?? '',
      /^refused: sweep grid.json is of version .*; this worker has version 0.0.0, code 0123456789abcdef$/,
    );
    const { stdout } = await type('bench', ['sweep', 'status', '--queue', addressOf('other'), '--json'], { folder });
    const { sweeps } = JSON.parse(stdout) as { readonly sweeps: readonly { readonly id: string }[] };
    const cancel = ['sweep', 'cancel', sweeps[0]?.id ?? '', '--queue', addressOf('other')];
    const cancelled = await type('bench', cancel, { folder });
    assert.match(`${cancelled.stdout}${cancelled.stderr}`, /is cancelled: \d cells? taken out of the queue\n$/);
    const { status, stderr } = await running;
    assert.is(status, 1);
    assert.match(stderr, /has version 0.0.0, code 0123456789abcdef, and refuses cells of code/);
    assert.match(stderr, /the sweep was cancelled; the same command goes on from queue\n$/);
    const client = await connect(await queuePackages(), queueAddress(addressOf('other'), {}));
    const left = await client.keys('*');
    assert.equal(
      left.filter((name) => !/^\w+:/.test(name) || name.startsWith('undefined')),
      [],
    );
    assert.equal(
      left.filter((name) => /^other:cells-\w+:\w{32}$/.test(name)),
      [],
      'no cell is left in the queue',
    );
    client.disconnect();
    const other = ['sweep', 'cancel', 'nothing', '--queue', addressOf('other')];
    assert.match(
      (await type('bench', other, { folder })).stderr,
      /^bench: there is no sweep 'nothing' in redis:\/\/127/,
    );
  }),
);

testWith(REDIS, 'results are written once; another one is a defect, which the controller reports', () =>
  withFolder(async (folder) => {
    const client = await connect(await queuePackages(), queueAddress(addressOf('once'), {}));
    const keys = new QueueKeys('once');
    const put = (fixed: string, times = '{}') => writeOnce(client, keys, 'k', { fixed, times });
    assert.is(await put('{"a":1}'), 'first');
    assert.is(await put('{"a":1}', '{"wall":2}'), 'again');
    assert.is(await put('{"a":2}'), 'differs');
    assert.equal([await client.hget(keys.results, 'k'), await client.hget(keys.defects, 'k')], ['{"a":1}', '{"a":2}']);
    writeGrid(folder, { grid: { seed: [1] } });
    await withWorker('once', {}, () => sweep(folder, 'once', '--out', 'queue'));
    const [, row = ''] = read(folder, 'queue', 'sweep.csv').split('\n');
    await client.hset(keys.defects, row.split(',')[0] ?? '', '{}');
    const again = await sweep(folder, 'once', '--out', 'again');
    assert.is(again.status, 1);
    assert.match(
      again.stderr,
      /^bench: defect: cell \w{32} \(seed 1\) has two results; the first one is in the table\n$/,
    );
    const cache = new FileCache(client, keys);
    const file = { hash: 'no', bytes: MAX_SENT_BYTES + 1, path: join(folder, 'grid.json') };
    const refused = await cache.placesOf({ 'big.pcap': file }).catch((error: Error) => error.message);
    assert.match(
      String(refused),
      /^big.pcap has 32 MiB, which is too much for the queue, and .* is not the same file$/,
    );
    cache.close();
    client.disconnect();
  }),
);

testWith(REDIS, 'bench reproduce through a queue: the same tables and figures', () =>
  withFolder(async (folder) => {
    const reproduce = (out: string, ...more: string[]) =>
      type('bench', ['reproduce', 'hashes', '--quick', '--out', out, ...more], { folder });
    const runners = { [REPRODUCE_KIND]: REPRODUCE_WORKER };
    const queued = await withWorker('paper', { runners }, () => reproduce('queue', '--queue', addressOf('paper')));
    assert.equal([queued.status, queued.stderr], [0, '']);
    assert.is((await reproduce('local', '--workers', '1')).status, 0);
    for (const file of ['hashes.csv', 'hashes.svg']) {
      assert.is(read(folder, 'queue', file), read(folder, 'local', file), file);
    }
  }),
);

/** At night a hundred kills, which take minutes; else one of each kind. */
const KILLS = isNightly ? 100 : 3;

testWith(REDIS, 'a sweep that is done computes nothing; with --fresh it computes all cells again', () =>
  withFolder((folder) =>
    withWorker('fresh', {}, async () => {
      writeGrid(folder);
      for (const more of [[], ['--out', 'other'], ['--fresh']]) {
        const { status, stderr } = await sweep(folder, 'fresh', ...more);
        assert.equal([status, stderr], [0, '']);
      }
      await statusUntil(folder, 'fresh', /1 thread, 6 cells done/);
    }),
  ),
);

testWith(REDIS, `workers, controller and Redis are killed ${KILLS} times: the table is that of one machine`, () =>
  withFolder(async (folder) => {
    // A worker that starts again lets the others compute for about a second.
    const [cells, withinMs] = isNightly ? [200 * KILLS, 1500] : [100, 50];
    const killed = await sweepWithKills({ folder, cells, kills: KILLS, seed: '7', withinMs });
    assert.ok(Object.values(killed).every((times) => times > 0));
    console.log(`killed: ${JSON.stringify(killed)}`);
  }),
);

test('addresses: passwords from the environment, no secret in any message', () => {
  const { connection, prefix, shown } = queueAddress('rediss://u:hidden@queue.example:7000/mine', {});
  assert.equal([connection.username, connection.password, connection.port], ['u', 'hidden', 7000]);
  assert.equal(
    [prefix, shown, connection.tls],
    ['mine', 'rediss://queue.example:7000/mine', { servername: 'queue.example' }],
  );
  const from = queueAddress('redis://[::1]', { P4RUNPRO_REDIS_PASSWORD: 'hidden' });
  assert.equal([from.connection.host, from.connection.password, from.prefix], ['::1', 'hidden', 'p4runpro']);
  for (const text of ['http://:hidden@host', 'redis://:hidden@host/a/b', 'hidden', 'redis://:hidden@host/a?b']) {
    try {
      queueAddress(text, {});
      assert.unreachable(text);
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      assert.not.match(error.message, /hidden/);
    }
  }
});

test('the containers of the example start workers by words that the command has', () => {
  const compose = readFileSync(sourcePath('docs', 'examples', 'sweeps', 'compose.yaml'), 'utf8');
  const dockerfile = readFileSync(sourcePath('docs', 'examples', 'sweeps', 'Dockerfile'), 'utf8');
  const known = /^(?:#.*|FROM \S+|WORKDIR \S+|COPY \S+ \S+|RUN .+|USER \S+|(?:ENTRYPOINT|CMD) \[.*\]|)$/;
  assert.equal(
    dockerfile.split('\n').filter((line) => !known.test(line)),
    [],
  );
  assert.match(dockerfile, /^ENTRYPOINT \["node", "dist\/bench\/cli\/cli.js"\]$/m);
  assert.not.match(compose, /\t/);
  const commands = [...`${compose}${dockerfile}`.matchAll(/(?:CMD |command: )(\["worker".*\])/g)];
  assert.is(commands.length, 2);
  for (const [, words = ''] of commands) {
    const [, option, address = ''] = JSON.parse(words) as string[];
    assert.is(option, '--queue');
    assert.is(queueAddress(address, {}).shown, 'redis://redis:6379/sweeps');
  }
});

const given = (folder: string): void => writeGrid(folder);
await testRefusals('bench', [
  { args: ['worker'], says: /a worker needs a queue: --queue redis:\/\/HOST:PORT\/PREFIX/ },
  {
    args: ['worker', '--queue', 'redis://:hidden@127.0.0.1:1/x'],
    says: /cannot reach redis:\/\/127.0.0.1:1\/x: (?!.*hidden)/,
  },
  { args: ['sweep', 'status'], says: /sweep status needs a queue/ },
  { args: ['sweep', 'cancel', '--queue', 'redis://127.0.0.1:1'], says: /sweep cancel takes the ID of a sweep/ },
  {
    args: ['sweep', 'forget', '--queue', 'redis://127.0.0.1:1'],
    says: /sweep forget takes the ID of a sweep.*or --all/,
  },
  { args: ['sweep', 'grid.json', '--all'], given, says: /--all belongs to sweep forget/ },
  { args: ['sweep', 'grid.json', 'other.json'], given, says: /'other.json' is one too many/ },
  { args: ['sweep', 'grid.json', '--queue', 'http://x'], given, says: /found http:\/\// },
  {
    args: ['sweep', 'grid.json', '--queue', 'redis://x', '--workers', '2'],
    given,
    says: /--workers is of this machine/,
  },
]);

testForgottenValues('bench worker', workerCommand.options, ['--queue', '--workers', '--lock']);

test.after(async () => {
  await redis?.kill();
});

test.run();
