/**
 * What the package exports as p4runpro-sim/bench, listed name by name: a promise, where the folders beside it promise
 * nothing. test/structure/exports.txt holds the list.
 */

// Figures as SVG.
export { type FigureSpec, type LineFigure, type LinePoint, lineFigure, renderFigure } from './figures/figure.js';
export { type Bar, type BarPanels, barPanels, type LinePanels, linePanels, type PanelPoint } from './figures/panels.js';
// Runs and capacities.
export type { CapacityBound } from './measure/capacity/capacity-bound.js';
export type { FilledSwitch } from './measure/capacity/fill-switch.js';
export type { RunResult } from './measure/run/run-workload.js';
export type { ReportedRun, RunSummary } from './measure/run/summary.js';
export {
  type ArrivalOptions,
  type Capacity,
  capacityOf,
  type SimulationOptions,
  simulate,
} from './measure/simulate.js';
export type { Distribution } from './measure/statistics/statistics.js';
// Workloads: those there are, and what one's own needs.
export { type Arrival, type Workload, WorkloadEnd, WorkloadError } from './workloads/arrival.js';
export type { ArrivalEvent, ArrivalProcess } from './workloads/arrivals/arrival-process.js';
export type { MemoryContents } from './workloads/memory-contents.js';
export type { OwnProgram, OwnWorkload, WorkloadModule, WorkloadSettings } from './workloads/own-workload.js';
export { loadWorkload, type WorkloadOptions } from './workloads/workload.js';
