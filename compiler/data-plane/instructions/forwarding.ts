/** Forwarding decisions. The last one wins, except that DROP wins over all. */
import { effects, type InstructionFamily, parameterAt, stepWords } from './instruction.js';

export interface Return {
  readonly kind: 'return';
}
export interface Forward {
  readonly kind: 'forward';
}
export interface Drop {
  readonly kind: 'drop';
}
export interface Report {
  readonly kind: 'report';
}

/** The properties that all four have. */
const FORWARDING = { group: 'forwarding', inlines: true } as const;
/** Those that set the egress port: the egress of a chip has no metadata that name another port. */
const SETS_PORT = { ...FORWARDING, onlyIn: 'ingress' } as const;

export const RETURN: InstructionFamily<Return> = {
  ...SETS_PORT,
  kind: 'return',
  title: 'Back to the sender',
  heading: 'Back to the sender.',
  members: [{ kind: 'return' }],
  name: () => 'rt',
  parameters: () => [],
  effects: () => effects({ writesFields: ['hdr.ipv4.src', 'hdr.ipv4.dst'] }),
  direct: ({ primitive }) => (primitive === 'RETURN' ? { kind: 'return' } : undefined),
  known: (state) => state,
  words: () => stepWords('forwarding', 'RETURN'),
  p4: (_effect, _parameters, { egressPort, arrivalPort, leaveGroup }) => [
    'bit<48> mac = hdr.ethernet.dst;',
    'hdr.ethernet.dst = hdr.ethernet.src;',
    'hdr.ethernet.src = mac;',
    'bit<32> address = hdr.ipv4.dst;',
    'hdr.ipv4.dst = hdr.ipv4.src;',
    'hdr.ipv4.src = address;',
    `${egressPort} = ${arrivalPort};`,
    ...leaveGroup,
  ],
  summary: () => 'Ethernet and IP addresses are swapped; egress port = the ingress port of the packet',
};

export const FORWARD: InstructionFamily<Forward> = {
  ...SETS_PORT,
  kind: 'forward',
  title: 'To a port',
  heading: 'To a port.',
  members: [{ kind: 'forward' }],
  name: () => 'forward',
  parameters: (_effect, bits) => [{ name: 'port', width: bits.port }],
  effects: () => effects(),
  direct: ({ primitive }) => (primitive === 'FORWARD' ? { kind: 'forward' } : undefined),
  known: (state) => state,
  words: (_effect, { constant }) => stepWords('forwarding', 'FORWARD', constant),
  p4: (_effect, parameters, { egressPort, leaveGroup }) => [
    `${egressPort} = ${parameterAt(parameters, 0)};`,
    ...leaveGroup,
  ],
  summary: () => 'egress port = port',
};

export const DROP: InstructionFamily<Drop> = {
  ...FORWARDING,
  kind: 'drop',
  title: 'Dropped',
  heading: 'Dropped, regardless of other forwarding decisions.',
  members: [{ kind: 'drop' }],
  name: () => 'drop',
  parameters: () => [],
  effects: () => effects({ drops: true }),
  direct: ({ primitive }) => (primitive === 'DROP' ? { kind: 'drop' } : undefined),
  known: (state) => state,
  words: () => stepWords('forwarding', 'DROP'),
  p4: (_effect, _parameters, { dropControl }) => [`${dropControl} = 1;`],
  summary: () => 'the packet is dropped when its ingress or egress ends',
};

export const REPORT: InstructionFamily<Report> = {
  ...SETS_PORT,
  kind: 'report',
  title: 'To the CPU',
  heading: 'To the CPU.',
  members: [{ kind: 'report' }],
  name: () => 'report',
  parameters: () => [],
  effects: () => effects(),
  direct: ({ primitive }) => (primitive === 'REPORT' ? { kind: 'report' } : undefined),
  known: (state) => state,
  words: () => stepWords('forwarding', 'REPORT'),
  p4: (_effect, _parameters, { egressPort, leaveGroup }) => [`${egressPort} = CPU_PORT;`, ...leaveGroup],
  summary: () => 'egress port = the CPU port',
};
