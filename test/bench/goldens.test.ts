/** The goldens of the fifteen programs: replayed by both engines and all placements, regenerated, covered. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { goldenRows } from '../../bench/cli/report/golden-table.js';
import {
  checkGolden,
  GOLDEN_FOLDER,
  type GoldenOptions,
  type GoldenResult,
  writeGolden,
} from '../../bench/verify/goldens/check-goldens.js';
import type { Golden } from '../../bench/verify/goldens/golden.js';
import { GOLDENS } from '../../bench/verify/goldens/goldens.js';
import type { MemoryContents } from '../../bench/workloads/memory-contents.js';
import { dataPlaneOf } from '../../bench/workloads/program-data-planes.js';
import { PROGRAM_KEYS, PROGRAM_KINDS } from '../../bench/workloads/program-kind.js';
import { must } from '../../compiler/data-plane/must.js';
import { type AllocatorName, type DataPlane, DEFAULT_RECIRCULATIONS, dataPlaneFromJson } from '../../compiler/index.js';
import { builtInAllocator } from '../../hw-driver/index.js';
import { ENGINES, type EngineName } from '../../sim/index.js';
import { itemAt } from '../item-at.js';
import { checksumsOf } from '../sim/frames.js';
import { isNightly } from '../tiers.js';

function optionsFor(
  { key }: Golden,
  engine: EngineName,
  allocator: AllocatorName,
  dataPlane: DataPlane = dataPlaneOf(key),
): GoldenOptions {
  return {
    dataPlane,
    allocator: builtInAllocator(allocator),
    recirculations: DEFAULT_RECIRCULATIONS,
    engine,
  };
}

const kept = new Map<string, Promise<GoldenResult>>();

/** The golden on the data plane of its program, checked once for all tests that ask. */
function checked(golden: Golden, engine: EngineName, allocator: AllocatorName): Promise<GoldenResult> {
  const key = [golden.name, engine, allocator].join();
  const result = kept.get(key) ?? checkGolden(GOLDEN_FOLDER, golden, optionsFor(golden, engine, allocator));
  kept.set(key, result);
  return result;
}

const assertAgrees = ({ golden, check }: GoldenResult): void => {
  assert.equal(check, { packets: [], memory: [] }, golden.name);
};

for (const engine of ENGINES) {
  test(`every golden holds on the ${engine} engine`, async () => {
    for (const golden of GOLDENS) assertAgrees(await checked(golden, engine, 'price'));
  });
}

test('the goldens of a program take every way out of every BRANCH, and run every statement', async () => {
  const results: GoldenResult[] = [];
  for (const golden of GOLDENS) results.push(await checked(golden, 'compiled', 'price'));
  const rows = goldenRows(results);
  assert.equal(rows.map(({ program }) => program).sort(), [...PROGRAM_KEYS].sort());
  for (const { program, branches, statements, missed } of rows) {
    assert.equal(missed, [], program);
    assert.is(branches.reached, branches.all, program);
    assert.ok(statements.all > 0 && statements.reached === statements.all, program);
  }
});

/** Programs whose packets go, or are counted, by what a hash is, and not only by whether hashes are alike. */
const BY_HASH: readonly string[] = ['lb', 'hll', 'cheetah', 'beaucoup', 'univmon'];
const ALLOCATORS = ['f1', 'f2', 'f3', 'hierarchical'] as const;

/** Words of each memory without their places. */
const wordsOf = (contents: MemoryContents): [string, number[]][] =>
  [...contents].flatMap(([program, memories]) =>
    [...memories].map(([memory, words]): [string, number[]] => [
      `${program}.${memory}`,
      [...words].sort((a, b) => a - b),
    ]),
  );

for (const [turn, allocator] of ALLOCATORS.entries()) {
  // At night each golden meets all allocators, else every other one.
  const goldens = GOLDENS.filter((_, n) => isNightly || (n + turn) % 2 === 0);
  test(`${isNightly ? 'every' : 'every other'} golden holds where ${allocator} puts the program`, async () => {
    for (const golden of goldens) {
      if (BY_HASH.includes(golden.key)) {
        assertAgrees(await checkGolden(GOLDEN_FOLDER, golden, await withHashOfGolden(golden, allocator)));
        continue;
      }
      const result = await checked(golden, 'compiled', allocator);
      assert.equal(result.check.packets, [], golden.name);
      const after = new Map(
        [...result.expectedMemory].map(([name]) => [name, result.outcome.after.get(name) ?? new Map()]),
      );
      assert.equal(wordsOf(after), wordsOf(result.expectedMemory), golden.name);
    }
  });
}

/** The data plane in which each hash of a program has the function that the golden was recorded with. */
async function withHashOfGolden(golden: Golden, allocator: AllocatorName): Promise<GoldenOptions> {
  const hashRpbs = async (name: AllocatorName): Promise<Map<number, number>> => {
    const { outcome } = await checked(golden, 'compiled', name);
    const steps = itemAt(outcome.programs, 0).compiled.placement.filter(({ action }) => action.startsWith('hash_'));
    return new Map(steps.map(({ line, rpb }) => [line, rpb]));
  };
  const [recorded, moved] = [await hashRpbs('price'), await hashRpbs(allocator)];
  assert.ok(recorded.size > 0, `${golden.name} hashes`);
  const rpbs = [...moved].map(([line, rpb]) => {
    const { hash } = dataPlaneOf(golden.key).rpb(must(recorded.get(line), `hash on line ${line}`));
    return [String(rpb), { hash }] as const;
  });
  const dataPlane = dataPlaneFromJson({
    extends: PROGRAM_KINDS[golden.key].dataPlane,
    name: 'same-hashes',
    rpbs: Object.fromEntries(rpbs),
  });
  return optionsFor(golden, 'compiled', allocator, dataPlane);
}

test('regeneration gives the same bytes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'goldens-'));
  try {
    for (const golden of GOLDENS) await writeGolden(folder, golden, optionsFor(golden, 'compiled', 'price'));
    const filesOf = (root: string): string[] =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(pcapng|json)$/.test(name))
        .sort();
    assert.equal(filesOf(folder), filesOf(GOLDEN_FOLDER));
    for (const file of filesOf(folder)) {
      assert.ok(readFileSync(join(folder, file)).equals(readFileSync(join(GOLDEN_FOLDER, file))), file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('checksums and lengths of all packets that leave are right', async () => {
  let seen = 0;
  for (const golden of GOLDENS) {
    const { expected } = await checked(golden, 'compiled', 'price');
    for (const { bytes, originalLength } of expected) {
      assert.is(bytes.length, originalLength);
      if (bytes[12] !== 0x08 || bytes[13] !== 0x00) continue;
      const end = 14 + ((itemAt(bytes, 16) << 8) | itemAt(bytes, 17));
      const { ipv4, transport } = checksumsOf(bytes.subarray(0, end));
      const hasPorts = bytes[23] === 6 || bytes[23] === 17;
      assert.ok(ipv4 && (transport === true || !hasPorts), golden.name);
      // Ethernet fills frames up to 60 bytes.
      assert.is(bytes.length, Math.max(60, end), golden.name);
      seen++;
    }
  }
  assert.ok(seen > 80, `${seen} packets were checked`);
});

test.run();
