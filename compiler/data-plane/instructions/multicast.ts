/** Copies of a packet to the ports of a group; the replication engine behind the ingress makes them. */
import { effects, type InstructionFamily, parameterAt, stepWords } from './instruction.js';

export interface Multicast {
  readonly kind: 'multicast';
}

/** The group of a packet, `mcast_grp_a`, in bits; group 0 is none. */
export const GROUP_BITS = 16;

export const MULTICAST: InstructionFamily<Multicast> = {
  kind: 'multicast',
  group: 'extended ingress',
  onlyIn: 'ingress',
  inlines: true,
  title: 'To the ports of a group',
  heading: 'To the ports of a group.',
  members: [{ kind: 'multicast' }],
  name: () => 'multicast',
  parameters: () => [{ name: 'group', width: GROUP_BITS }],
  effects: () => effects(),
  direct: ({ primitive }) => (primitive === 'MULTICAST' ? { kind: 'multicast' } : undefined),
  known: (state) => state,
  words: (_effect, { constant }) => stepWords('forwarding', 'MULTICAST', constant),
  p4: (_effect, parameters, { egressPort, noPort, group }) => [
    `${group} = ${parameterAt(parameters, 0)};`,
    `${egressPort} = ${noPort};`,
  ],
  summary: () => 'a copy to each port of the group; no egress port',
};
