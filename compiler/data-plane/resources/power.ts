/**
 * Power of the match-action stages: an estimate from the published figures per memory access, added up as by the
 * open Tofino back end (p4lang/p4c, mau/walk_power_graph.cpp). It leaves out parsers, queues and ports.
 */
import type { Chip } from '../chip.js';
import type { DataPlane } from '../data-plane.js';
import type { Gress } from '../description.js';
import { gressCycles } from '../latency.js';
import type { Accesses, PlacedTable } from './table-needs.js';
import { worstPath } from './worst-path.js';

export interface Power {
  /** Watts of all pipes at full load. */
  readonly ingressWatts: number;
  readonly egressWatts: number;
  /** Percent of full load that the budget allows, rounded down as by p4c. */
  readonly loadPercent: number;
}

/** Watts of one pipe with a packet in every cycle: accesses of each kind times their power. */
export function tableWatts(accesses: Accesses, { power }: Chip): number {
  return (
    accesses.tcamSearches * power.tcamSearch +
    accesses.ramReads * power.ramRead +
    accesses.ramWrites * power.ramWrite +
    accesses.mapRamReads * power.mapRamRead +
    accesses.mapRamWrites * power.mapRamWrite
  );
}

export function powerOf(dataPlane: DataPlane, tables: readonly PlacedTable[], chip: Chip): Power {
  const wattsOfGress = (gress: Gress): number => {
    const wattsOf = ({ accesses }: PlacedTable): number => tableWatts(accesses, chip);
    const path = worstPath(dataPlane, gress, tables, wattsOf);
    const sum = path.reduce((watts, table) => watts + wattsOf(table), 0);
    return sum * chip.pipes * throughput(gressCycles(dataPlane, gress), chip);
  };
  const ingressWatts = wattsOfGress('ingress');
  const egressWatts = wattsOfGress('egress');
  const total = ingressWatts + egressWatts;
  const loadPercent = Math.min(100, Math.trunc((100 * chip.power.budget) / total));
  return { ingressWatts, egressWatts, loadPercent };
}

/**
 * Share of the cycles in which a packet can enter. Where the deparser holds back the parser, a gress with more cycles
 * than packets in flight stalls: `maxPacketsInFlight` packets enter in the cycles until the credit of the first returns.
 */
function throughput(cycles: number, { power: { throttling } }: Chip): number {
  if (throttling === undefined) return 1;
  const { maxPacketsInFlight, creditCycles, issueCycles } = throttling;
  if (cycles <= maxPacketsInFlight - creditCycles - issueCycles) return 1;
  return maxPacketsInFlight / (cycles + issueCycles);
}
