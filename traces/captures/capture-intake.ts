/** Selects the packets of captures that are read into batches, and counts them; one intake for all captures of a run. */
import { CaptureError } from './capture-error.js';
import {
  DEFAULT_LINK_ADDRESSES,
  LINK_TYPE_ETHERNET,
  type LinkAddresses,
  type LinkKind,
  linkKind,
  linkTypeName,
  type OtherLink,
} from './link-type.js';
import { TimeSelection, type TimeSelectionOptions } from './time-selection.js';
import { decimalSeconds } from './time-stamp.js';

/** Selection and adjustment of the packets of captures. */
export interface CaptureOptions extends TimeSelectionOptions {
  /**
   * Of the Ethernet header that packets of other links get. Without them, the sender's address that a cooked header has
   * is the source, and the rest is {@link DEFAULT_LINK_ADDRESSES}.
   */
  readonly linkAddresses?: LinkAddresses | undefined;
  /** Whether packets of unsupported link types are skipped and counted; otherwise the first one is an error. */
  readonly skipOtherLinks?: boolean | undefined;
  /** Number of ports, from 0. Packets of other ports, as named by a capture, are skipped and counted. */
  readonly ports?: number | undefined;
}

/** Packets of all interfaces with the same link type and port. */
export interface IntakeSource {
  readonly linkType: number;
  readonly link: LinkKind;
  /** The link, if it needs an Ethernet header. */
  readonly otherLink: OtherLink | undefined;
  /** Switch port from the name of the interface, see `portName`. */
  readonly port: number | undefined;
  /** Why its packets are skipped. */
  readonly leftOut: 'link' | 'port' | undefined;
  /** Number of packets read, or skipped for this reason. */
  packets: number;
}

/** Packets of captures read and skipped, as JSON. */
export interface CaptureAccount {
  /** Packets by link type: read, or skipped because of the link or port. */
  readonly links: readonly {
    readonly linkType: number;
    readonly name: string;
    readonly packets: number;
    readonly read: 'as it is' | 'with an Ethernet header' | 'not';
  }[];
  /** Number of packets of other links whose protocol has no ether type. */
  readonly withoutEtherType: number;
  /** Number of packets read without a time stamp. */
  readonly untimed: number;
  /** Number of packets skipped because of their time stamps, and of those without one where times are selected. */
  readonly outsideTimes: number;
  readonly untimedOutside: number;
  /** Number of shortened gaps, and the exact total of removed seconds. */
  readonly gapsSqueezed: number;
  readonly squeezedSeconds: string;
  /** Packets by port named in captures. `leftOut`: the switch has no such port. */
  readonly ports: readonly { readonly port: number; readonly packets: number; readonly leftOut: boolean }[];
}

/** Maximum number of ports in a batch. */
const MAX_PORTS = 2 ** 16;
const MAX_PORTS_NAMED = 8;

/** Selects and adjusts packets of captures on their way into batches, and counts what it did. */
export class CaptureIntake {
  readonly times: TimeSelection | undefined;
  readonly linkAddresses: LinkAddresses | undefined;
  withoutEtherType = 0;
  untimed = 0;
  /** Sources by link type and port. */
  private readonly sources = new Map<string, IntakeSource>();
  private readonly ports: number;

  constructor(private readonly options: CaptureOptions = {}) {
    const { from, to, squeezeGapsNs, linkAddresses, ports = MAX_PORTS } = options;
    const byTime = [from, to, squeezeGapsNs].some((option) => option !== undefined);
    this.times = byTime ? new TimeSelection(options) : undefined;
    this.linkAddresses = linkAddresses;
    this.ports = ports;
  }

  /** The source for packets of an interface. @param port switch port from its name */
  source(linkType: number, port?: number): IntakeSource {
    const key = `${linkType} ${port}`;
    const known = this.sources.get(key);
    if (known !== undefined) return known;
    const link = linkKind(linkType);
    const isThere = port === undefined || port < this.ports;
    const leftOut = link === 'unsupported' ? 'link' : isThere ? undefined : 'port';
    const made: IntakeSource = {
      linkType,
      link,
      otherLink: typeof link === 'object' ? link : undefined,
      port,
      leftOut,
      packets: 0,
    };
    this.sources.set(key, made);
    return made;
  }

