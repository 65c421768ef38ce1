/** The resources of a chip that a data plane uses, by stage and in total, with latency and power. */
import { type Chip, TOFINO_1 } from '../chip.js';
import type { DataPlane } from '../data-plane.js';
import { gressCycles } from '../latency.js';
import { phvBits } from './phv.js';
import { type Power, powerOf } from './power.js';
import { type Excess, excesses, type StageUse, stageUses } from './stage-use.js';
import { placedTables, UNITS, type Unit } from './table-needs.js';

/** Resources of a pipe, in the order in which they are shown. */
export const RESOURCES = ['phvBits', ...UNITS, 'vliwWords'] as const;
export type Resource = 'phvBits' | Unit | 'vliwWords';

export interface ResourceUse {
  readonly resource: Resource;
  readonly used: number;
  /** Number that a whole pipe has. */
  readonly available: number;
}

export interface ResourceReport {
  readonly dataPlane: string;
  readonly chip: string;
  readonly total: readonly ResourceUse[];
  readonly stages: readonly StageUse[];
  /** Empty for a data plane that fits. */
  readonly excesses: readonly Excess[];
  readonly ingressCycles: number;
  readonly egressCycles: number;
  readonly power: Power;
}

/** Resources of the chip that the tables of a data plane use. */
export function resourceReport(dataPlane: DataPlane, chip: Chip = TOFINO_1): ResourceReport {
  const tables = placedTables(dataPlane, chip);
  const stages = stageUses(tables, chip);
  const sum = (of: (use: StageUse) => number): number => stages.reduce((total, use) => total + of(use), 0);
  const total = RESOURCES.map((resource): ResourceUse => {
    if (resource === 'phvBits') return { resource, used: phvBits(dataPlane, chip), available: chip.phv.bits };
    const used = sum((use) => (resource === 'vliwWords' ? use.vliwWords : use.needs[resource]));
    return { resource, used, available: chip.perStage[resource] * chip.stages };
  });
  return {
    dataPlane: dataPlane.name,
    chip: chip.name,
    total,
    stages,
    excesses: excesses(stages, chip),
    ingressCycles: gressCycles(dataPlane, 'ingress'),
    egressCycles: gressCycles(dataPlane, 'egress'),
    power: powerOf(dataPlane, tables, chip),
  };
}
