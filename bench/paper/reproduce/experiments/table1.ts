/** Table 1: lines of code and update delay of the fifteen programs. */
import { readFileSync } from 'node:fs';
import { numberIn, publishedTable, textIn } from '../../../../hw-driver/cli/kit/published-figures.js';
import { distribution } from '../../../measure/statistics/statistics.js';
import { PAPER_KEYS, type PaperKey, programFile } from '../../../workloads/program-kind.js';
import type { UpdateDelayCell } from '../cells/switch-cells.js';
import { type Comparison, compare, type Experiment, publishedOnly, type Setting } from '../experiment.js';
import { exactly, NOT_COMPARED, timedValue, type Value } from '../value.js';

/** As the paper's. */
const REPEATS = { full: 50, quick: 5 };

const cellOf = (program: PaperKey, { scale }: Setting): UpdateDelayCell => ({
  kind: 'update-delay',
  program,
  repeats: REPEATS[scale],
});

/** Lines that are neither empty nor a comment. */
export function codeLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

const LINES_WHY: Partial<Record<PaperKey, string>> = {
  sf:
    'Ours gives both directions of a connection one key and tests SYN, FIN and RST, as a firewall must; the ' +
    'published program tests the wrong bits of the flags word.',
  calc: 'In ours, each of the five cases returns the packet and writes its own answer.',
  ecn: 'Ours marks packets of both ECN-capable code points, and no others.',
};

const OTHERS = ['ActiveRMT', 'FlyMon'];
const COLUMNS = [
  'lines, published',
  'lines, ours',
  'update, ms, published',
  ...OTHERS.map((system) => `${system}, ms, published`),
  'ours here, ms (median)',
];

export const table1: Experiment = {
  id: 'table1',
  title: 'Table 1  Lines of code and update delay',
  about:
    'Lines that are neither empty nor a comment. The update delay is the time from the first write of a program’s entries ' +
    'to the answer of the last, over BF Runtime (gRPC) to the emulated switch, on an otherwise empty switch.',
  cells: (setting) => PAPER_KEYS.map((key) => cellOf(key, setting)),
  findings(results, setting) {
    const published = new Map(publishedTable('table1.csv').map((row) => [textIn(row, 'workload_key'), row]));
    const rows = PAPER_KEYS.map((key) => {
      const row = published.get(key);
      const { entries, singleMs, batchedMs } = results(cellOf(key, setting));
      const ours = codeLines(readFileSync(programFile(key), 'utf8'));
      return { key, row, entries, ours, singleMs, batchedMs };
    });
    return {
      comparisons: [
        ...rows.map(({ key, row, ours }) => linesOf(key, numberIn(row, 'loc_p4runpro'), ours)),
        ...rows.map(({ key, row, singleMs }) =>
          delayOf(key, numberIn(row, 'update_delay_ms_p4runpro'), timedValue(singleMs)),
        ),
        ...rows.flatMap(({ key, row }) => {
          const system = textIn(row, 'other_system');
          if (system === '') return [];
          const delay = exactly(numberIn(row, 'update_delay_ms_other'));
          return [publishedOnly(`${key}: update delay of ${system}`, 'ms', delay)];
        }),
      ],
      tables: [
        {
          head: ['', ...COLUMNS],
          rows: rows.map(({ key, row, ours, singleMs }) => [
            key,
            numberIn(row, 'loc_p4runpro'),
            ours,
            numberIn(row, 'update_delay_ms_p4runpro'),
            ...OTHERS.map((system) =>
              textIn(row, 'other_system') === system ? numberIn(row, 'update_delay_ms_other') : null,
            ),
            distribution(singleMs).p50,
          ]),
        },
      ],
      series: [
        {
          name: 'table1',
          rows: rows.map(({ key, row, entries, ours, singleMs, batchedMs }) => ({
            program: key,
            lines_published: numberIn(row, 'loc_p4runpro'),
            lines_p4_published: numberIn(row, 'loc_p4'),
            lines_ours: ours,
            entries_ours: entries,
            update_ms_published: numberIn(row, 'update_delay_ms_p4runpro'),
            update_ms_ours_single_p50: distribution(singleMs).p50,
            update_ms_ours_single_p95: distribution(singleMs).p95,
            update_ms_ours_batched_p50: distribution(batchedMs).p50,
            update_ms_ours_batched_p95: distribution(batchedMs).p95,
          })),
        },
      ],
      figures: [],
      notes: [
        `${REPEATS[setting.scale]} repeats of each program and way of writing; table1.csv has the batched writes too. ` +
          'The emulated switch takes no time for a change of its tables, so only the control interface is measured.',
        'Delays of ActiveRMT and FlyMon are the published ones.',
      ],
    };
  },
};

const linesOf = (key: PaperKey, published: number, ours: number): Comparison =>
  compare({
    quantity: `${key}: lines of code`,
    unit: 'lines',
    published: exactly(published),
    reproduced: null,
    ours: exactly(ours),
    tolerance: { kind: 'share', share: 0.1 },
    better: 'lower',
    why: LINES_WHY[key] ?? 'A different text for the same function.',
  });

const delayOf = (key: PaperKey, published: number, ours: Value): Comparison =>
  compare({
    quantity: `${key}: update delay, one write per entry`,
    unit: 'ms',
    published: exactly(published),
    reproduced: null,
    ours,
    tolerance: NOT_COMPARED,
    better: 'lower',
    why: 'Another machine, and a chip instead of the emulated switch.',
  });
