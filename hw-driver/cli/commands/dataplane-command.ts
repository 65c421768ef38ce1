/** `p4runpro dataplane`: the chip resources that a data plane uses, beside the published figures. */

import type { Argv } from 'yargs';
import { must } from '../../../compiler/data-plane/must.js';
import {
  type Resource,
  type ResourceReport,
  resourceReport,
} from '../../../compiler/data-plane/resources/resources.js';
import type { Excess } from '../../../compiler/data-plane/resources/stage-use.js';
import { TOFINO_1 } from '../../../compiler/index.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT } from '../kit/command-line.js';
import { loadDataPlane } from '../kit/inputs.js';
import { publishedFigure } from '../kit/published-figures.js';
import { JSON_OPTION } from '../kit/shared-options.js';

const dataplaneOptions = (yargs: Argv) =>
  yargs
    .positional('dataplane', {
      type: 'string',
      default: 'default',
      describe: 'Name of a data plane, or a JSON file with its description',
    })
    .options(JSON_OPTION)
    .example('$0 dataplane tofino1', 'A data plane that fits a Tofino 1')
    .example('$0 dataplane tofino2', 'One that fits a Tofino 2')
    .example('$0 dataplane default', 'A data plane that does not fit, and the resources that it exceeds')
    .epilogue(
      "Columns beside it, for a Tofino 1: the resources that the open p4c reports for the authors' program (p4c, authors) and for the " +
        "output of 'p4runpro p4' (p4c, tofino1), and the figures that the paper prints for the authors' program (fig. 10, " +
        'table 2). The PHV bits are an estimate; words of a group are the registers and the words that actions exchange with them. Below stands where the numbers of the chip are from.',
    );

type DataplaneArguments = ArgumentsOf<typeof dataplaneOptions>;

interface Names {
  readonly text: string;
  /** Rows of p4c-resources.csv and fig10.csv, which are of a Tofino 1. */
  readonly p4c?: string;
  readonly figure10?: string;
}

const NAMES: Readonly<Record<Resource, Names>> = {
  phvBits: { text: 'PHV bits', p4c: 'phv', figure10: 'PHV' },
  normalPhvBits: { text: 'of those, in normal containers' },
  ingressWords: { text: 'ingress words of a group' },
  egressWords: { text: 'egress words of a group' },
  tcamBlocks: { text: 'TCAM blocks', p4c: 'tcam', figure10: 'TCAM' },
  sramBlocks: { text: 'SRAM blocks', p4c: 'sram', figure10: 'SRAM' },
  mapRams: { text: 'map RAMs', p4c: 'map_ram' },
  statefulAlus: { text: 'stateful ALUs', p4c: 'stateful_alus', figure10: 'SALU' },
  logicalTables: { text: 'logical tables', p4c: 'logical_tables', figure10: 'Logical table ID' },
  hashDistributionUnits: {
    text: 'hash distribution units',
    p4c: 'hash_distribution_units',
    figure10: 'Hash unit',
  },
  hashBits: { text: 'hash bits', p4c: 'hash_bits' },
  vliwWords: { text: 'VLIW words', p4c: 'vliw_words', figure10: 'VLIW' },
};

function dataplane(args: DataplaneArguments): number {
  const report = resourceReport(loadDataPlane(args.dataplane));
  process.stdout.write(args.json ? `${JSON.stringify(documentOf(report), null, 1)}\n` : reportText(report));
  return EXIT.done;
}

export const dataplaneCommand = command(dataplaneOptions, dataplane);

function documentOf(report: ResourceReport): object {
  const total = report.total.map((use) => ({
    ...use,
    share: use.used / use.available,
    ...(isOfPublishedChip(report) ? { published: figuresOf(use.resource) } : {}),
  }));
  return { schema: 'p4runpro/dataplane@1', ...report, total };
}

interface Figures {
  readonly p4c: number | undefined;
  readonly p4cTofino1: number | undefined;
  readonly figure10: number | undefined;
}

