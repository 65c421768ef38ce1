/** Marks and traffic of a program that does not ship, derived from its filters. */
import type { DataPlane, FieldMatch, Program } from '../../compiler/index.js';
import type { AddressPattern, PacketTemplate, TrafficTarget } from '../../traces/generate/packet-template.js';
import { UDP_ECHO_PORT } from '../../traces/generate/payload.js';
import { instanceMac, OUTSIDE_HOST_MASK, OUTSIDE_MAC, outsideNetwork } from './addresses.js';
import type { InstanceMark } from './instance-marks.js';

/** A mark on the program's parsing path whose field its filters do not use, if there is one. */
export function markForProgram(program: Program): InstanceMark {
  const filtered = new Set(program.filters.filter(({ mask }) => mask !== 0).map(({ field }) => field.name));
  switch (program.filterTable.path) {
    case 'tunnel':
      return 'tunnel destination';
    case 'L2':
      return 'Ethernet destination';
    default:
      return filtered.has('hdr.ipv4.dst') && !filtered.has('hdr.ipv4.src') ? 'source network' : 'destination network';
  }
}

const PROTOCOL = { tcp: 6, udp: 17 };
const FLOWS = 64;
const APPLICATION_VARIANTS = 8;

/** Packets that match the filters of a program. Bits that filters ignore vary between flows. */
export function trafficForProgram(program: Program, dataPlane: DataPlane, instance: number): TrafficTarget {
  const match = (name: string): FieldMatch | undefined => program.filters.find(({ field }) => field.name === name);
  const value = (name: string): number | undefined => match(name)?.value;
  const base = {
    ingressPort: value('ig_intr_md.ingress_port') ?? 0,
    ethernet: {
      destination: value('hdr.ethernet.dst') ?? instanceMac(instance),
      source: value('hdr.ethernet.src') ?? OUTSIDE_MAC,
    },
    frameBytes: { minimum: 60, maximum: 124 },
  };
  const tunnel = value('hdr.tunnel.dst_id');
  if (tunnel !== undefined) return { variants: [{ ...base, flows: 1, tunnel: { destinationId: tunnel } }] };
  const etherType = value('hdr.ethernet.ether_type');
  if (etherType !== undefined && etherType !== IPV4_ETHER_TYPE) {
    return { variants: [{ ...base, ethernet: { ...base.ethernet, etherType }, flows: 1 }] };
  }
  const protocol = value('hdr.ipv4.protocol') ?? PROTOCOL.udp;
  const destinationPort = value('hdr.l4_port.dst_port') ?? UDP_ECHO_PORT;
  const sourcePort = value('hdr.l4_port.src_port');
  const ports = { destinationPort, ...(sourcePort === undefined ? {} : { sourcePort }) };
  const source = addressPattern(match('hdr.ipv4.src'));
  const destination = addressPattern(match('hdr.ipv4.dst'));
  const freeBits = hostBits(source) + hostBits(destination);
  const packet: PacketTemplate = {
    ...base,
    flows: Math.min(FLOWS, 2 ** Math.min(freeBits, 30)),
    ipv4: { source, destination, protocol },
    ...(protocol === PROTOCOL.udp ? { udp: ports } : {}),
    ...(protocol === PROTOCOL.tcp ? { tcp: { ...ports, flags: 0x10 } } : {}),
  };
  if (protocol !== PROTOCOL.udp || !applicationPorts(dataPlane).includes(destinationPort))
    return { variants: [packet] };
  // Small values in every word, as is typical of operations and keys in application headers.
  const words = Array.from({ length: APPLICATION_VARIANTS }, (_, n) => [n, n + 1, n >>> 1, n * n]);
  return { variants: words.map((applicationWords) => ({ ...packet, applicationWords })) };
}

const IPV4_ETHER_TYPE = 0x0800;

const hostBits = ({ hostMask }: AddressPattern): number => hostMask.toString(2).replaceAll('0', '').length;

function addressPattern(filter: FieldMatch | undefined): AddressPattern {
  if (filter === undefined || filter.mask === 0) return { base: outsideNetwork, hostMask: OUTSIDE_HOST_MASK };
  return { base: filter.value, hostMask: ~filter.mask >>> 0 };
}

/** UDP destination ports after which the parser reads the application header. */
function applicationPorts(dataPlane: DataPlane): number[] {
  const states = Object.values(dataPlane.description.parser.states);
  return states
    .filter(({ select }) => select?.field === 'hdr.l4_port.dst_port')
    .flatMap(({ select }) => (select?.next ?? []).map(({ value }) => value));
}
