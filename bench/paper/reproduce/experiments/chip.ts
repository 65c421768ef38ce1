/** Table 2 and figure 10: resources of the chip that a data plane uses, computed from its description. */
import { must } from '../../../../compiler/data-plane/must.js';
import {
  type Resource,
  type ResourceReport,
  resourceReport,
} from '../../../../compiler/data-plane/resources/resources.js';
import { publishedFigure, publishedTable } from '../../../../hw-driver/cli/kit/published-figures.js';
import { barPanels } from '../../../figures/panels.js';
import { experimentPlane } from '../cells/fill.js';
import { type Comparison, compare, type Experiment, type Findings, publishedOnly } from '../experiment.js';
import { exactly, FIXED, type Tolerance } from '../value.js';

/** The authors' data plane, and our data plane for the same chip. */
const reports = () => ({
  reproduced: resourceReport(experimentPlane('published')),
  ours: resourceReport(experimentPlane('tofino1')),
});

const FIGURE_10: readonly (readonly [string, Resource])[] = [
  ['PHV', 'phvBits'],
  ['Hash unit', 'hashDistributionUnits'],
  ['SRAM', 'sramBlocks'],
  ['TCAM', 'tcamBlocks'],
  ['VLIW', 'vliwWords'],
  ['SALU', 'statefulAlus'],
  ['Logical table ID', 'logicalTables'],
];

/** Printed figures have two digits. */
const PRINTED: Tolerance = { kind: 'distance', distance: 0.01 };

const FIGURE_10_WHY: Partial<Record<string, string>> = {
  SALU:
    'The open back end (p4c) and the model give 22 of 48 stateful ALUs for the authors’ program, 0.46: one for each RPB. ' +
    'The printed 0.56 would be 27.',
  VLIW: 'The open back end and the model give 383 of 384 words for the authors’ program, 1.00; the paper prints 0.97.',
  PHV: 'Ours parses and edits more header fields.',
  'Logical table ID':
    'Ours has 33 tables, theirs 29: a filter for packets without ports, its condition, and two of UDP checksums.',
};

const shareOf = (report: ResourceReport, resource: Resource): number => {
  const use = report.total.find((each) => each.resource === resource);
  return use === undefined ? 0 : use.used / use.available;
};

export const fig10: Experiment = {
  id: 'fig10',
  title: 'Figure 10  Resources of the chip',
  about:
    'Share of one pipe of a Tofino 1. Reproduced: the model on the data plane `published`. Ours: on `tofino1`, our data ' +
    'plane made to fit the same chip. PHV is an estimate.',
  cells: () => [],
  findings(): Findings {
    const { reproduced, ours } = reports();
    const rows = FIGURE_10.map(([name, resource]) => ({
      resource: name,
      published: publishedFigure('fig10.csv', name, 'utilization') ?? Number.NaN,
      reproduced: shareOf(reproduced, resource),
      ours: shareOf(ours, resource),
    }));
    return {
      comparisons: rows.map(({ resource, ...shares }) =>
        compare({
          quantity: resource,
          unit: 'share',
          published: exactly(shares.published),
          reproduced: exactly(shares.reproduced),
          ours: exactly(shares.ours),
          tolerance: PRINTED,
          better: 'lower',
          why: FIGURE_10_WHY[resource] ?? 'Ours has other tables and actions in the same stages.',
        }),
      ),
      series: [{ name: 'fig10', rows }],
      figures: [
        {
          name: 'fig10',
          caption: 'Resources of the data plane as a share of one pipe',
          draw: (layout) =>
            barPanels({
              layout,
              bars: rows.flatMap(({ resource, ...shares }) =>
                (['published', 'reproduced', 'ours'] as const).map((series) => ({
                  panel: 'Tofino 1',
                  group: resource,
                  series,
                  value: shares[series],
                })),
              ),
              x: 'resource',
              y: 'share of the pipe',
              columns: 1,
            }),
        },
      ],
      notes: ['compiler/data-plane/resources has the formula of each resource, with its source.'],
    };
  },
};

export const table2: Experiment = {
  id: 'table2',
  title: 'Table 2  Latency, power, traffic limit',
  about:
    'Match-action cycles, and watts of four pipes at full load: an estimate by the published costs per access of the open ' +
    'Tofino back end, which leaves out parsers, queues and ports.',
  cells: () => [],
  findings(): Findings {
    const { reproduced, ours } = reports();
    const rows = TABLE_2.map(([quantity, unit, column, of]) => ({
      quantity,
      unit,
      published: publishedOf('P4runpro', column),
      reproduced: of(reproduced),
      ours: of(ours),
    }));
    return {
      comparisons: [
        ...rows.map(({ quantity, unit, ...figures }) => table2Row(quantity, unit, figures)),
        ...PEERS.flatMap((system) =>
          TABLE_2.map(([quantity, unit, column]) =>
            publishedOnly(`${system}: ${quantity}`, unit, exactly(publishedOf(system, column))),
          ),
        ),
      ],
      tables: [
        {
          head: ['', 'P4runpro, published', ...PEERS.map((system) => `${system}, published`), 'reproduced', 'ours'],
          rows: TABLE_2.map(([quantity, unit, column, of]) => [
            `${quantity}, ${unit}`,
            ...['P4runpro', ...PEERS].map((system) => publishedOf(system, column)),
            of(reproduced),
            of(ours),
          ]),
        },
      ],
      series: [
        { name: 'table2', rows },
        { name: 'table2-published', rows: publishedTable('table2.csv') },
      ],
      figures: [],
      notes: ['Figures of ActiveRMT and FlyMon are the published ones.'],
    };
  },
};

const PEERS = ['ActiveRMT', 'FlyMon'];

const publishedOf = (system: string, column: string): number =>
  must(publishedFigure('table2.csv', system, column), `figure ${column} of ${system}`);

const TABLE_2: readonly (readonly [string, string, string, (report: ResourceReport) => number])[] = [
  ['latency, ingress', 'cycles', 'latency_ingress_cycles', ({ ingressCycles }) => ingressCycles],
  ['latency, egress', 'cycles', 'latency_egress_cycles', ({ egressCycles }) => egressCycles],
  ['latency', 'cycles', 'latency_total_cycles', ({ ingressCycles, egressCycles }) => ingressCycles + egressCycles],
  ['power, ingress', 'W', 'power_ingress_w', ({ power }) => power.ingressWatts],
  ['power, egress', 'W', 'power_egress_w', ({ power }) => power.egressWatts],
  ['power', 'W', 'power_total_w', ({ power }) => power.ingressWatts + power.egressWatts],
  ['traffic limit', '% of load', 'traffic_limit_load_percent', ({ power }) => power.loadPercent],
];

function table2Row(
  quantity: string,
  unit: string,
  { published, reproduced, ours }: { published: number; reproduced: number; ours: number },
): Comparison {
  return compare({
    quantity,
    unit,
    published: exactly(published),
    reproduced: exactly(reproduced),
    ours: exactly(ours),
    tolerance: FIXED,
    better: quantity === 'traffic limit' ? 'higher' : 'lower',
    why: 'Ours has other tables in the same stages.',
  });
}
