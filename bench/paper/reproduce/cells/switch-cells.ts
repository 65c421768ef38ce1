/** Cells that run existing experiments of the harness with the settings of the paper. */
import type { EngineName } from '../../../../sim/index.js';
import { timedSwitchOptions } from '../../../../sim/index.js';
import { type LossFreeRow, lossFreeRates } from '../../../measure/timing/loss-free-rate.js';
import type { ControlSpeed } from '../../../measure/updates/control-speed.js';
import type { UpdateDelay } from '../../../measure/updates/update-delay.js';
import type { PaperKey } from '../../../workloads/program-kind.js';
import { runStudy } from '../../case-studies/studies.js';
import type { StudyName, StudyResult } from '../../case-studies/study.js';
import { experimentPlane } from './fill.js';

export interface UpdateDelayCell {
  readonly kind: 'update-delay';
  readonly program: PaperKey;
  readonly repeats: number;
}

export async function measureUpdates({ program, repeats }: UpdateDelayCell): Promise<UpdateDelay> {
  // gRPC is loaded on demand, since loading takes a third of a second.
  const { measureUpdateDelay } = await import('../../../measure/updates/update-delay.js');
  const now = (): number => performance.now();
  const [delay] = await measureUpdateDelay({ programs: [program], dataPlane: experimentPlane(), repeats, now });
  if (delay === undefined) throw new Error(`no update delay of ${program}`);
  return delay;
}

export interface ControlCell {
  readonly kind: 'control';
  readonly workload: string;
  readonly programs: number;
  readonly repeats: number;
  readonly seed: string;
}

export async function measureControl(cell: ControlCell, signal: AbortSignal): Promise<ControlSpeed> {
  const { measureControlSpeed } = await import('../../../measure/updates/control-speed.js');
  return measureControlSpeed({ ...cell, dataPlane: experimentPlane(), now: () => performance.now(), signal });
}

export interface LossFreeCell {
  readonly kind: 'loss-free';
  readonly packetBytes: number;
  readonly recirculations: number;
  readonly recirculationGbps: number;
  /** Tolerance of the rate, as a share of it. */
  readonly tolerance: number;
}

const ENGINE: EngineName = 'compiled';

export async function lossFree(cell: LossFreeCell, signal: AbortSignal): Promise<LossFreeRow> {
  const dataPlane = experimentPlane();
  const options = {
    dataPlane,
    engine: ENGINE,
    switch: { ...timedSwitchOptions(dataPlane), recirculationBitsPerSecond: cell.recirculationGbps * 1e9 },
    packetBytes: [cell.packetBytes],
    recirculations: [cell.recirculations],
    tolerance: cell.tolerance,
    signal,
    onProgress: () => undefined,
  };
  for await (const row of lossFreeRates(options)) return row;
  throw new Error('interrupted');
}

export interface StudyCell {
  readonly kind: 'study';
  readonly study: StudyName;
  readonly seconds: number;
  readonly seed: string;
}

/** Source: the paper, section 6.4, except for the duration of provisioning, which the paper gives as "seconds". */
export const STUDY_SETTING = { megabitsPerSecond: 100, deploySeconds: 5, provisioningSeconds: 3 } as const;

export function study(cell: StudyCell, signal: AbortSignal): Promise<StudyResult> {
  const dataPlane = experimentPlane();
  return runStudy(cell.study, { ...cell, ...STUDY_SETTING, dataPlane, signal, onProgress: () => undefined });
}
