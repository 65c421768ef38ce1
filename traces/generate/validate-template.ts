import type { Ipv4Template, PacketTemplate, TrafficTarget, TransportPorts } from './packet-template.js';
import { TrafficError } from './traffic-error.js';

/** IP protocol numbers, https://www.iana.org/assignments/protocol-numbers. */
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
/** The ether type of {@link PacketTemplate.tunnel}. */
export const ETHER_TYPE_TUNNEL = 0x1111;
export const ETHER_TYPE_IPV4 = 0x0800;

/** Below this the field is a length, not a type (IEEE 802.3). */
const MINIMUM_ETHER_TYPE = 0x600;
/** An IPv4 packet may have 65,535 bytes; frames no longer than that keep every length field valid. */
const MAXIMUM_FRAME_BYTES = 65_535;
const MAXIMUM_OPTION_WORDS = 10;
/** Enough for any request header, and small enough for every frame. */
const MAXIMUM_APPLICATION_WORDS = 256;

const BITS_48 = 2 ** 48 - 1;
const BITS_32 = 2 ** 32 - 1;
const BITS_16 = 2 ** 16 - 1;

/** @param template its name in errors @param field of it; put together only for an error, as there are many templates */
function requireInteger(
  value: number | undefined,
  minimum: number,
  maximum: number,
  template: string,
  field: string,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) return;
  const detail = `${value} is not an integer from ${minimum} to ${maximum}`;
  throw new TrafficError('out-of-range', `${template}.${field}`, detail);
}

function requireWords(
  words: readonly number[] | undefined,
  maximumWords: number,
  template: string,
  field: string,
): void {
  if (words === undefined) return;
  requireInteger(words.length, 0, maximumWords, template, `${field}.length`);
  words.forEach((word, i) => {
    requireInteger(word, 0, BITS_32, template, `${field}[${i}]`);
  });
}

function requirePorts(ports: TransportPorts, template: string, protocol: 'udp' | 'tcp'): void {
  requireInteger(ports.sourcePort, 0, BITS_16, template, `${protocol}.sourcePort`);
  requireInteger(ports.destinationPort, 0, BITS_16, template, `${protocol}.destinationPort`);
}

function requireIpv4(ipv4: Ipv4Template, template: string): void {
  requireInteger(ipv4.source.base, 0, BITS_32, template, 'ipv4.source.base');
  requireInteger(ipv4.source.hostMask, 0, BITS_32, template, 'ipv4.source.hostMask');
  requireInteger(ipv4.destination.base, 0, BITS_32, template, 'ipv4.destination.base');
  requireInteger(ipv4.destination.hostMask, 0, BITS_32, template, 'ipv4.destination.hostMask');
  requireInteger(ipv4.protocol, 0, 255, template, 'ipv4.protocol');
  requireInteger(ipv4.ttl, 0, 255, template, 'ipv4.ttl');
  requireInteger(ipv4.ecn, 0, 3, template, 'ipv4.ecn');
  requireInteger(ipv4.dscp, 0, 63, template, 'ipv4.dscp');
  requireWords(ipv4.options, MAXIMUM_OPTION_WORDS, template, 'ipv4.options');
}

function requireHeadersFit(template: PacketTemplate, field: string): void {
  const contradiction = (where: string, detail: string): TrafficError =>
    new TrafficError('contradictory-headers', `${field}.${where}`, detail);
  const { ethernet, tunnel, ipv4, udp, tcp, applicationWords } = template;
  const implied = tunnel !== undefined ? ETHER_TYPE_TUNNEL : ipv4 !== undefined ? ETHER_TYPE_IPV4 : undefined;
  const { etherType } = ethernet;
  if (implied === undefined && etherType === undefined) {
    throw contradiction('ethernet.etherType', 'is needed without tunnel and ipv4');
  }
  if (implied !== undefined && etherType !== undefined && etherType !== implied) {
    throw contradiction('ethernet.etherType', `0x${etherType.toString(16)} is not 0x${implied.toString(16)}`);
  }
  if (udp !== undefined && tcp !== undefined) throw contradiction('udp', 'goes not together with tcp');
  for (const [name, header, protocol] of [
    ['udp', udp, PROTOCOL_UDP],
    ['tcp', tcp, PROTOCOL_TCP],
  ] as const) {
    if (header === undefined) continue;
    if (ipv4 === undefined) throw contradiction(name, 'needs ipv4');
    if (ipv4.protocol !== protocol) throw contradiction('ipv4.protocol', `${name} needs protocol ${protocol}`);
  }
  if (applicationWords !== undefined && udp === undefined && etherType === undefined) {
    throw contradiction('applicationWords', 'need udp, or ethernet.etherType');
  }
}

/** @throws TrafficError unless the template can be generated; flows are counted elsewhere. */
function requireTemplate(template: PacketTemplate, field: string): void {
  const { weight = 1, ethernet, vlan, tunnel, ipv4, udp, tcp, frameBytes } = template;
  if (!(weight > 0 && Number.isFinite(weight))) {
    throw new TrafficError('out-of-range', `${field}.weight`, `${weight} is not a positive number`);
  }
  requireInteger(template.ingressPort, 0, BITS_16, field, 'ingressPort');
  requireInteger(ethernet.destination, 0, BITS_48, field, 'ethernet.destination');
  requireInteger(ethernet.source, 0, BITS_48, field, 'ethernet.source');
  requireInteger(ethernet.etherType, MINIMUM_ETHER_TYPE, BITS_16, field, 'ethernet.etherType');
  requireInteger(vlan?.id, 0, 4095, field, 'vlan.id');
  requireInteger(vlan?.priority, 0, 7, field, 'vlan.priority');
  requireInteger(tunnel?.destinationId, 0, BITS_16, field, 'tunnel.destinationId');
  if (ipv4 !== undefined) requireIpv4(ipv4, field);
  if (udp !== undefined) requirePorts(udp, field, 'udp');
  if (tcp !== undefined) {
    requirePorts(tcp, field, 'tcp');
    requireInteger(tcp.flags, 0, 255, field, 'tcp.flags');
    requireInteger(tcp.sequence, 0, BITS_32, field, 'tcp.sequence');
    requireInteger(tcp.acknowledgement, 0, BITS_32, field, 'tcp.acknowledgement');
    requireInteger(tcp.window, 0, BITS_16, field, 'tcp.window');
  }
  requireWords(template.applicationWords, MAXIMUM_APPLICATION_WORDS, field, 'applicationWords');
  requireHeadersFit(template, field);
  requireInteger(frameBytes.minimum, 0, MAXIMUM_FRAME_BYTES, field, 'frameBytes.minimum');
  requireInteger(frameBytes.maximum, frameBytes.minimum, MAXIMUM_FRAME_BYTES, field, 'frameBytes.maximum');
  requireInteger(template.flows, 1, 2 ** 32, field, 'flows');
}

/** @throws TrafficError that names the first field that cannot be generated. */
export function requireTargets(targets: readonly TrafficTarget[]): void {
  if (targets.length === 0) throw new TrafficError('nothing-to-send', 'targets', 'is empty');
  targets.forEach(({ variants }, t) => {
    const field = `targets[${t}].variants`;
    if (variants.length === 0) throw new TrafficError('nothing-to-send', field, 'is empty');
    variants.forEach((variant, v) => {
      requireTemplate(variant, `${field}[${v}]`);
    });
  });
}
