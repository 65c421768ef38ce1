/** What threads that run a part of a network get, and what they send. */
import type { SharedDirection } from '../../sim/network/index.js';
import type { NetworkPlan } from './network-plan.js';
import type { GroupReport } from './node-reports.js';

export interface NetworkWorkerSetup {
  readonly plan: NetworkPlan;
  /** Nodes of this thread. */
  readonly numbers: readonly number[];
  readonly thread: number;
  readonly directions: readonly SharedDirection[];
  /** A word for each thread, and behind them one that is not 0 when all shall end. */
  readonly signals: SharedArrayBuffer;
}

export type NetworkWorkerMessage =
  | { readonly kind: 'progress'; readonly nowPs: number; readonly events: number }
  | { readonly kind: 'finished'; readonly report: GroupReport }
  | { readonly kind: 'failure'; readonly message: string; readonly isDomain: boolean };
