/** Of every kind of finding what it means, a text that has it, and the text without it: for the reference. */
import type { DiagnosticCode } from './diagnostics.js';

export interface DiagnosticExample {
  /** What is wrong, in one sentence. */
  readonly meaning: string;
  /** A text with this finding and no other. */
  readonly fault: string;
  /** The same text put right: it has no findings. */
  readonly cure: string;
  /** The data plane that finds it; the default one unless named. */
  readonly dataPlane?: 'published' | 'extended';
}

/** A program of one statement a line, for packets of one IPv4 network. */
const program = (statements: readonly string[], filters = '<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>'): string =>
  `program p(${filters}) {\n${statements.map((statement) => `    ${statement}\n`).join('')}}\n`;

const MEMORY = '@count 256\n\n';

const READ = ['LOADI(mar, 0);', 'MEMREAD(count);'];
const COUNT = ['LOADI(sar, 1);', 'HASH_5_TUPLE_MEM(count);', 'MEMADD(count);'];

/** Another program, for another network. */
const second = (statements: readonly string[], name = 'q'): string =>
  program(statements, '<hdr.ipv4.src, 11.0.0.0, 255.0.0.0>').replace('program p', `program ${name}`);

export const DIAGNOSTIC_EXAMPLES: Readonly<Record<DiagnosticCode, DiagnosticExample>> = {
  'unexpected-character': {
    meaning: 'The text has characters that belong to no word of the language; there are no operators.',
    fault: program(['har = 1;', 'FORWARD(2);']),
    cure: program(['LOADI(har, 1);', 'FORWARD(2);']),
  },
  'unterminated-comment': {
    meaning: 'A comment that begins with /* has no */ behind it, so the rest of the text belongs to it.',
    fault: `${program(['FORWARD(1);'])}/* The second program is missing.\n`,
    cure: `${program(['FORWARD(1);'])}/* The second program is missing. */\n`,
  },
  'bad-integer': {
    meaning:
      'A number is none of a decimal, 0x…, 0b… or dotted-quad integer of up to 48 bits, an IPv6 address, or a prefix of ' +
      'an address in place of value and mask.',
    fault: program(['FORWARD(1);'], '<hdr.ipv4.dst, 10.0.0.0/33>'),
    cure: program(['FORWARD(1);'], '<hdr.ipv4.dst, 10.0.0.0/24>'),
  },
  syntax: {
    meaning: 'The words do not stand in the order that the grammar wants.',
    fault: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.1, 255.255.255.255>) { FORWARD(1); };',
      '    case(<har, 10.0.0.2, 255.255.255.255>) { FORWARD(2); };',
      'DROP;',
    ]),
    cure: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.1, 255.255.255.255>) { FORWARD(1); }',
      '    case(<har, 10.0.0.2, 255.255.255.255>) { FORWARD(2); };',
      'DROP;',
    ]),
  },
  'no-program': {
    meaning: 'The text holds no program.',
    fault: '// A program is to come here.\n',
    cure: `// A program is to come here.\n${program(['FORWARD(1);'])}`,
  },
  'reserved-name': {
    meaning: 'A program or a memory has the name of a register, a keyword or a primitive.',
    fault: program(['FORWARD(1);']).replace('program p', 'program FORWARD'),
    cure: program(['FORWARD(1);']).replace('program p', 'program forward'),
  },
  'unknown-primitive': {
    meaning: 'A statement begins with a word that is no primitive; primitives are written in capitals.',
    fault: program(['forward(1);']),
    cure: program(['FORWARD(1);']),
  },
  'wrong-argument-count': {
    meaning: 'A primitive has more or fewer arguments than it takes.',
    fault: program(['LOADI(sar);', 'MODIFY(hdr.ipv4.dst, sar);']),
    cure: program(['LOADI(sar, 10.0.0.1);', 'MODIFY(hdr.ipv4.dst, sar);']),
  },
  'wrong-argument-kind': {
    meaning: 'An argument is not what the primitive takes at that place: a register, field, memory, integer or port.',
    fault: program(['EXTRACT(hdr.ipv4.src, 5);', 'FORWARD(1);']),
    cure: program(['EXTRACT(hdr.ipv4.src, har);', 'FORWARD(1);']),
  },
  'equal-registers': {
    meaning: 'A primitive of two registers is given the same one twice, for which the switch has no action.',
    fault: program(['LOADI(sar, 1);', 'ADD(sar, sar);', 'MODIFY(hdr.ipv4.dst, sar);']),
    cure: program(['LOADI(sar, 1);', 'MOVE(har, sar);', 'ADD(sar, har);', 'MODIFY(hdr.ipv4.dst, sar);']),
  },
  'unknown-field': {
    meaning: 'The data plane has no field of this name.',
    fault: program(['FORWARD(1);'], '<ipv4.src, 10.0.0.0, 255.0.0.0>'),
    cure: program(['FORWARD(1);']),
  },
  'field-too-wide': {
    meaning: 'The field does not fit into a register of 32 bits.',
    fault: program(['EXTRACT(hdr.ethernet.dst, har);', 'FORWARD(1);']),
    cure: program(['EXTRACT(hdr.ipv4.src, har);', 'FORWARD(1);']),
  },
  'no-header-action': {
    meaning: 'No RPB of the data plane reads this field into this register, or writes it from there.',
    fault: program(['EXTRACT(hdr.ipv4.total_len, har);', 'FORWARD(1);']),
    cure: program(['EXTRACT(hdr.ipv4.total_len, sar);', 'FORWARD(1);']),
  },
  'header-may-change': {
    meaning:
      'A field was written by which the parser tells whether a packet has a header, and a statement behind it uses that header: what it finds would depend on its RPB.',
    fault: program(
      ['LOADI(sar, 53);', 'MODIFY(hdr.udp.dst_port, sar);', 'EXTRACT(hdr.l5.op, har);', 'FORWARD(1);'],
      '<hdr.udp.dst_port, 7777, 0xffff>',
    ),
    cure: program(
      ['LOADI(sar, 53);', 'EXTRACT(hdr.l5.op, har);', 'MODIFY(hdr.udp.dst_port, sar);', 'FORWARD(1);'],
      '<hdr.udp.dst_port, 7777, 0xffff>',
    ),
    dataPlane: 'extended',
  },
  'no-action': {
    meaning: 'No RPB of the data plane can do what a primitive asks for; the hint names data planes that have it.',
    fault: program(['RANDOM(sar, 0xff);', 'MODIFY(hdr.ipv4.dst, sar);']),
    cure: program(['HASH_5_TUPLE;', 'MOVE(sar, har);', 'ANDI(sar, 0xff);', 'MODIFY(hdr.ipv4.dst, sar);']),
  },
  'unknown-memory': {
    meaning: 'A statement names a memory that the text does not declare.',
    fault: program(READ),
    cure: MEMORY + program(READ),
  },
  'wrong-memory-kind': {
    meaning: 'A primitive of words accesses a memory of pairs, or MEMCAS one of words.',
    fault: `@pair count 256\n\n${program(COUNT)}`,
    cure: MEMORY + program(COUNT),
  },
  'duplicate-memory': {
    meaning: 'Two memories have one name.',
    fault: `@count 256\n@count 512\n\n${program(COUNT)}`,
    cure: MEMORY + program(COUNT),
  },
  'unused-memory': {
    meaning: 'No program uses a memory that the text declares.',
    fault: MEMORY + program(['FORWARD(1);']),
    cure: program(['FORWARD(1);']),
  },
  'shared-memory': {
    meaning: 'Two programs of a text use one memory; a memory belongs to one program.',
    fault: MEMORY + program(READ) + second(READ),
    cure: `@count 256\n@other 256\n\n${program(READ)}${second(READ).replace('count', 'other')}`,
  },
  'bad-memory-size': {
    meaning: 'A memory does not have a power of two of buckets, or more than an RPB holds.',
    fault: `@count 100\n\n${program(COUNT)}`,
    cure: `@count 128\n\n${program(COUNT)}`,
  },
  'duplicate-program': {
    meaning: 'Two programs of a text have one name.',
    fault: program(['FORWARD(1);']) + second(['FORWARD(2);'], 'p'),
    cure: program(['FORWARD(1);']) + second(['FORWARD(2);']),
  },
  'field-not-filterable': {
    meaning: 'No filter table has the field as a key; a program can read it and branch on it.',
    fault: program(['FORWARD(1);'], '<hdr.ipv4.ecn, 3, 3>'),
    cure: program(['EXTRACT(hdr.ipv4.ecn, mar);', 'BRANCH:', '    case(<mar, 3, 3>) { FORWARD(1); };', 'DROP;']),
  },
  'mixed-paths': {
    meaning: 'The filters of a program name fields that no one filter table has together.',
    fault: program(['FORWARD(1);'], '<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>, <hdr.tunnel.dst_id, 1, 0xffff>'),
    cure: program(['FORWARD(1);'], '<ig_intr_md.ingress_port, 5, 0x1ff>, <hdr.tunnel.dst_id, 1, 0xffff>'),
  },
  'path-not-executed': {
    meaning: 'The data plane runs no programs on packets that its parser takes along this path.',
    fault: program(['FORWARD(1);'], '<hdr.tunnel.dst_id, 1, 0xffff>'),
    cure: program(['FORWARD(1);'], '<hdr.udp.dst_port, 53, 0xffff>'),
    dataPlane: 'published',
  },
  'duplicate-filter': {
    meaning: 'A program has two filters on one field.',
    fault: program(['FORWARD(1);'], '<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>, <hdr.ipv4.src, 0.0.0.1, 0.0.0.255>'),
    cure: program(['FORWARD(1);'], '<hdr.ipv4.src, 10.0.0.1, 255.0.0.255>'),
  },
  'contradicting-protocol': {
    meaning: 'A port of TCP or UDP and another filter ask for different protocols.',
    fault: program(['FORWARD(1);'], '<hdr.udp.dst_port, 53, 0xffff>, <hdr.ipv4.protocol, 6, 0xff>'),
    cure: program(['FORWARD(1);'], '<hdr.tcp.dst_port, 53, 0xffff>, <hdr.ipv4.protocol, 6, 0xff>'),
  },
  'value-too-wide': {
    meaning: 'A value has more bits than the field or register that it is for.',
    fault: program(['FORWARD(1);'], '<hdr.udp.dst_port, 77777, 0xffff>'),
    cure: program(['FORWARD(1);'], '<hdr.udp.dst_port, 7777, 0xffff>'),
  },
  'mask-too-wide': {
    meaning: 'A mask has more bits than the field or register that it is for.',
    fault: program(['FORWARD(1);'], '<hdr.udp.dst_port, 7777, 0xffffffff>'),
    cure: program(['FORWARD(1);'], '<hdr.udp.dst_port, 7777, 0xffff>'),
  },
  'prefix-of-other-width': {
    meaning: 'A field is compared with the prefix of an address that has another number of bits than the field.',
    fault: program(['FORWARD(1);'], '<hdr.ethernet.dst, 10.0.0.0/8>'),
    cure: program(['FORWARD(1);'], '<hdr.ipv4.dst, 10.0.0.0/8>'),
  },
  'value-outside-mask': {
    meaning: 'A value has bits that its mask leaves out, so they are not compared.',
    fault: program(['FORWARD(1);'], '<hdr.ipv4.src, 10.0.0.1, 255.255.255.0>'),
    cure: program(['FORWARD(1);'], '<hdr.ipv4.src, 10.0.0.0, 255.255.255.0>'),
  },
  'duplicate-condition': {
    meaning: 'A case has two conditions on one register.',
    fault: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 0x100, 0xff00>, <har, 1, 0xff>) { FORWARD(1); };',
      'DROP;',
    ]),
    cure: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 0x101, 0xffff>) { FORWARD(1); };',
      'DROP;',
    ]),
  },
  'port-out-of-range': {
    meaning: 'The switch has no port of this number.',
    fault: program(['FORWARD(512);']),
    cure: program(['FORWARD(12);']),
  },
  'port-leads-nowhere': {
    meaning: 'FORWARD names the recirculation port, by which no packet leaves the switch.',
    fault: program(['FORWARD(68);']),
    cure: program(['DROP;']),
  },
  'group-out-of-range': {
    meaning: 'The data plane has no multicast group of this number.',
    fault: program(['MULTICAST(0);']),
    cure: program(['MULTICAST(1);']),
    dataPlane: 'extended',
  },
  'memory-behind-multicast': {
    meaning:
      'Memory is accessed behind MULTICAST: whether once for the packet or once for each copy would hang on the placement.',
    fault: MEMORY + program(['MULTICAST(1);', ...COUNT]),
    cure: MEMORY + program([...COUNT, 'MULTICAST(1);']),
    dataPlane: 'extended',
  },
  'path-too-long': {
    meaning: 'A path has more BRANCHes and memory accesses than all passes of a switch have RPBs.',
    fault: MEMORY + program(['LOADI(mar, 0);', ...Array.from({ length: 353 }, () => 'MEMREAD(count);'), 'FORWARD(1);']),
    cure: MEMORY + program(['LOADI(mar, 0);', 'MEMREAD(count);', 'FORWARD(1);']),
  },
  'address-not-bounded': {
    meaning: 'The address in mar can lie outside the memory that the statement accesses.',
    fault: MEMORY + program(['EXTRACT(hdr.ipv4.src, mar);', 'MEMREAD(count);', 'FORWARD(1);']),
    cure: MEMORY + program(['EXTRACT(hdr.ipv4.src, mar);', 'ANDI(mar, 255);', 'MEMREAD(count);', 'FORWARD(1);']),
  },
  'address-out-of-range': {
    meaning: 'The address in mar always lies outside the memory that the statement accesses.',
    fault: MEMORY + program(['LOADI(mar, 256);', 'MEMREAD(count);', 'FORWARD(1);']),
    cure: MEMORY + program(['LOADI(mar, 255);', 'MEMREAD(count);', 'FORWARD(1);']),
  },
  'unreachable-case': {
    meaning: 'An earlier case matches all packets that this one would.',
    fault: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.0, 255.0.0.0>) { FORWARD(1); }',
      '    case(<har, 10.1.0.0, 255.255.0.0>) { FORWARD(2); };',
      'DROP;',
    ]),
    cure: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.1.0.0, 255.255.0.0>) { FORWARD(2); }',
      '    case(<har, 10.0.0.0, 255.0.0.0>) { FORWARD(1); };',
      'DROP;',
    ]),
  },
  'unreachable-statement': {
    meaning: 'A case of the BRANCH in front of the statement matches every packet, so nothing comes to it.',
    fault: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.1, 255.255.255.255>) { FORWARD(1); }',
      '    case(<har, 0, 0>) { FORWARD(2); };',
      'FORWARD(3);',
    ]),
    cure: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.1, 255.255.255.255>) { FORWARD(1); };',
      'FORWARD(3);',
    ]),
  },
  'no-join': {
    meaning:
      'Each case changes something and stops, and what stands behind the BRANCH runs only for packets that match no case.',
    fault:
      MEMORY +
      program([
        'EXTRACT(hdr.ipv4.total_len, sar);',
        'BRANCH:',
        '    case(<sar, 0, 0xff00>) { HASH_5_TUPLE_MEM(count); MEMADD(count); };',
        'LOADI(sar, 10.0.0.1);',
        'MODIFY(hdr.ipv4.dst, sar);',
      ]),
    cure:
      MEMORY +
      program([
        'LOADI(sar, 10.0.0.1);',
        'MODIFY(hdr.ipv4.dst, sar);',
        'EXTRACT(hdr.ipv4.total_len, sar);',
        'BRANCH:',
        '    case(<sar, 0, 0xff00>) { HASH_5_TUPLE_MEM(count); MEMADD(count); };',
      ]),
  },
  'not-forwarded': {
    meaning:
      'The program forwards some packets and says nothing of others: they are dropped unless their port has default forwarding.',
    fault: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.1, 255.255.255.255>) { FORWARD(1); };',
    ]),
    cure: program([
      'EXTRACT(hdr.ipv4.src, har);',
      'BRANCH:',
      '    case(<har, 10.0.0.1, 255.255.255.255>) { FORWARD(1); };',
      'DROP;',
    ]),
  },
  'register-not-set': {
    meaning: 'A register is read that nothing has set on the way: it is 0.',
    fault: program(['MODIFY(hdr.ipv4.dst, sar);', 'FORWARD(1);']),
    cure: program(['LOADI(sar, 10.0.0.1);', 'MODIFY(hdr.ipv4.dst, sar);', 'FORWARD(1);']),
  },
  'random-of-no-bits': {
    meaning: 'The integer of RANDOM, the mask of the number, has no bits: the register is always 0.',
    fault: program(['RANDOM(sar, 0);', 'MODIFY(hdr.ipv4.dst, sar);', 'FORWARD(1);']),
    cure: program(['RANDOM(sar, 0xff);', 'MODIFY(hdr.ipv4.dst, sar);', 'FORWARD(1);']),
    dataPlane: 'extended',
  },
  'header-not-guaranteed': {
    meaning: 'The filters let packets through that lack the header: its fields read as 0 and are not written.',
    fault: program(['EXTRACT(hdr.tcp.tcp4thword, sar);', 'FORWARD(1);']),
    cure: program(
      ['EXTRACT(hdr.tcp.tcp4thword, sar);', 'FORWARD(1);'],
      '<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>, <hdr.ipv4.protocol, 6, 0xff>',
    ),
  },
};
