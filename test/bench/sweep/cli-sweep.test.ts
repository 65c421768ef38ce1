/** `bench sweep` as a user types it. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sweepCommand } from '../../../bench/cli/commands/sweep-command.js';
import { testForgottenValues, testRefusals, type, withFolder } from '../../command-line.js';
import { sourcePath } from '../../compiler/support.js';

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

/** Eight cells of some milliseconds. */
const GRID = {
  schema: 'p4runpro-bench/sweep@1',
  grid: { memory: [1024, 4096], allocator: ['price', 'f1'], seed: { from: 1, to: 2 } },
  measure: 'run',
  options: { programs: 2, packets: 200 },
};

const writeGrid = (folder: string, change: object = {}): void =>
  writeFileSync(join(folder, 'grid.json'), JSON.stringify({ ...GRID, ...change }));

test('a row for each cell, the same on any number of threads; figure, Parquet and times', () =>
  withFolder(async (folder) => {
    writeGrid(folder);
    const plot = ['--parquet', '--plot', 'x=memory,y=entry_use,color=allocator'];
    const one = await type('bench', ['sweep', 'grid.json', '--workers', '1', '--out', 'one', ...plot], { folder });
    assert.equal([one.status, one.stderr], [0, '']);
    assert.match(one.stdout, /^8 cells done\nresults in one: sweep.csv, times.csv, sweep.parquet, sweep.svg\n$/);
    const two = await type('bench', ['sweep', 'grid.json', '--workers', '2', '--out', 'two', ...plot], { folder });
    assert.is(two.status, 0, two.stderr);
    for (const file of ['sweep.csv', 'sweep.svg', 'sweep.parquet']) {
      assert.ok(readFileSync(join(folder, 'one', file)).equals(readFileSync(join(folder, 'two', file))), file);
    }
    const [head = '', ...rows] = read(folder, 'one', 'sweep.csv').trim().split('\n');
    assert.match(head, /^cell,workload,trace,dataplane,allocator,memory_bytes,.*,deployed_programs,entry_use_share,/);
    assert.is(rows.length, 8);
    assert.match(read(folder, 'one', 'times.csv'), /,wall_s,allocation_median_us,speed_packets_per_s\n/);
    const bytes = readFileSync(join(folder, 'one', 'sweep.parquet'));
    const stored = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    const asText = stored.map((row) =>
      head
        .split(',')
        .map((name) => row[name] ?? '')
        .join(','),
    );
    assert.equal(asText, rows);
    assert.match(read(folder, 'one', 'sweep.svg'), /^<svg.*memory \(bytes\).*entry use \(share\)/s);
  }));

test('what is done is kept, what is new is computed, and --fresh forgets', () =>
  withFolder(async (folder) => {
    const args = ['sweep', 'grid.json', '--workers', '1', '--out', 'out'];
    writeGrid(folder, { grid: { seed: [1, 2] } });
    assert.is((await type('bench', args, { folder })).status, 0);
    // A mark that only a cell that is taken as it was can show; and half a line, as of a run that was killed.
    const kept = read(folder, 'out', 'cells.jsonl').replaceAll(/deployed\\":2/g, 'deployed\\":77');
    writeFileSync(join(folder, 'out', 'cells.jsonl'), `${kept}{"key":"0123`);
    writeGrid(folder, { grid: { seed: [1, 2, 3] } });
    const more = await type('bench', args, { folder });
    assert.match(more.stdout, /^3 cells done, 2 of them before\n/);
    assert.is(read(folder, 'out', 'sweep.csv').match(/,77,/g)?.length, 2);
    assert.match((await type('bench', [...args, '--fresh'], { folder })).stdout, /^3 cells done\n/);
    assert.not.match(read(folder, 'out', 'sweep.csv'), /,77,/);
  }));

const BROKEN = 'export default { name: "broken", place() { throw new Error("not today"); } };\n';

test('a cell that fails is tried three times and reported, the others go on, and the next time it is tried again', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.mjs'), BROKEN);
    writeGrid(folder, { grid: { allocator: ['./mine.mjs', 'price'] } });
    const args = ['sweep', 'grid.json', '--workers', '1', '--out', 'out'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 1);
    assert.match(stdout, /^1 cell done\n/);
    assert.match(stderr, /^bench: allocator .\/mine.mjs failed 3 times: [^\n]*not today[^\n]*\n$/);
    assert.match(read(folder, 'out', 'failed.csv'), /\.\/mine\.mjs.*,3,/);
    assert.is(read(folder, 'out', 'sweep.csv').trim().split('\n').length, 2);
    cpSync(sourcePath('docs', 'examples', 'own-allocator.mjs'), join(folder, 'mine.mjs'));
    const second = await type('bench', [...args, '--json'], { folder });
    assert.is(second.status, 0, second.stderr);
    const { rows } = JSON.parse(second.stdout) as { readonly rows: readonly Record<string, unknown>[] };
    assert.equal(
      rows.map((row) => row['allocator']),
      ['./mine.mjs', 'price'],
    );
    assert.not(existsSync(join(folder, 'out', 'failed.csv')));
  }));

