/** What is wrong with a file that a sweep names is said before any cell runs. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planSweep } from '../../../bench/sweep/cell/sweep-cells.js';
import { SweepError, sweepFromText } from '../../../bench/sweep/file/sweep-file.js';
import { checkFiles } from '../../../bench/sweep/measure/check-files.js';
import { measureCell } from '../../../bench/sweep/measure/measure-cell.js';
import { withFolder } from '../../command-line.js';
import { sourcePath } from '../../compiler/support.js';

async function problem(folder: string, grid: object, measure = 'run', options: object = {}): Promise<string> {
  const file = { schema: 'p4runpro-bench/sweep@1', grid, measure, options };
  const sweep = sweepFromText(JSON.stringify(file), 'grid.json', folder);
  try {
    await checkFiles(sweep, planSweep(sweep, 'c0de'));
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    return error.message.replace(/^grid.json:1:\d+: /, '');
  }
  return 'no mistakes';
}

test('programs, data planes, allocators and networks are loaded once, and named with their places', () =>
  withFolder(async (folder) => {
    const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    put('bad.p4runpro', 'program x');
    put('bad.mjs', 'export default 3;');
    put('plane.json', '{ "extends": "tofino9" }');
    const network = JSON.parse(readFileSync(sourcePath('docs', 'examples', 'networks', 'rack.json'), 'utf8'));
    put('rack.json', JSON.stringify({ ...network, links: [] }, null, 1));
    assert.match(
      await problem(folder, { workload: ['lb', './bad.p4runpro'] }),
      /^grid.workload\[1\]: .\/bad.p4runpro has/,
    );
    assert.match(
      await problem(folder, { allocator: ['bad.mjs'] }),
      /^grid.allocator\[0\]: bad.mjs is no allocator: it giv/,
    );
    assert.match(
      await problem(folder, {}, 'run', { dataplane: 'plane.json' }),
      /^options.dataplane: .* must name one of/s,
    );
    assert.match(
      await problem(folder, { network: ['rack.json'] }, 'network'),
      /^grid.network\[0\]: \S*rack.json:\d+:\d+: /,
    );
  }));

test('a program that one of the data planes takes is no mistake', () =>
  withFolder(async (folder) => {
    cpSync(sourcePath('bench', 'programs', 'extended', 'switchml.p4runpro'), join(folder, 'mine.p4runpro'));
    assert.match(await problem(folder, { workload: ['mine.p4runpro'] }), /mine.p4runpro has errors/);
    const both = { workload: ['mine.p4runpro'], dataplane: ['default', 'extended'] };
    assert.is(await problem(folder, both), 'no mistakes');
  }));

test('a mistake of a network that only a cell has stands where the file has it', () =>
  withFolder(async (folder) => {
    const network = JSON.parse(readFileSync(sourcePath('docs', 'examples', 'networks', 'rack.json'), 'utf8'));
    network.switches.tor.programs = ['missing.p4runpro'];
    const path = join(folder, 'rack.json');
    const text = `\n\n${JSON.stringify(network, null, 1)}`;
    writeFileSync(path, text);
    const line = 1 + text.split('\n').findIndex((each) => each.includes('missing.p4runpro'));
    const values = { network: 'rack.json', microseconds: null, seed: 1 } as const;
    const measured = measureCell({ measure: 'network', values, files: {} }, { 'rack.json': path });
    const said = String(await measured.catch((error: unknown) => error));
    assert.ok(new RegExp(`rack.json:${line}:\\d+: switches.tor.programs\\[0\\]: `).test(said), said);
  }));

test.run();
