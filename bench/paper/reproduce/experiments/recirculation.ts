/** Figure 11: throughput and round trip time against the number of recirculations. */
import { counted } from '../../../../compiler/data-plane/counting.js';
import { must } from '../../../../compiler/data-plane/must.js';
import { linePanels, type PanelPoint } from '../../../figures/panels.js';
import type { LossFreeRow } from '../../../measure/timing/loss-free-rate.js';
import { publishedRecirculation } from '../../../measure/timing/published-recirculation.js';
import type { LossFreeCell } from '../cells/switch-cells.js';
import { type Comparison, compare, type Experiment, type Results, type Setting } from '../experiment.js';
import { exactly, type Tolerance } from '../value.js';

const SIZES = [128, 256, 512, 1500];
const RECIRCULATIONS = [0, 1, 2, 3, 4, 5, 6];
/** Rates of the recirculation port: that of the paper, and the one that fits its figures best. */
const STATED_GBPS = 100;
const FITTED_GBPS = 150;

/** Tolerance of a throughput. */
const WITHIN: Tolerance = { kind: 'share', share: 0.05 };

const cellOf = (packetBytes: number, recirculations: number, gbps: number, { scale }: Setting): LossFreeCell => ({
  kind: 'loss-free',
  packetBytes,
  recirculations,
  recirculationGbps: gbps,
  tolerance: scale === 'full' ? 0.002 : 0.02,
});

interface Row {
  readonly packetBytes: number;
  readonly recirculations: number;
  readonly publishedGbps: number;
  readonly publishedRttMs: number;
  readonly stated: LossFreeRow;
  readonly fitted: LossFreeRow;
}

function rowsOf(results: Results, setting: Setting): Row[] {
  const published = publishedRecirculation();
  return SIZES.flatMap((packetBytes) =>
    RECIRCULATIONS.map((recirculations) => {
      const row = published.find((each) => each.packetBytes === packetBytes && each.recirculations === recirculations);
      if (row === undefined) throw new Error(`nothing published for ${packetBytes} B`);
      return {
        packetBytes,
        recirculations,
        publishedGbps: row.throughputGbps,
        publishedRttMs: row.rttIncreaseMs,
        stated: results(cellOf(packetBytes, recirculations, STATED_GBPS, setting)),
        fitted: results(cellOf(packetBytes, recirculations, FITTED_GBPS, setting)),
      };
    }),
  );
}

export const fig11: Experiment = {
  id: 'fig11',
  title: 'Figure 11  Recirculation: throughput and round trip time',
  about:
    'The largest rate without loss, with preamble and gap, and the latency of a packet in an empty switch. Ours: the ' +
    'recirculation port has the 100 Gbit/s that the paper states. Reproduced: 150 Gbit/s, which fits its figures best.',
  columns: { reproduced: 'reproduced, at 150 Gbit/s', ours: 'ours, at 100 Gbit/s' },
  cells: (setting) =>
    [STATED_GBPS, FITTED_GBPS].flatMap((gbps) =>
      SIZES.flatMap((size) => RECIRCULATIONS.map((count) => cellOf(size, count, gbps, setting))),
    ),
  findings(results, setting) {
    const rows = rowsOf(results, setting);
    const first = must(rows[0]?.stated.latencyNs, 'first row');
    return {
      comparisons: rows.map(throughputOf),
      series: [
        {
          name: 'fig11',
          rows: rows.map(({ packetBytes, recirculations, publishedGbps, publishedRttMs, stated, fitted }) => ({
            packet_bytes: packetBytes,
            recirculations,
            published_gbps: publishedGbps,
            gbps_at_150: fitted.throughputGbps,
            gbps_at_100: stated.throughputGbps,
            published_rtt_increase_ms: publishedRttMs,
            latency_increase_ms: (stated.latencyNs - first) / 1e6,
          })),
        },
      ],
      figures: [
        {
          name: 'fig11a',
          caption: 'Throughput without loss',
          draw: (layout) =>
            linePanels({
              layout,
              points: rows.flatMap(throughputPoints),
              x: 'recirculations',
              y: 'Gbit/s',
              columns: 2,
            }),
        },
        {
          name: 'fig11b',
          caption: 'Latency of an empty switch above that of 128 bytes without recirculation',
          draw: (layout) =>
            linePanels({
              layout,
              points: rows.map((row) => latencyPoint(row, first)),
              x: 'recirculations',
              y: 'µs',
              columns: 1,
            }),
        },
      ],
      notes: [
        `The tolerance of rates is ${setting.scale === 'full' ? 0.2 : 2} %.`,
        'With k recirculations, a port of 100 Gbit/s leaves 100 / k, less the header that carries the state. The published ' +
          'figures are near 150 / k: the pipe of the authors’ chip seems to have had more recirculation bandwidth than one port.',
        'The published round trip times include queues and hosts (up to 1.7 ms), so they cannot stand beside the latency of an ' +
          'empty switch, 0.5 µs for each pass; fig11.csv has both.',
      ],
    };
  },
};

const throughputOf = ({ packetBytes, recirculations, publishedGbps, stated, fitted }: Row): Comparison =>
  compare({
    quantity: `${bytesText(packetBytes)}, ${counted(recirculations, 'recirculation')}: throughput`,
    unit: 'Gbit/s',
    published: exactly(publishedGbps),
    reproduced: exactly(fitted.throughputGbps),
    ours: exactly(stated.throughputGbps),
    tolerance: WITHIN,
    better: null,
    why: throughputWhy(publishedGbps, stated.throughputGbps, fitted.throughputGbps, recirculations),
  });

function throughputWhy(published: number, stated: number, fitted: number, recirculations: number): string {
  const differs = (ours: number): boolean => Math.abs(ours - published) > 0.05 * published;
  const sentences: string[] = [];
  if (differs(stated)) sentences.push('The published rate is more than one port of 100 Gbit/s can recirculate.');
  if (differs(fitted) && recirculations === 1) {
    sentences.push('One recirculation at 150 Gbit/s has no loss here; the paper does not explain its loss.');
  } else if (differs(fitted)) sentences.push('The published loss does not grow with the recirculated bytes.');
  return sentences.join(' ');
}

const bytesText = (bytes: number): string => `${bytes.toLocaleString('en-US')} B`;
const panelOf = ({ packetBytes }: Row): string => bytesText(packetBytes);

function throughputPoints(row: Row): PanelPoint[] {
  const { recirculations: x, publishedGbps, stated, fitted } = row;
  return [
    { panel: panelOf(row), series: 'published', x, y: publishedGbps },
    { panel: panelOf(row), series: 'reproduced', x, y: fitted.throughputGbps },
    { panel: panelOf(row), series: 'ours', x, y: stated.throughputGbps },
  ];
}

const latencyPoint = ({ packetBytes, recirculations, stated }: Row, firstNs: number): PanelPoint => ({
  panel: '',
  series: bytesText(packetBytes),
  x: recirculations,
  y: (stated.latencyNs - firstNs) / 1000,
});
