/** Time to install a program on a switch behind BF Runtime: the update delay of the paper's table 1. */
import { type DataPlane, installOperations, revokeOperations } from '../../../compiler/index.js';
import { connectBfRuntime } from '../../../hw-driver/bfruntime/index.js';
import { serveBfRuntime } from '../../../hw-driver/server/index.js';
import { Switch, type SwitchTarget } from '../../../sim/index.js';
import type { PaperKey } from '../../workloads/program-kind.js';
import { compiledAlone } from './compiled-alone.js';

export interface UpdateDelayOptions {
  readonly programs: readonly PaperKey[];
  readonly dataPlane: DataPlane;
  /** Number of installations of each program, single and batched; the paper has 50. */
  readonly repeats: number;
  /** Monotonic time in milliseconds, e.g. `performance.now`. */
  readonly now: () => number;
  /** Called after each program. */
  readonly onProgress?: (done: number) => void;
}

/** Times of all repeats, in order, from the first write to the answer of the last, without compilation. */
export interface UpdateDelay {
  readonly program: PaperKey;
  readonly entries: number;
  /** Each entry in a separate write, as in the authors' driver. */
  readonly singleMs: readonly number[];
  /** All entries in the minimum number of writes. */
  readonly batchedMs: readonly number[];
}

/**
 * Installs each program on an empty emulated switch in this process, over loopback, so the times exclude the time of the
 * chip for an entry. Single and batched writes alternate; a warm-up round is not counted.
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
  program: PaperKey,
  single: SwitchTarget,
  batched: SwitchTarget,
  { dataPlane, repeats, now }: UpdateDelayOptions,
): Promise<UpdateDelay> {
  const compiled = await compiledAlone(program, dataPlane);
  const install = installOperations(compiled);
  // No packets run, so memory needs no reset.
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

interface ServedSwitch {
  readonly target: SwitchTarget;
  close(): Promise<void>;
}

/** @param batch number of updates in one write; by default that of the driver */
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
