/** Beyond the paper: rules that a measurement task takes at FlyMon, beside the entries of P4runpro. */
import { numberIn, publishedTable, textIn } from '../../../../hw-driver/cli/kit/published-figures.js';
import { barPanels } from '../../../figures/panels.js';
import { ALGORITHMS, type AlgorithmName } from '../../../peers/flymon/algorithms.js';
import { blocksAt } from '../../../peers/flymon/buddy-memory.js';
import type { Prefix } from '../../../peers/flymon/filter.js';
import { COMPARED_FLYMON, FlyMon } from '../../../peers/flymon/flymon.js';
import type { MeasurementTask } from '../../../peers/flymon/task.js';
import { utilizationOf } from '../../../peers/peer-allocator.js';
import type { PaperKey } from '../../../workloads/program-kind.js';
import { publishedShape } from '../../../workloads/published-shapes.js';
import { BYTES_PER_BUCKET } from '../../../workloads/workload.js';
import type { FillCell } from '../cells/fill.js';
import type { TaskEntriesCell } from '../cells/task-entries.js';
import {
  type Comparison,
  compare,
  type Experiment,
  peerNumber,
  publishedOnly,
  type Results,
  type Setting,
  unpublished,
} from '../experiment.js';
import { ourFills, PAPER, publishedCapacity, publishedFills } from '../paper-setting.js';
import { P4RUNPRO, P4RUNPRO_COLUMNS } from '../peer-setting.js';
import { exactly, fromRepeats, NOT_COMPARED, type Value } from '../value.js';

/** The tasks that the paper holds against FlyMon in table 1. */
const TASKS = [
  ['cms', 'count-min'],
  ['bf', 'bloom-filter'],
  ['sm', 'sumax-sum'],
  ['hll', 'hyperloglog'],
] as const satisfies readonly (readonly [PaperKey, AlgorithmName])[];

/** Levels of buddy blocks: the whole array of a measurement unit, a quarter, and the smallest block. */
const LEVELS = [1, 3, 6] as const;
const shareText = (level: number): string => (level === 1 ? 'whole arrays' : `1/${blocksAt(level)} of an array`);

const cellOf = (program: PaperKey): TaskEntriesCell => ({ kind: 'task-entries', program });

const FIVE_TUPLE = { source: 32, destination: 32, sourcePort: 16, destinationPort: 16, protocol: 8 };
const ANY = { address: 0, bits: 0 };

/** A task whose nodes take blocks of a level each. */
function taskOf(algorithm: AlgorithmName, level: number, id: number, source: Prefix): MeasurementTask {
  const { chains, nodes } = ALGORITHMS[algorithm];
  return {
    id,
    filter: { source, destination: ANY },
    key: FIVE_TUPLE,
    parameter: { kind: 'constant' },
    algorithm,
    words: (COMPARED_FLYMON.words / blocksAt(level)) * chains * nodes,
  };
}

function flyMonRules(algorithm: AlgorithmName, level: number) {
  const answer = new FlyMon(COMPARED_FLYMON).admit(taskOf(algorithm, level, 0, ANY));
  if (answer.kind === 'refused') throw new Error(`an empty FlyMon has no ${answer.missing} for ${algorithm}`);
  const { initialisation, preprocessing, operation, hashMasks } = answer.rules;
  return { initialisation, preprocessing, operation, hashMasks, rules: initialisation + preprocessing + operation };
}

/** Tasks of one host each until the first refusal. */
function flyMonFilled(algorithm: AlgorithmName, level: number) {
  const peer = new FlyMon(COMPARED_FLYMON);
  for (let id = 0; ; id++) {
    const answer = peer.admit(taskOf(algorithm, level, id, { address: id, bits: 32 }));
    if (answer.kind === 'refused') return { tasks: id, memory: utilizationOf(peer), missing: answer.missing };
  }
}

interface TaskRow {
  readonly program: PaperKey;
  /** Entries of P4runpro. */
  readonly published: number;
  readonly ours: number;
  readonly flyMon: readonly (ReturnType<typeof flyMonRules> &
    ReturnType<typeof flyMonFilled> & { readonly level: number })[];
  /** Programs of P4runpro until the first that does not fit. */
  readonly capacity: Readonly<Record<'published' | 'reproduced' | 'ours', Value>>;
  readonly flyMonMs: number;
  readonly p4runproMs: number;
}

/** The cells of figure 9. */
const fillsOf = (program: PaperKey, setting: Setting) => {
  const of = { workload: program, memoryBytes: PAPER.memoryBytes, cases: PAPER.cases, withCurve: false };
  return { reproduced: publishedFills(of, setting), ours: ourFills(of, setting) };
};

function capacityOf(program: PaperKey, results: Results, setting: Setting): TaskRow['capacity'] {
  const { reproduced, ours } = fillsOf(program, setting);
  const of = (cells: readonly FillCell[]): Value => fromRepeats(cells.map((cell) => results(cell).capacity));
  return {
    published: exactly(numberIn(publishedCapacity(program), 'capacity')),
    reproduced: of(reproduced),
    ours: of(ours),
  };
}