test('each measure, by its cheapest cell', () =>
  withFolder(async (folder) => {
    const options = {
      capacity: { workload: 'cache', memory: 65_536 },
      churn: { workload: 'cache', hours: 0.1 },
      verify: { workload: 'cache', packets: 100 },
      network: { network: sourcePath('docs', 'examples', 'networks', 'rack.json'), microseconds: 1100 },
    };
    for (const [measure, own] of Object.entries(options)) {
      writeGrid(folder, { grid: { seed: [1] }, measure, options: own });
      const { status, stderr } = await type('bench', ['sweep', 'grid.json', '--out', measure], { folder });
      assert.is(status, 0, stderr);
    }
    assert.match(read(folder, 'verify', 'sweep.csv'), /,equal,100,100,512\n$/);
    assert.match(read(folder, 'churn', 'sweep.csv'), /refused_programs,departed_programs,deployed_programs/);
    assert.match(read(folder, 'network', 'sweep.csv'), /sent_packets,.*\n.*rack\.json,1100,1,[1-9]/);
    const [, capacity = ''] = read(folder, 'capacity', 'sweep.csv').split('\n');
    assert.match(capacity, /,88,88,memory of all RPBs,/);
  }));

test('Ctrl-C keeps finished cells', () =>
  withFolder(async (folder) => {
    writeGrid(folder, { grid: { seed: { from: 1, to: 500 } } });
    const args = ['sweep', 'grid.json', '--workers', '1', '--out', 'out'];
    const path = join(folder, 'out', 'cells.jsonl');
    const done = (): number => (existsSync(path) ? read(path).trim().split('\n').length - 1 : 0);
    const { status, stderr } = await type('bench', args, { folder, ctrlC: { when: () => done() >= 3 } });
    assert.equal([status, stderr], [130, 'bench: interrupted; the same command goes on from out\n']);
    assert.equal(readdirSync(join(folder, 'out')), ['cells.jsonl']);
    assert.ok(done() >= 3 && done() < 500, `${done()}`);
  }));

const given = (folder: string): void => writeGrid(folder);
await testRefusals('bench', [
  { args: ['sweep', 'missing.json'], says: /missing\.json: no such file/ },
  { args: ['sweep', 'grid.json', '--plot', 'x=memory'], given, says: /--plot takes x=COLUMN,y=COLUMN/ },
  {
    args: ['sweep', 'grid.json', '--plot', 'x=memory,y=speeed'],
    given,
    says: /no column 'speeed' \(did you mean "speed"/,
  },
  { args: ['sweep', 'grid.json', '--plot', 'x=memory,y=state_hash'], given, says: /y has to be a column of numbers/ },
  { args: ['sweep', 'grid.json', '--workers', '0'], given, says: /--workers/ },
  {
    args: ['sweep', 'grid.json'],
    given: (folder) => writeGrid(folder, { grid: { seed: { from: 1, to: 1e9 } } }),
    says: /found 1,000,000,000 cells, and a sweep has at most 1,000,000/,
  },
]);

testForgottenValues('bench sweep', sweepCommand.options, ['--out', '--workers', '--plot']);

test.run();
