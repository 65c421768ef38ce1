/** How long a program takes to be installed on a switch behind BF Runtime: the update delay of the paper's table 1. */
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  installOperations,
  link,
  lower,
  revokeOperations,
  SwitchState,
} from '../../../compiler/index.js';
import { connectBfRuntime } from '../../../hw-driver/bfruntime/index.js';
import { serveBfRuntime } from '../../../hw-driver/server/index.js';
import { Switch, type SwitchTarget } from '../../../sim/index.js';
import type { ProgramKey } from '../../workloads/program-kind.js';
import { loadWorkload } from '../../workloads/workload.js';

export interface UpdateDelayOptions {
  readonly programs: readonly ProgramKey[];
  readonly dataPlane: DataPlane;
  /** How often each program is installed in either way; the paper's figures are of 50. */
  readonly repeats: number;
  /** Milliseconds since any moment, e.g. `performance.now`. */
  readonly now: () => number;
  /** Told after each program. */
  readonly onProgress?: (done: number) => void;
}

/** Times of all repeats, in their order. From the first write to the answer of the last; compilation is not in it. */
export interface UpdateDelay {
  readonly program: ProgramKey;
  readonly entries: number;
  /** Each entry by a write of its own, as the authors' driver does. */
  readonly singleMs: readonly number[];
  /** All entries in as few writes as possible. */
  readonly batchedMs: readonly number[];
}

const ELASTIC_CASES = 2;
const MEMORY_BYTES = 1024;

/**
 * Installs each program on an emulated switch that holds nothing else, over loopback, within this process: what the chip
 * itself takes for an entry is not in it. The two ways take turns; one round before the first is not counted.
 */
export async function measureUpdateDelay(options: UpdateDelayOptions): Promise<UpdateDelay[]> {
  const { dataPlane, programs, onProgress } = options;
  const single = await servedSwitch(dataPlane, 1);
  const batched = await servedSwitch(dataPlane);
  try {
    const delays: UpdateDelay[] = [];
    for (const key of programs) {
      delays.push(await delayOf(key, single.target, batched.target, options));
      onProgress?.(delays.length);
    }
    return delays;
  } finally {
    await single.close();
    await batched.close();
  }
}

async function delayOf(
  program: ProgramKey,
  single: SwitchTarget,
  batched: SwitchTarget,
  { dataPlane, repeats, now }: UpdateDelayOptions,
): Promise<UpdateDelay> {
  const compiled = await compiledAlone(program, dataPlane);
  const install = installOperations(compiled);
  // No packet comes by, so memory needs no reset.
  const remove = revokeOperations(compiled).filter(({ kind }) => kind === 'deleteEntry');
  const singleMs: number[] = [];
  const batchedMs: number[] = [];
  for (let round = 0; round <= repeats; round++) {
    for (const [target, times] of [
      [single, singleMs],
      [batched, batchedMs],
    ] as const) {
      const start = now();
      await target.apply(install);
      if (round > 0) times.push(now() - start);
      await target.apply(remove);
    }
  }
  return { program, entries: compiled.entries.length, singleMs, batchedMs };
}

async function compiledAlone(name: ProgramKey, dataPlane: DataPlane): Promise<CompiledProgram> {
  const size = { memoryBytes: MEMORY_BYTES, cases: ELASTIC_CASES };
  const { source } = (await loadWorkload({ name, ...size, seed: '0', dataPlane })).arrival(0);
  const { programs, sourceHash } = analyse(source, dataPlane);
  const [program] = programs;
  if (program === undefined) throw new Error(`the text of ${name} holds no program`);
  const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
  return link(lowered, new SwitchState(dataPlane), sourceHash, DEFAULT_LINK_OPTIONS);
}

interface ServedSwitch {
  readonly target: SwitchTarget;
  close(): Promise<void>;
}

/** @param batch updates in one write, by default as many as the driver puts there */
async function servedSwitch(dataPlane: DataPlane, batch?: number): Promise<ServedSwitch> {
  const server = await serveBfRuntime(new Switch(dataPlane), { port: 0 });
  const address = `127.0.0.1:${server.port}`;
  const target = await connectBfRuntime({ address, dataPlane, ...(batch !== undefined && { batch }) });
  const close = async (): Promise<void> => {
    await target.close();
    await server.close();
  };
  return { target, close };
}
