/** The resources of a chip that a data plane uses, by stage and in total, with latency and power. */
import { type Chip, type ChipSource, chipOf } from '../chip.js';
import type { DataPlane } from '../data-plane.js';
import { gressCycles } from '../latency.js';
import { groupWords } from './group-words.js';
import { normalPhvBits, phvBits } from './phv.js';
import { type Power, powerOf } from './power.js';
import { type Excess, excesses, type StageUse, stageUses } from './stage-use.js';
import { placedTables, UNITS, type Unit } from './table-needs.js';

/** Resources of a pipe, in the order in which they are shown. */
export const RESOURCES = ['phvBits', 'normalPhvBits', 'ingressWords', 'egressWords', ...UNITS, 'vliwWords'] as const;
export type Resource = 'phvBits' | 'normalPhvBits' | 'ingressWords' | 'egressWords' | Unit | 'vliwWords';

export interface ResourceUse {
  readonly resource: Resource;
  readonly used: number;
  /** Number that a whole pipe has. */
  readonly available: number;
}

export interface ResourceReport {
  readonly dataPlane: string;
  readonly chip: string;
  /** Without `normalPhvBits` for a chip with containers of one kind. */
  readonly total: readonly ResourceUse[];
  readonly stages: readonly StageUse[];
  /** Empty for a data plane that fits. */
  readonly excesses: readonly Excess[];
  readonly ingressCycles: number;
  readonly egressCycles: number;
  readonly power: Power;
  /** Where the numbers of the chip, and those of the description about the chip, are from. */
  readonly sources: readonly ChipSource[];
}

/** Resources of the chip that the tables of a data plane use. */
export function resourceReport(dataPlane: DataPlane, chip: Chip = chipOf(dataPlane)): ResourceReport {
  const tables = placedTables(dataPlane, chip);
  const stages = stageUses(tables, chip);
  const sum = (of: (use: StageUse) => number): number => stages.reduce((total, use) => total + of(use), 0);
  const total = RESOURCES.flatMap((resource): ResourceUse | readonly ResourceUse[] => {
    if (resource === 'phvBits') return { resource, used: phvBits(dataPlane, chip), available: chip.phv.bits };
    if (resource === 'normalPhvBits') {
      const available = chip.phv.normalBits;
      return available === undefined ? [] : { resource, used: normalPhvBits(dataPlane, chip), available };
    }
    if (resource === 'ingressWords' || resource === 'egressWords') return wordsUse(dataPlane, resource, chip);
    const used = sum((use) => (resource === 'vliwWords' ? use.vliwWords : use.needs[resource]));
    return { resource, used, available: chip.perStage[resource] * chip.stages };
  });
  return {
    dataPlane: dataPlane.name,
    chip: chip.name,
    total,
    stages,
    excesses: [...wordExcesses(dataPlane, chip), ...excesses(stages, chip)],
    ingressCycles: gressCycles(dataPlane, 'ingress'),
    egressCycles: gressCycles(dataPlane, 'egress'),
    power: powerOf(dataPlane, tables, chip),
    sources: [...chip.sources, ...descriptionSources(dataPlane)],
  };
}

type GroupResource = 'ingressWords' | 'egressWords';

const wordsUse = (dataPlane: DataPlane, resource: GroupResource, chip: Chip) => ({
  resource,
  used: groupWords(dataPlane, resource === 'ingressWords' ? 'ingress' : 'egress'),
  available: chip.phv.groupWords,
});

const wordExcesses = (dataPlane: DataPlane, chip: Chip): Excess[] =>
  (['ingressWords', 'egressWords'] as const).flatMap((unit) => {
    const { used, available } = wordsUse(dataPlane, unit, chip);
    return used > available ? [{ unit, used, available }] : [];
  });

function descriptionSources({ description: { timing, trafficManager } }: DataPlane): readonly ChipSource[] {
  const { clockHz, stageCycles, tcamCycles, statefulAluCycles, cornerTurnCycles } = timing;
  const cycles = `${stageCycles} cycles a stage, + ${tcamCycles} with TCAM, + ${statefulAluCycles} with a stateful ALU`;
  const clock = `${clockHz / 1e9} GHz; ${cycles}; ${cornerTurnCycles} a gress for the corner turn`;
  const { bufferBytes, cellBytes } = trafficManager;
  const buffer = `buffer of ${bufferBytes / 2 ** 20} MiB in cells of ${cellBytes} bytes`;
  return [
    { numbers: clock, source: timing.source },
    { numbers: buffer, source: trafficManager.source },
  ];
}
