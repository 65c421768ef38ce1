/** Loads each file that a sweep names, once: what is wrong with one is found before any cell runs, or is sent. */
import { commandEnd } from '../../../compiler/index.js';
import { allocatorFrom, loadDataPlane } from '../../../hw-driver/index.js';
import { type JsonPath, readNetwork } from '../../../hw-driver/network/index.js';
import { planNetwork } from '../../network/plan-network.js';
import { loadWorkload } from '../../workloads/workload.js';
import type { PlannedSweep } from '../cell/sweep-cells.js';
import { byParameter, type ParameterName } from '../file/parameters.js';
import { isRange, type ReadSweep, valuesOf } from '../file/sweep-file.js';
import { INTERVAL_NS } from './measure-network.js';
import { Setting } from './setting.js';

/** @throws {SweepError} with the place of the name in the sweep file, and what is wrong with the file */
export async function checkFiles(sweep: ReadSweep, { cells, files }: PlannedSweep): Promise<void> {
  const places = Object.fromEntries([...files].map(([name, { path }]) => [name, path]));
  for (const name of CHECKED) {
    for (const [value, settings] of settingsByValue(name, cells, places)) {
      const path = places[value];
      if (path === undefined) continue;
      // A program may belong to some of the data planes only, of which `where` knows.
      const problems = await Promise.all(settings.map((setting) => problemOf(() => load(name, path, setting))));
      const [problem] = problems;
      if (problem === undefined || problems.includes(undefined)) continue;
      throw sweep.wrong(placeOf(sweep, name, value), problem.replaceAll(path, value));
    }
  }
}

/** Data planes first, as workloads are loaded for them. Captures are read by the cells that run them. */
const CHECKED = ['dataplane', 'allocator', 'network', 'workload'] as const;
type Checked = (typeof CHECKED)[number];

/** For each value, the setting of a cell with it for each data plane. */
function settingsByValue(
  name: Checked,
  cells: PlannedSweep['cells'],
  places: Readonly<Record<string, string>>,
): ReadonlyMap<string, readonly Setting[]> {
  const found = new Map<string, Map<unknown, Setting>>();
  for (const { cell } of cells) {
    const value = cell.values[name];
    if (typeof value !== 'string') continue;
    const own = found.get(value) ?? new Map<unknown, Setting>();
    found.set(value, own);
    const { dataplane } = cell.values;
    if (!own.has(dataplane)) own.set(dataplane, new Setting(cell, places));
  }
  return new Map([...found].map(([value, own]) => [value, [...own.values()]]));
}

async function load(name: Checked, path: string, setting: Setting): Promise<unknown> {
  switch (name) {
    case 'dataplane':
      return loadDataPlane(path);
    case 'allocator':
      return allocatorFrom({ allocator: path });
    case 'network':
      return planNetwork(readNetwork(path), { engine: 'compiled', intervalNs: INTERVAL_NS });
    case 'workload':
      return loadWorkload({ ...(await setting.switch()), name: path });
  }
}

async function problemOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || commandEnd(error) === undefined) throw error;
    return error.message;
  }
}

function placeOf({ file }: ReadSweep, name: ParameterName, value: string): JsonPath {
  const axis = byParameter(file.grid).find(([each]) => each === name)?.[1];
  if (axis === undefined || isRange(axis)) return ['options', name];
  return ['grid', name, valuesOf(axis).indexOf(value)];
}