  /** @throws CaptureError 'unsupported-link-type' for a source that cannot be read, unless it may be skipped */
  requireReadable({ linkType, link }: IntakeSource, path: string): void {
    if (link !== 'unsupported' || this.options.skipOtherLinks) return;
    const detail =
      `packets have link type ${linkType} (${linkTypeName(linkType)}): Ethernet (${LINK_TYPE_ETHERNET}), raw IP and ` +
      'Linux cooked captures can be read; --skip-other-links skips others';
    throw new CaptureError('unsupported-link-type', path, detail);
  }

  account(): CaptureAccount {
    const { sources, times } = this;
    const found = [...sources.values()].filter(({ packets }) => packets > 0);
    const packetsOf = (some: readonly IntakeSource[]): number => some.reduce((sum, { packets }) => sum + packets, 0);
    const linkTypes = [...new Set(found.map(({ linkType }) => linkType))].sort((a, b) => a - b);
    const ports = [...new Set(found.flatMap(({ port, leftOut }) => (leftOut === 'link' ? [] : (port ?? []))))];
    return {
      links: linkTypes.map((linkType) => {
        const link = linkKind(linkType);
        return {
          linkType,
          name: linkTypeName(linkType),
          packets: packetsOf(found.filter((source) => source.linkType === linkType)),
          read: link === 'ethernet' ? 'as it is' : link === 'unsupported' ? 'not' : 'with an Ethernet header',
        };
      }),
      withoutEtherType: this.withoutEtherType,
      untimed: this.untimed,
      outsideTimes: times?.outside ?? 0,
      untimedOutside: times?.untimedOutside ?? 0,
      gapsSqueezed: times?.gapsSqueezed ?? 0,
      squeezedSeconds: decimalSeconds(times?.squeezedNs ?? 0n),
      ports: ports
        .sort((a, b) => a - b)
        .map((port) => ({
          port,
          packets: packetsOf(found.filter((source) => source.port === port && source.leftOut !== 'link')),
          leftOut: port >= this.ports,
        })),
    };
  }

  /** The account in sentences: changes made to packets that were read (`done`), and skipped packets (`missing`). */
  notes(): { readonly done: readonly string[]; readonly missing: readonly string[] } {
    return captureNotes(this.account(), this.linkAddresses);
  }
}

const count = (packets: number): string => `${packets.toLocaleString('en-US')} packet${packets === 1 ? '' : 's'}`;
const addressText = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');

/** A list of ports, e.g. `port 63, port 65535 and 4 others`. */
export function portList(ports: readonly { readonly port: number }[]): string {
  const named = ports.slice(0, MAX_PORTS_NAMED).map(({ port }) => `port ${port}`);
  const others = ports.length - named.length;
  return `${named.join(', ')}${others === 0 ? '' : ` and ${others} others`}`;
}

function captureNotes(account: CaptureAccount, asked: LinkAddresses | undefined) {
  const { source, destination } = asked ?? DEFAULT_LINK_ADDRESSES;
  const other = account.links.filter(({ read }) => read === 'with an Ethernet header');
  const addresses = `${addressText(source)} > ${addressText(destination)}`;
  const own = asked === undefined ? ", or with the sender's address of the cooked header" : '';
  const done = other.map(
    ({ linkType, name, packets }) =>
      `${count(packets)} of link type ${linkType} (${name}) with an Ethernet header added, ${addresses}` +
      (name.startsWith('Linux cooked') ? own : ''),
  );
  if (account.outsideTimes > 0)
    done.push(`${count(account.outsideTimes)} skipped: outside the times of --from and --to`);
  if (account.gapsSqueezed > 0) {
    done.push(
      `${account.gapsSqueezed.toLocaleString('en-US')} gaps shortened, by ${account.squeezedSeconds} s in total`,
    );
  }
  const missing = account.links
    .filter(({ read }) => read === 'not')
    .map(({ linkType, name, packets }) => `${count(packets)} of link type ${linkType} (${name}) skipped`);
  if (account.untimedOutside > 0) missing.push(`${count(account.untimedOutside)} skipped: without a time stamp`);
  if (account.withoutEtherType > 0) {
    missing.push(`${count(account.withoutEtherType)} of a protocol without an ether type, which got 0xffff`);
  }
  const absent = account.ports.filter(({ leftOut }) => leftOut);
  if (absent.length > 0) {
    const packets = absent.reduce((sum, port) => sum + port.packets, 0);
    missing.push(`${count(packets)} skipped: the switch has no ${portList(absent)}`);
  }
  return { done, missing };
}
