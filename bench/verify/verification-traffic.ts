/**
 * Traffic that reaches all branches of the programs that ship: the workload's packets for an instance, and in addition heavy
 * flows, many flows, all operations with boundary operands, opened, closed and attacked connections, and unusual headers.
 */
import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane } from '../../compiler/index.js';
import { FRONT_PORTS } from '../../hw-driver/index.js';
import type { PacketTemplate, TrafficTarget } from '../../traces/generate/packet-template.js';
import type { ProgramKey } from '../workloads/program-kind.js';

/** TCP flags that open, use and close connections, and flags without effect. */
const FLAGS = [0x02, 0x12, 0x10, 0x18, 0x11, 0x01, 0x04, 0x14, 0x03, 0x06, 0x00, 0x29, 0xc2];
const CONNECTIONS = 12;
const OPERANDS = [0, 1, 5, 0x7fffffff, 0x80000000, 0xffffffff, 0xff00ff00];
const VALUES = 150;
/** An odd number near 2^32 divided by the golden ratio: its multiples are spread evenly. */
const SPREAD = 0x9e3779b1;

/** @param own the variants of the workload's traffic for an instance of the program */
export function verificationTraffic(key: ProgramKey, own: TrafficTarget, dataPlane: DataPlane): TrafficTarget {
  const { variants } = own;
  const special = variants.flatMap((variant) => specialVariants(key, variant));
  const all = [...variants, ...special];
  const some = all.slice(0, MAX_DRESSED);
  // Where unforwarded packets end after ingress, the effects of a program on them depend on its placement.
  const lonely = dataPlane.discardPort === undefined ? [] : some.map(onLonelyPort);
  return { variants: [...all, ...some.flatMap(dressed), ...lonely] };
}

/** Ports without an entry of default forwarding; the port after the front ports is that of the servers of caches. */
const onLonelyPort = (variant: PacketTemplate): PacketTemplate => ({
  ...variant,
  weight: rare(variant),
  ingressPort: FRONT_PORTS + 1,
});

const rare = ({ weight = 1 }: PacketTemplate): number => 0.05 * weight;

const MAX_DRESSED = 40;

/** Variants of a packet with a VLAN tag, with IPv4 options, and with other ECN bits. */
function dressed(variant: PacketTemplate): PacketTemplate[] {
  const weight = rare(variant);
  const tagged: PacketTemplate = { ...variant, weight, vlan: { id: 7, priority: 3 } };
  if (variant.ipv4 === undefined) return [tagged];
  const marked = (ecn: number): PacketTemplate => ({
    ...variant,
    weight,
    ipv4: {
      source: variant.ipv4?.source ?? NOWHERE,
      destination: variant.ipv4?.destination ?? NOWHERE,
      protocol: must(variant.ipv4?.protocol, 'protocol of the variant'),
      ecn,
      dscp: 46,
    },
  });
  return [
    tagged,
    { ...variant, weight, ipv4: { ...variant.ipv4, options: [0x01010101, 0x01010100] } },
    marked(1),
    marked(3),
  ];
}

const NOWHERE = { base: 0, hostMask: 0 };

function specialVariants(key: ProgramKey, variant: PacketTemplate): PacketTemplate[] {
  const weight = variant.weight ?? 1;
  switch (key) {
    case 'hh':
    case 'cms':
    case 'bf':
    case 'sm':
    case 'hll':
    case 'lb':
    case 'univmon':
    case 'coco':
    case 'conquest':
      return [
        { ...variant, weight: 6 * weight, flows: 1 },
        { ...variant, weight: weight / 4, flows: 5000, frameBytes: { minimum: 60, maximum: 1514 } },
      ];
    case 'nc':
    case 'cache':
      return [
        { ...variant, weight: 2 * weight, flows: 2 },
        ...[0, 1, 2, 3].map((op) => ({
          ...variant,
          weight: weight / 8,
          applicationWords: [op, must(variant.applicationWords?.[1], 'second application word'), op % 2, 9],
        })),
      ];
    case 'acc':
      return Array.from({ length: VALUES / 8 }, (_, n) => ({
        ...variant,
        weight: weight / 8,
        applicationWords: [
          must(variant.applicationWords?.[0], 'first application word'),
          Math.imul(n + must(variant.applicationWords?.[1], 'second application word'), SPREAD) >>> 0,
          0,
          0,
        ],
      }));
    case 'calc':
      return OPERANDS.map((operand, n) => ({
        ...variant,
        weight: weight / 4,
        applicationWords: [
          n === 0 ? 6 + operand : must(variant.applicationWords?.[0], 'first application word'),
          operand,
          must(OPERANDS[(3 * n + 1) % OPERANDS.length], 'operand'),
          n,
        ],
      }));
    case 'sf':
      return otherConnections(variant, weight);
    default:
      return [];
  }
}

/** Further connections of the same two hosts; each sends other flags in both directions. */
function otherConnections(variant: PacketTemplate, weight: number): PacketTemplate[] {
  const { tcp } = variant;
  if (tcp === undefined) return [];
  const { sourcePort = 0, destinationPort = 0 } = tcp;
  return Array.from({ length: CONNECTIONS }, (_, n) => {
    const flags = must(FLAGS[n % FLAGS.length], 'flags of a connection');
    const ports =
      sourcePort > destinationPort
        ? { sourcePort: sourcePort + 2 + (n % 3), destinationPort }
        : { sourcePort, destinationPort: destinationPort + 2 + (n % 3) };
    return { ...variant, weight: weight / 6, tcp: { ...ports, flags } };
  });
}
