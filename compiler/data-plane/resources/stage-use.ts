/** Resources that the tables of each stage use, compared with those of the stage. */
import type { Chip, Needs } from '../chip.js';
import { addNeeds, NO_NEEDS, type PlacedTable, UNITS } from './table-needs.js';

export interface StageUse {
  readonly stage: number;
  readonly tables: readonly PlacedTable[];
  readonly needs: Needs;
  readonly vliwWords: number;
}

/** A resource of a stage that its tables exceed, or one of a gress that its actions exceed. */
export interface Excess {
  /** Absent for a resource of a whole gress. */
  readonly stage?: number;
  readonly unit: keyof Needs | 'vliwWords' | 'ingressWords' | 'egressWords';
  readonly used: number;
  readonly available: number;
}

/** All stages of the chip, and further ones if tables need more stages than it has. */
export function stageUses(tables: readonly PlacedTable[], chip: Chip): readonly StageUse[] {
  const stages = Math.max(chip.stages, ...tables.map(({ stage }) => stage + 1));
  return Array.from({ length: stages }, (_, stage) => {
    const here = tables.filter((table) => table.stage === stage);
    const needs = here.reduce((sum, table) => addNeeds(sum, table.needs), NO_NEEDS);
    return { stage, tables: here, needs, vliwWords: vliwWords(here, chip) };
  });
}

/**
 * Instruction words: each holds an instruction of either colour for each gress, and containers belong to one gress; so
 * the gress with more actions counts. `NoAction` is one of the actions.
 */
function vliwWords(tables: readonly PlacedTable[], { vliwColours }: Chip): number {
  const words = (['ingress', 'egress'] as const).map((gress) => {
    const mine = tables.filter((table) => table.gress === gress);
    const actions = mine.reduce((sum, table) => sum + table.actions, 0);
    return mine.length === 0 ? 0 : Math.ceil((actions + 1) / vliwColours);
  });
  return Math.max(...words);
}

/** The resources that are exceeded, by stage. */
export function excesses(uses: readonly StageUse[], chip: Chip): readonly Excess[] {
  const units = [...UNITS, 'vliwWords'] as const;
  return uses.flatMap(({ stage, needs, vliwWords: words }) =>
    units.flatMap((unit): Excess[] => {
      const used = unit === 'vliwWords' ? words : needs[unit];
      const available = stage < chip.stages ? chip.perStage[unit] : 0;
      return used > available ? [{ stage, unit, used, available }] : [];
    }),
  );
}
