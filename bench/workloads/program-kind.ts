/** Facts about each of the programs that ship, besides its text: the fifteen of the paper, and those beyond it. */
import { packageFile } from '../../traces/system/package-root.js';
import type { InstanceMark } from './instance-marks.js';

/** The fifteen programs of the paper. */
export const PAPER_KEYS = [
  'cache',
  'lb',
  'hh',
  'nc',
  'acc',
  'sf',
  'l2',
  'l3',
  'tn',
  'calc',
  'ecn',
  'cms',
  'bf',
  'sm',
  'hll',
] as const;
export type PaperKey = (typeof PAPER_KEYS)[number];

/** In-network programs of other publications. */
export const EXTENDED_KEYS = [
  'netlock',
  'sequencer',
  'cheetah',
  'beaucoup',
  'univmon',
  'dtree',
  'pint',
  'hh6',
  'switchml',
  'rtt',
  'coco',
  'conquest',
] as const;
export type ExtendedKey = (typeof EXTENDED_KEYS)[number];

export type ProgramKey = PaperKey | ExtendedKey;
export const PROGRAM_KEYS: readonly ProgramKey[] = [...PAPER_KEYS, ...EXTENDED_KEYS];

export interface ProgramKind {
  readonly key: ProgramKey;
  readonly title: string;
  /** The field that distinguishes instances. */
  readonly mark: InstanceMark;
  /** Kind of the elastic cases that --cases multiplies; absent for programs without. */
  readonly elastic: 'cached keys' | 'server ports' | undefined;
  /** Whether --memory sets the size of its memories. */
  readonly resizable: boolean;
  /** The least data plane that has what it needs; others may have it, too. */
  readonly dataPlane: 'default' | 'extended';
}

const kind = (
  key: ProgramKey,
  title: string,
  mark: InstanceMark,
  options: Partial<Pick<ProgramKind, 'elastic' | 'resizable' | 'dataPlane'>> = {},
): ProgramKind => ({ key, title, mark, elastic: undefined, resizable: true, dataPlane: 'default', ...options });

const EXTENDED = { dataPlane: 'extended' } as const;

export const PROGRAM_KINDS: Readonly<Record<ProgramKey, ProgramKind>> = {
  cache: kind('cache', 'in-network cache', 'destination network', { elastic: 'cached keys' }),
  lb: kind('lb', 'stateless load balancer', 'destination network', { elastic: 'server ports' }),
  hh: kind('hh', 'heavy hitter detector', 'source network'),
  nc: kind('nc', 'NetCache', 'destination network', { elastic: 'cached keys' }),
  acc: kind('acc', 'database query acceleration', 'destination network'),
  sf: kind('sf', 'stateful firewall', 'network of either side'),
  l2: kind('l2', 'L2 forwarding', 'Ethernet destination'),
  l3: kind('l3', 'L3 routing', 'destination network'),
  tn: kind('tn', 'tunnel', 'tunnel destination'),
  calc: kind('calc', 'calculator', 'destination network'),
  ecn: kind('ecn', 'ECN marking', 'source network'),
  cms: kind('cms', 'count-min sketch', 'source network'),
  bf: kind('bf', 'Bloom filter', 'source network'),
  sm: kind('sm', 'SuMax sketch', 'source network'),
  // Five bits of the hash select the bucket, so the algorithm fixes the size.
  hll: kind('hll', 'HyperLogLog', 'source network', { resizable: false }),
  // Constants of the text fix the sizes of memories of these, too, but for beaucoup.
  netlock: kind('netlock', 'test-and-set locks', 'destination network', { resizable: false }),
  sequencer: kind('sequencer', 'sequencer', 'destination network', { resizable: false }),
  cheetah: kind('cheetah', 'load balancer with cookies', 'destination network', { resizable: false }),
  beaucoup: kind('beaucoup', 'distinct counting with coupons', 'destination network'),
  univmon: kind('univmon', 'universal sketch', 'source network', { resizable: false }),
  dtree: kind('dtree', 'decision tree', 'destination network'),
  pint: kind('pint', 'telemetry of one sampled hop', 'destination network', { ...EXTENDED, resizable: false }),
  hh6: kind('hh6', 'heavy hitter detector for IPv6', 'IPv6 source network', EXTENDED),
  coco: kind('coco', 'sources by packets, with random replacement', 'destination network', {
    ...EXTENDED,
    resizable: false,
  }),
  conquest: kind('conquest', 'flows that fill the queue', 'source network', EXTENDED),
  rtt: kind('rtt', 'round-trip times of TCP', 'network of either side', EXTENDED),
  switchml: kind('switchml', 'aggregation of workers', 'destination network', { ...EXTENDED, resizable: false }),
};

export const isProgramKey = (text: string): text is ProgramKey => PROGRAM_KEYS.some((key) => key === text);

export const isExtendedKey = (key: ProgramKey): key is ExtendedKey => EXTENDED_KEYS.some((other) => other === key);

export const isPaperKey = (key: ProgramKey): key is PaperKey => !isExtendedKey(key);

/** The path of a program's file. */
export const programFile = (key: ProgramKey): string =>
  packageFile('bench', 'programs', ...(isExtendedKey(key) ? ['extended'] : []), `${key}.p4runpro`);