function rowOf(program: PaperKey, algorithm: AlgorithmName, results: Results, setting: Setting): TaskRow {
  const shape = publishedShape(program, PAPER.memoryBytes / BYTES_PER_BUCKET, PAPER.cases);
  const delays = publishedTable('table1.csv').find((row) => textIn(row, 'workload_key') === program);
  return {
    program,
    published: shape.reduce((sum, { entries }) => sum + entries, 0),
    ours: results(cellOf(program)).entries,
    flyMon: LEVELS.map((level) => ({ level, ...flyMonRules(algorithm, level), ...flyMonFilled(algorithm, level) })),
    capacity: capacityOf(program, results, setting),
    flyMonMs: numberIn(delays, 'update_delay_ms_other'),
    p4runproMs: numberIn(delays, 'update_delay_ms_p4runpro'),
  };
}

export const peersRules: Experiment = {
  id: 'peers-rules',
  title: 'Measurement tasks: FlyMon beside P4runpro',
  isExtra: true,
  about:
    'Rules that FlyMon writes for a task, without masks of hash units, by its share of a register array; entries of ' +
    'P4runpro for the same task with 1,024 B a memory: those of the authors’ program in its RPBs (reproduced), and those of ' +
    'ours in all tables (ours). Tasks of FlyMon, with one key and a host each, until its first refusal; programs of P4runpro as ' +
    'in figure 9. The update delays are published figures.',
  columns: { peer: 'FlyMon, reimplemented', ...P4RUNPRO_COLUMNS },
  cells: (setting) =>
    TASKS.flatMap(([program]) => {
      const { reproduced, ours } = fillsOf(program, setting);
      return [cellOf(program), ...reproduced, ...ours];
    }),
  findings(results, setting) {
    const rows = TASKS.map(([program, algorithm]) => rowOf(program, algorithm, results, setting));
    return {
      comparisons: rows.flatMap(comparisonsOf),
      series: [
        {
          name: 'peers-rules',
          rows: rows.flatMap(({ program, published, ours, flyMon }) =>
            flyMon.map(({ level, ...rules }) => ({
              program,
              share: 1 / blocksAt(level),
              ...rules,
              p4runpro_published: published,
              p4runpro_ours: ours,
            })),
          ),
        },
      ],
      figures: [
        {
          name: 'peers-rules',
          caption: 'Rules of FlyMon by the part of a register array that each row takes, and entries of P4runpro',
          draw: (layout) =>
            barPanels({ layout, bars: rows.flatMap(barsOf), x: '', y: 'rules', columns: 2, hasOwnScales: true }),
        },
      ],
      notes: [
        'FlyMon wins HyperLogLog against the authors’ program: the mapping of the key, which is there before the task, gives ' +
          'FlyMon the leading zeros, so whole arrays take two rules; the authors’ program tests the zeros by cases, 27 ' +
          'entries at each of seven depths.',
        'FlyMon translates addresses by rules, one for each block of the task’s size but the first, for each coupon if there ' +
          'are any: small memories cost it the most rules. P4runpro masks and offsets an address in two steps, for memory of ' +
          'any size. Rules that select coupons in a whole array are not counted, as by the published rule those with ' +
          'offset 0 are left out.',
        'FlyMon is our reimplementation of its allocator. Its Bloom filter has one row of 16 coupons, P4runpro’s has three ' +
          'rows. Its switch has 27 arrays of 65,536 words of 16 bits, P4runpro’s 22 of 32 bits. A smallest block of FlyMon ' +
          'has 2,048 words, a memory here 256.',
        'A SuMax of FlyMon needs three groups that follow each other without overlap, of which there is one chain among nine: ' +
          'it uses a third of the arrays. Small Bloom filters end at the entries of preprocessing, 16 for each block but the first.',
      ],
    };
  },
};

function comparisonsOf({ program, published, ours, flyMon, capacity, flyMonMs, p4runproMs }: TaskRow): Comparison[] {
  return [
    unpublished(`${program}, P4runpro: entries`, 'entries', exactly(ours), exactly(published)),
    ...flyMon.map(({ level, rules }) =>
      peerNumber(`${program}, FlyMon, ${shareText(level)}: rules`, 'rules', exactly(rules)),
    ),
    compare({
      quantity: `${program}, P4runpro: programs until the first refusal`,
      unit: 'programs',
      ...capacity,
      tolerance: NOT_COMPARED,
      better: null,
      why: 'Compared in figure 9.',
    }),
    ...flyMon.flatMap(({ level, tasks, memory }) => [
      peerNumber(`${program}, FlyMon, ${shareText(level)}: tasks until the first refusal`, 'tasks', exactly(tasks)),
      peerNumber(
        `${program}, FlyMon, ${shareText(level)}: memory in use at the first refusal`,
        'share',
        exactly(memory),
      ),
    ]),
    publishedOnly(`${program}, FlyMon to P4runpro: update delay`, 'ratio', exactly(flyMonMs / p4runproMs)),
  ];
}

const barsOf = ({ program, published, ours, flyMon }: TaskRow) => [
  { panel: program, group: P4RUNPRO.reproduced, series: P4RUNPRO.reproduced, value: published },
  { panel: program, group: P4RUNPRO.ours, series: P4RUNPRO.ours, value: ours },
  ...flyMon.map(({ level, rules }) => ({
    panel: program,
    group: `FlyMon, ${level === 1 ? 'whole' : `1/${blocksAt(level)}`}`,
    series: 'FlyMon',
    value: rules,
  })),
];
