/** All experiments, in the order of the paper, then those beyond it. */
import type { Experiment } from '../experiment.js';
import { fig9 } from './capacity.js';
import { recirculations, weights } from './capacity-trade.js';
import { caseStudies } from './case-studies.js';
import { chains } from './chains.js';
import { fig10, table2 } from './chip.js';
import { chipCapacity } from './chip-capacity.js';
import { churn } from './churn.js';
import { control } from './control.js';
import { fig7a, fig7b } from './delays.js';
import { fig8 } from './filling.js';
import { hashes } from './hashes.js';
import { fig12, fig18, fig19 } from './objectives.js';
import { peersChurn } from './peers-churn.js';
import { peersDelay } from './peers-delay.js';
import { peersExpressiveness } from './peers-expressiveness.js';
import { peersFilling } from './peers-filling.js';
import { peersGranularity } from './peers-granularity.js';
import { peersRules } from './peers-rules.js';
import { fig11 } from './recirculation.js';
import { speed } from './speed.js';
import { table1 } from './table1.js';

export const EXPERIMENTS: readonly Experiment[] = [
  table1,
  fig7a,
  fig7b,
  fig8,
  fig9,
  fig10,
  table2,
  fig11,
  fig12,
  ...caseStudies,
  fig18,
  fig19,
  weights,
  recirculations,
  chipCapacity,
  chains,
  churn,
  peersExpressiveness,
  peersDelay,
  peersFilling,
  peersGranularity,
  peersRules,
  peersChurn,
  speed,
  control,
  hashes,
];
