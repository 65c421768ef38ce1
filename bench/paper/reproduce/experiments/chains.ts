/** Beyond the paper's figures: switches in a row in place of recirculation, which its section 4.1.3 names. */
import { counted } from '../../../../compiler/data-plane/counting.js';
import { must } from '../../../../compiler/data-plane/must.js';
import { barPanels, linePanels } from '../../../figures/panels.js';
import { PROGRAM_KINDS, type ProgramKey } from '../../../workloads/program-kind.js';
import type { ChainCell, ChainRate } from '../cells/chain.js';
import type { FillCell, FillResult } from '../cells/fill.js';
import { type Comparison, type Experiment, type Results, type Setting, unpublished } from '../experiment.js';
import { ourFill, PAPER } from '../paper-setting.js';
import { exactly } from '../value.js';

/** All programs that ship of two passes on the least data plane that they need; none has more. */
export const PROGRAMS: readonly ProgramKey[] = ['hh', 'nc', 'netlock', 'hh6', 'switchml', 'rtt', 'conquest'];
const PASSES_OF_PROGRAMS = 2;
/** Switches of which the capacity is computed; 1: one that recirculates. */
const FILLED = [1, 2, 3];
const PASSES = [2, 3, 4, 5];
const PACKET_BYTES = 256;
/** 2 m of cable: signals travel 1 m in 5 ns. */
const BETWEEN_NS = 10;

const rateCell = (program: ChainCell['program'], switches: number, { scale, seed }: Setting): ChainCell => ({
  kind: 'chain',
  program,
  switches,
  packetBytes: PACKET_BYTES,
  memoryBytes: PAPER.memoryBytes,
  cases: PAPER.cases,
  betweenSwitchesNs: BETWEEN_NS,
  tolerance: scale === 'full' ? 0.002 : 0.02,
  seed,
});

const fillCell = (workload: ProgramKey, switches: number, { seed }: Setting): FillCell => {
  const { dataPlane } = PROGRAM_KINDS[workload];
  return ourFill(workload, seed, {
    ...(dataPlane === 'default' ? {} : { dataPlane }),
    ...(switches === 1 ? {} : { switches, recirculations: 0 }),
  });
};

/** A program by both ways. */
interface Row {
  readonly name: string;
  readonly recirculating: ChainRate;
  readonly chained: ChainRate;
}

interface Capacities {
  readonly name: ProgramKey;
  /** By place in {@link FILLED}. */
  readonly filled: readonly FillResult[];
}

export const chains: Experiment = {
  id: 'chains',
  title: 'Switches in a row in place of recirculation',
  isExtra: true,
  about:
    `Each program that takes two passes, in one switch that recirculates (reproduced) and over two switches in a row (ours): ` +
    `the largest rate without loss of packets of ${PACKET_BYTES} bytes on one port of 100 Gbit/s, the longest latency of ` +
    'packets that meet no other, and how many programs fit, over three switches too. The line between two switches has the rate of a port too. ' +
    'Then the same of programs of dependent steps that fill two passes and more.',
  columns: { reproduced: 'one switch, recirculating', ours: 'switches in a row' },
  cells: (setting) => [
    ...PROGRAMS.flatMap((program) => [1, PASSES_OF_PROGRAMS].map((switches) => rateCell(program, switches, setting))),
    ...PASSES.flatMap((passes) => [1, passes].map((switches) => rateCell(passes, switches, setting))),
    ...PROGRAMS.flatMap((program) => FILLED.map((switches) => fillCell(program, switches, setting))),
  ],
  findings(results, setting) {
    const programs = PROGRAMS.map((program) => rowOf(program, program, PASSES_OF_PROGRAMS, results, setting));
    const lengths = PASSES.map((passes) => rowOf(counted(passes, 'pass'), passes, passes, results, setting));
    const capacities = PROGRAMS.map(
      (name): Capacities => ({ name, filled: FILLED.map((switches) => results(fillCell(name, switches, setting))) }),
    );
    return {
      comparisons: [
        ...[...programs, ...lengths].flatMap(ratesOf),
        ...capacities.flatMap(({ name, filled: [single, ...rows] }) =>
          rows.map(({ capacity }, i) =>
            unpublished(
              `${name}: capacity of ${counted(must(FILLED[i + 1], 'number of switches'), 'switch')}`,
              'programs',
              exactly(capacity),
              exactly(must(single, 'capacity of one switch').capacity),
            ),
          ),
        ),
      ],
      series: [
        { name: 'chains', rows: [...programs, ...lengths].map(csvRow) },
        {
          name: 'chains-capacity',
          rows: capacities.flatMap(({ name, filled }) =>
            filled.map(({ capacity, entries, memory, failure }, i) => ({
              program: name,
              switches: must(FILLED[i], 'number of switches'),
              capacity,
              entries_in_use: entries,
              memory_in_use: memory,
              failure,
            })),
          ),
        },
      ],
      figures: [ratesFigure(lengths), capacityFigure(capacities)],
      notes: notesOf(programs),
    };
  },
};

