/** Beyond the paper: what each system can express, beside section 6.1. */
import { EXPRESSED, EXPRESSED_PROGRAMS } from '../../../peers/expressiveness.js';
import type { Experiment } from '../experiment.js';

const ROWS = [
  ...EXPRESSED,
  ...EXPRESSED_PROGRAMS.map(({ programs, ...systems }) => ({ subject: programs.join(', '), ...systems })),
];

export const peersExpressiveness: Experiment = {
  id: 'peers-expressiveness',
  title: 'What each system can express',
  isExtra: true,
  about:
    'Read in the papers and the public artefacts of ActiveRMT and FlyMon; nothing is run. The last rows are the fifteen ' +
    'programs of section 6.1 of the paper.',
  cells: () => [],
  findings: () => ({
    comparisons: [],
    tables: [
      {
        head: ['', 'P4runpro', 'ActiveRMT', 'FlyMon'],
        rows: ROWS.map(({ subject, p4runpro, activeRmt, flyMon }) => [subject, p4runpro, activeRmt, flyMon]),
      },
    ],
    series: [{ name: 'peers-expressiveness', rows: ROWS.map((row) => ({ ...row })) }],
    figures: [],
    notes: [],
  }),
};