const figuresOf = (resource: Resource): Figures => {
  const { p4c, figure10 } = NAMES[resource];
  return {
    p4c: p4c === undefined ? undefined : publishedFigure('p4c-resources.csv', p4c, 'used'),
    p4cTofino1: p4c === undefined ? undefined : publishedFigure('p4c-resources.csv', p4c, 'tofino1'),
    figure10: figure10 === undefined ? undefined : publishedFigure('fig10.csv', figure10, 'utilization'),
  };
};

function reportText(report: ResourceReport): string {
  const published = isOfPublishedChip(report);
  const rows = [
    ['', 'used', 'of', 'share', ...(published ? ['p4c, authors', 'p4c, tofino1', 'fig. 10'] : [])],
    ...report.total.map(({ resource, used, available }) => {
      const { p4c, p4cTofino1, figure10 } = figuresOf(resource);
      const share = (used / available).toFixed(3);
      const theirs = published ? [shown(p4c), shown(p4cTofino1), shown(figure10, 2)] : [];
      return [NAMES[resource].text, grouped(used), grouped(available), share, ...theirs];
    }),
  ];
  return [
    `${report.dataPlane} on one pipe of a ${report.chip}`,
    '',
    columns(rows),
    '',
    columns(latencyAndPower(report)),
    '',
    verdict(report),
    '',
    'Where the numbers of the chip are from:',
    ...report.sources.map(({ numbers, source }) => `  ${numbers}\n    ${source}`),
    '',
  ].join('\n');
}

/** Published figures are of a Tofino 1: they say nothing of another chip. */
const isOfPublishedChip = ({ chip }: ResourceReport): boolean => chip === TOFINO_1.name;

function latencyAndPower(report: ResourceReport): string[][] {
  const { ingressCycles, egressCycles, power } = report;
  const { ingressWatts, egressWatts, loadPercent } = power;
  const table2 = (column: string): number | undefined => publishedFigure('table2.csv', 'P4runpro', column);
  const parts = ['ingress', 'egress', 'total'] as const;
  const ours = (text: string, [ingress, egress]: readonly [number, number], digits: number): string[] => [
    text,
    ...[ingress, egress, ingress + egress].map((value) => value.toFixed(digits)),
  ];
  const published = isOfPublishedChip(report);
  const theirs = (text: string, figure: (part: string) => string, digits: number): string[][] =>
    published ? [[text, ...parts.map((part) => shown(table2(figure(part)), digits))]] : [];
  const atLoad = [ingressWatts, egressWatts].map((watts) => (watts * loadPercent) / 100) as [number, number];
  const theirLoad = shown(table2('traffic_limit_load_percent'));
  return [
    ['', ...parts],
    ours('cycles', [ingressCycles, egressCycles], 0),
    ...theirs('  in table 2', (part) => `latency_${part}_cycles`, 0),
    ours('watts, four pipes', [ingressWatts, egressWatts], 2),
    ...theirs('  in table 2', (part) => `power_${part}_w`, 2),
    ours(`watts at a load of ${loadPercent} %${published ? ` (table 2: ${theirLoad} %)` : ''}`, atLoad, 2),
  ];
}

const shown = (figure: number | undefined, digits = 0): string =>
  figure === undefined
    ? '-'
    : figure.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const grouped = (count: number): string => count.toLocaleString('en-US');

/** Columns of equal width, the first to the left. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i === 0
          ? cell.padEnd(must(widths[i], 'width of a column'))
          : cell.padStart(must(widths[i], 'width of a column')),
      )
      .join('  ');
  return rows.map(line).join('\n');
}

function verdict({ excesses, chip }: ResourceReport): string {
  if (excesses.length === 0) return `It fits a ${chip}.`;
  return [`It does not fit a ${chip}:`, ...excesses.map(excessText)].join('\n');
}

export const excessText = ({ stage, unit, used, available }: Excess): string =>
  `  ${stage === undefined ? 'PHV' : `stage ${stage}`}: ${used} ${NAMES[unit].text} of ${available}, ${used - available} too many`;
