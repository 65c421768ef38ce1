/** Figures 13a to 13d: the case studies in virtual time. */

import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import { publishedFindings } from '../../case-studies/published.js';
import { STUDIES, type StudyName, type StudyResult } from '../../case-studies/study.js';
import { STUDY_SETTING, type StudyCell } from '../cells/switch-cells.js';
import { type Comparison, compare, type Experiment, type Setting } from '../experiment.js';
import { exactly, FIXED, type Tolerance } from '../value.js';

const TITLES: Readonly<Record<StudyName, string>> = {
  a: 'Figure 13a  Impact on traffic',
  b: 'Figure 13b  In-network cache',
  c: 'Figure 13c  Stateless load balancer',
  d: 'Figure 13d  Heavy hitter detector',
};

const AXES: Readonly<Record<StudyName, string>> = {
  a: 'received, Mbit/s',
  b: 'received, Mbit/s',
  c: 'imbalance of two ports',
  d: 'F1 of the reported flows',
};

const SECONDS = { full: 20, quick: 12 };

const cellOf = (study: StudyName, { seed, scale }: Setting): StudyCell => ({
  kind: 'study',
  study,
  seconds: SECONDS[scale],
  seed,
});

const WHY: Partial<Record<StudyName, string>> = {
  d:
    'With 100 heavy flows among 4,096 that all keep sending, and rows of 1,024 buckets, a light flow shares both of its ' +
    'buckets with heavy ones with probability 0.9 %: theory gives 0.852, equal to the conventional program.',
};

/** Losses are compared exactly. */
const toleranceOf = (published: number): Tolerance => (published === 0 ? { kind: 'distance', distance: 0 } : FIXED);

const studyExperiment = (study: StudyName): Experiment => ({
  id: `fig13${study}`,
  title: TITLES[study],
  about:
    `${STUDY_SETTING.megabitsPerSecond} Mbit/s, 4,096 flows, one sample every 50 ms of virtual time, programs deployed at ` +
    `${STUDY_SETTING.deploySeconds} s entry by entry while packets pass. Beside it a conventional program, for which the ` +
    `switch forwards nothing for ${STUDY_SETTING.provisioningSeconds} s (an assumption: the paper says "seconds").`,
  columns: { peer: 'conventional program', ours: 'P4runpro, ours' },
  cells: (setting) => [cellOf(study, setting)],
  findings(results, setting) {
    const result = results(cellOf(study, setting));
    const points = pointsOf(result);
    return {
      comparisons: comparisonsOf(result),
      series: [
        {
          name: `fig13${study}`,
          rows: result.p4runpro.map(({ seconds, value }, n) => ({
            seconds,
            p4runpro: value,
            conventional: result.conventional[n]?.value ?? null,
          })),
        },
      ],
      figures: [
        {
          name: `fig13${study}`,
          caption: `${TITLES[study].replace(/^Figure 13. +/, '')}: P4runpro (ours) and a conventional program`,
          draw: (layout) => linePanels({ layout, points, x: 'time, s', y: AXES[study], columns: 1 }),
        },
      ],
      notes: [`${SECONDS[setting.scale]} s of virtual time.`],
    };
  },
});

const pointsOf = ({ p4runpro, conventional }: StudyResult): PanelPoint[] => [
  ...conventional.map(({ seconds, value }) => ({ panel: '', series: 'conventional program', x: seconds, y: value })),
  ...p4runpro.map(({ seconds, value }) => ({ panel: '', series: 'ours', x: seconds, y: value })),
];

function comparisonsOf({ study, findings }: StudyResult): Comparison[] {
  const published = publishedFindings();
  return findings.map(({ quantity, p4runpro, conventional }) => {
    const figure = published(study, quantity);
    return compare({
      quantity,
      unit: '',
      published: figure === undefined ? null : exactly(figure),
      peer: conventional === null ? null : exactly(conventional),
      reproduced: null,
      ours: p4runpro === null ? null : exactly(p4runpro),
      tolerance: toleranceOf(figure ?? 0),
      better: null,
      why: WHY[study] ?? '',
    });
  });
}

export const caseStudies: readonly Experiment[] = STUDIES.map(studyExperiment);
