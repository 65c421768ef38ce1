/** Latency of the match-action stages, derived from the tables of each stage. */
import { type DataPlane, FIXED_NAMES } from './data-plane.js';
import type { Gress } from './description.js';

export interface StageLatency {
  readonly gress: Gress;
  readonly stage: number;
  readonly cycles: number;
}

/** One row per occupied stage of a switch, in the order in which a packet meets them. */
export function stageLatencies(dataPlane: DataPlane): StageLatency[] {
  const { timing, init, recirculation } = dataPlane.description;
  const ternary = timing.stageCycles + timing.tcamCycles;
  const stages: StageLatency[] = [
    { gress: 'ingress', stage: init.stage, cycles: ternary },
    ...dataPlane.rpbs
      .slice(0, dataPlane.rpbsPerSwitch)
      .map(({ gress, stage }) => ({ gress, stage, cycles: ternary + timing.statefulAluCycles })),
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

/** A place in the pipe, as cycles from a packet's entry into the gress. */
export interface PipePlace {
  readonly gress: Gress;
  readonly cycles: number;
}

/** Every table's place in the pipe, by the table's name. */
export function tablePlaces(dataPlane: DataPlane): ReadonlyMap<string, PipePlace> {
  const { init, recirculation } = dataPlane.description;
  const stages = stageLatencies(dataPlane);
  const placeOf = (gress: Gress, stage: number): PipePlace => {
    const before = stages.filter((other) => other.gress === gress && other.stage < stage);
    return { gress, cycles: before.reduce((sum, { cycles }) => sum + cycles, 0) };
  };
  const initPlace = placeOf('ingress', init.stage);
  return new Map([
    [FIXED_NAMES.forwardTable, initPlace],
    ...dataPlane.filterTables.map(({ table }) => [table, initPlace] as const),
    ...dataPlane.rpbs.map(({ table, gress, stage }) => [table, placeOf(gress, stage)] as const),
    ...dataPlane.recirculationTables.map((table) => [table, placeOf('ingress', recirculation.stage)] as const),
  ]);
}
