/** Latency of the match-action stages, derived from what each stage holds. */
import type { DataPlane } from './data-plane.js';
import type { Gress } from './description.js';

export interface StageLatency {
  readonly gress: Gress;
  readonly stage: number;
  readonly cycles: number;
}

/** One row per occupied stage, in the order in which a packet meets them. */
export function stageLatencies(dataPlane: DataPlane): StageLatency[] {
  const { timing, init, recirculation } = dataPlane.description;
  const ternary = timing.stageCycles + timing.tcamCycles;
  const stages: StageLatency[] = [
    { gress: 'ingress', stage: init.stage, cycles: ternary },
    ...dataPlane.rpbs.map(({ gress, stage }) => ({ gress, stage, cycles: ternary + timing.statefulAluCycles })),
    { gress: 'ingress', stage: recirculation.stage, cycles: timing.stageCycles },
  ];
  const order = (latency: StageLatency): number => (latency.gress === 'ingress' ? 0 : 1);
  return stages.sort((a, b) => order(a) - order(b) || a.stage - b.stage);
}

/** Cycles that a packet spends in one gress: its stages and the corner turn. */
export function gressCycles(dataPlane: DataPlane, gress: Gress): number {
  return stageLatencies(dataPlane)
    .filter((latency) => latency.gress === gress)
    .reduce((sum, { cycles }) => sum + cycles, dataPlane.description.timing.cornerTurnCycles);
}
