/** Measures a cell. */
import { must } from '../../../compiler/data-plane/must.js';
import { fillSwitch } from '../../measure/capacity/fill-switch.js';
import { boundOf, hasOneKind } from '../../measure/capacity/measure-capacity.js';
import { measureChurn } from '../../measure/churn/measure-churn.js';
import { runWorkload } from '../../measure/run/run-workload.js';
import { distribution } from '../../measure/statistics/statistics.js';
import { oneByOne } from '../../workloads/arrivals/arrival-process.js';
import { poisson } from '../../workloads/arrivals/poisson.js';
import { isProgramKey } from '../../workloads/program-kind.js';
import { loadWorkload } from '../../workloads/workload.js';
import type { SweepCell } from '../cell/cell.js';
import { type FilePlaces, requireContents } from '../cell/file-places.js';
import { ALONE, type Measured, Setting } from './setting.js';

/** @param places of the files of the cell @throws what the measurement throws, and {@link ChangedFile} */
export function measureCell(cell: SweepCell, places: FilePlaces): Promise<Measured> {
  requireContents(cell.files, places);
  const setting = new Setting(cell, places);
  switch (cell.measure) {
    case 'run':
      return run(setting);
    case 'capacity':
      return capacity(setting);
    case 'churn':
      return churn(setting);
    case 'verify':
      return verify(setting);
    case 'network':
      return network(setting);
  }
}

async function run(setting: Setting): Promise<Measured> {
  const common = await setting.switch();
  const trace = setting.optionalText('trace');
  const { summary } = await runWorkload({
    ...ALONE,
    ...common,
    workload: await loadWorkload({ ...common, name: setting.text('workload') }),
    programs: setting.number('programs'),
    traces: trace === undefined ? [] : [trace],
    packets: setting.number('packets'),
    warmup: 0,
    workers: 1,
    engine: 'compiled',
    writer: undefined,
    progress: { deploying: () => undefined, processing: () => undefined },
  });
  const { packets } = summary;
  return {
    columns: {
      deployed: summary.programsDeployed,
      entry_use: summary.tableEntryUtilization,
      memory_use: summary.memoryUtilization,
      arrived: packets.in,
      left: packets.out,
      dropped: packets.dropped,
      reported: packets.reported,
      unmatched: packets.unmatched,
      recirculated: packets.recirculations,
      state_hash: summary.stateHash,
      output_hash: summary.outputHash,
    },
    times: { allocation_median: summary.allocationUs.p50, speed: summary.packetsPerSecond },
  };
}

async function capacity(setting: Setting): Promise<Measured> {
  const common = await setting.switch();
  const name = setting.text('workload');
  const workload = await loadWorkload({ ...common, name });
  const arrivals = oneByOne('max');
  const filled = await fillSwitch({ ...ALONE, ...common, workload, arrivals, onProgress: () => undefined });
  const bound = hasOneKind(name) ? boundOf(workload, common) : null;
  return {
    columns: {
      capacity: filled.capacity,
      bound: bound?.programs ?? null,
      bound_resource: bound?.resource ?? null,
      passes: filled.passes,
      recirculating: filled.recirculating,
      entry_use: filled.entryUtilization,
      memory_use: filled.memoryUtilization,
      failure: filled.failure,
    },
    times: { allocation_median: distribution(filled.allocationUs).p50 },
  };
}

const SECONDS_PER_HOUR = 3600;

async function churn(setting: Setting): Promise<Measured> {
  const common = await setting.switch();
  const untilSeconds = setting.number('hours') * SECONDS_PER_HOUR;
  const lifetimeSeconds = setting.number('lifetime') * SECONDS_PER_HOUR;
  const result = await measureChurn({
    ...ALONE,
    ...common,
    workload: await loadWorkload({ ...common, name: setting.text('workload') }),
    arrivals: poisson({ arrivalSeconds: setting.number('gap'), lifetimeSeconds }),
    untilSeconds,
    intervalSeconds: untilSeconds,
    onProgress: () => undefined,
  });
  const end = must(result.samples.at(-1), 'last sample of a churn');
  return {
    columns: {
      arrived: result.arrivals,
      refused: result.refused,
      departed: result.departures,
      deployed: end.programs,
      entry_use: end.entries,
      memory_use: end.memory,
      fragmentation: end.fragmentation,
    },
    times: { allocation_median: end.allocationP50Us },
  };
}

// Loaded by the cells that need them: a thread starts a third faster without.
const loadVerify = async () => (await import('../../verify/verify-programs.js')).verifyPrograms;
const loadNetwork = async () => (await import('./measure-network.js')).measureNetwork;

const network = async (setting: Setting): Promise<Measured> => (await loadNetwork())(setting);

async function verify(setting: Setting): Promise<Measured> {
  const { allocator, ...common } = await setting.switch();
  const key = setting.text('workload');
  if (!isProgramKey(key)) throw new Error(`a cell verifies ${key}, which is no program that ships`);
  const trace = setting.optionalText('trace');
  const counts = { compared: 0, ran: 0, compared_memory: 0 };
  let verdict = 'equal';
  const verifyPrograms = await loadVerify();
  const rounds = verifyPrograms({
    ...ALONE,
    ...common,
    keys: [key],
    allocators: [{ label: allocator.name, allocator }],
    companions: setting.number('companions'),
    traces: trace === undefined ? [] : [trace],
    packets: setting.number('packets'),
    onProgress: () => undefined,
  });
  for await (const { rows, packets, difference } of rounds) {
    counts.compared += packets;
    for (const row of rows) {
      counts.ran += row.packets;
      counts.compared_memory += row.words;
    }
    if (difference !== null) verdict = difference.kind;
  }
  return { columns: { verdict, ...counts }, times: {} };
}