function rowOf(name: string, program: ChainCell['program'], switches: number, results: Results, setting: Setting): Row {
  const of = (count: number): ChainRate => results(rateCell(program, count, setting));
  return { name, recirculating: of(1), chained: of(switches) };
}

/** Programs that do not fit a chain have no numbers there: the notes say why. */
function ratesOf({ name, recirculating, chained }: Row): Comparison[] {
  return (
    [
      ['throughput', 'Gbit/s', 'throughputGbps'],
      ['latency', 'ns', 'latencyNs'],
    ] as const
  ).flatMap(([quantity, unit, key]) => {
    const [one, row] = [recirculating[key], chained[key]];
    if (one === null || row === null) return [];
    return [unpublished(`${name}: ${quantity}`, unit, exactly(row), exactly(one))];
  });
}

const csvRow = ({ name, recirculating, chained }: Row) => ({
  program: name,
  recirculating_gbps: recirculating.throughputGbps,
  in_a_row_gbps: chained.throughputGbps,
  recirculating_latency_ns: recirculating.latencyNs,
  in_a_row_latency_ns: chained.latencyNs,
  state_bytes: chained.stateBytes,
});

const SERIES = { recirculating: 'one switch, recirculating', chained: 'switches in a row' } as const;
type Way = keyof typeof SERIES;
const WAYS: readonly Way[] = ['recirculating', 'chained'];

const ratesFigure = (rows: readonly Row[]): ReturnType<Experiment['findings']>['figures'][number] => ({
  name: 'chains',
  caption: 'Programs of dependent steps, by the passes that they take',
  draw: (layout) =>
    linePanels({
      layout,
      points: rows.flatMap((row, i) =>
        WAYS.flatMap((way) => {
          const { throughputGbps, latencyNs } = row[way];
          const x = PASSES[i];
          if (x === undefined || throughputGbps === null || latencyNs === null) return [];
          const series = SERIES[way];
          return [
            { panel: 'throughput without loss, Gbit/s', series, x, y: throughputGbps },
            { panel: 'latency of an empty switch, µs', series, x, y: latencyNs / 1000 },
          ];
        }),
      ),
      x: 'passes, or switches in a row',
      y: '',
      columns: 2,
      hasOwnScales: true,
    }),
});

const capacityFigure = (rows: readonly Capacities[]): ReturnType<Experiment['findings']>['figures'][number] => ({
  name: 'chains-capacity',
  caption: 'Programs until the first that does not fit',
  draw: (layout) =>
    barPanels({
      layout,
      bars: rows.flatMap(({ name, filled }) =>
        filled.map(({ capacity }, i) => ({
          panel: '',
          group: name,
          series: FILLED[i] === 1 ? SERIES.recirculating : `${FILLED[i]} in a row`,
          value: capacity,
          least: capacity,
          greatest: capacity,
        })),
      ),
      x: '',
      y: 'programs',
      columns: 1,
    }),
});

function notesOf(programs: readonly Row[]): string[] {
  const misfits = programs.flatMap(({ name, chained }) => (chained.failure === null ? [] : [name]));
  return [
    'One packet takes the recirculation port once for each pass but the first, and each line of a chain once. So with two passes ' +
      'both ways carry the same bytes on one line, and only the third pass and those after it cost a switch its rate.',
    'A chain adds the delay of its cables to the time of the passes. Latencies of MACs, parsers and traffic managers are ' +
      'parameters of the data plane, by default 0, as no figures are public.',
    'Two switches do not hold twice the programs of one: FORWARD, RETURN and REPORT lie in an ingress, so programs that end with ' +
      'them leave the last egress empty, and long ones have few places before it. A third switch gives them room.',
    ...(misfits.length === 0
      ? []
      : [`Over no number of switches: ${misfits.join(', ')}, as a memory is accessed a second time in a later pass.`]),
  ];
}
