/** The articles about what no single word of a program stands for: how filters, memory, hashes and the rest work. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { DataPlaneDescription } from '../data-plane/description.js';
import { must } from '../data-plane/must.js';
import { rangesText } from '../data-plane/ranges-text.js';
import { type Article, type Fact, factsOf } from './article.js';
import { groupedByText } from './places.js';

const paragraphs = (...texts: readonly string[]): string => texts.join('\n\n');
/** `a, b and c` */
const listed = (words: readonly string[]): string =>
  `${words.slice(0, -1).join(', ')} and ${must(words.at(-1), 'last word of a list')}`;
const number = (value: number): string => value.toLocaleString('en-US');

/** In the order in which they are read. */
export const topicArticles = (dataPlane: DataPlane): readonly Article[] => [
  text(),
  filters(dataPlane),
  priorities(dataPlane),
  rpbs(dataPlane),
  passes(dataPlane),
  memory(dataPlane),
  addresses(),
  hashes(dataPlane),
  forwarding(dataPlane),
  checksums(dataPlane),
];

const text = (): Article => ({
  kind: 'topic',
  title: 'text',
  meaning: paragraphs(
    'A program is plain text. White space and line breaks separate words and mean nothing else. Keywords, primitives and registers are written exactly as in this reference: BRANCH, FORWARD and MEMADD in capitals, program, case, har, sar and mar in small letters.',
    'Comments are // and # to the end of the line, and /* … */.',
    'Integers are decimal (10), hexadecimal (0x0a), binary (0b1010), a dotted quad (10.0.0.1), which is 32 bits, or an IPv6 address (2001:db8::1), which is 128. There are no negative numbers and no MAC addresses: masks are integers or addresses, and a MAC address is an integer of 48 bits. A prefix (10.0.0.0/8, 2001:db8::/32) stands for a value and a mask.',
    'Names are a letter and then letters, digits and _. A field is names joined by dots, and an index where it is a word of a wide field: hdr.ipv6.dst[0] has the most significant bits.',
  ),
  facts: factsOf(['largest integer', '48 bits in filters, 32 bits for registers; addresses have up to 128']),
});

function filters(dataPlane: DataPlane): Article {
  return {
    kind: 'topic',
    title: 'filter',
    signature: '<FIELD, VALUE, MASK> or <FIELD, PREFIX>',
    meaning: paragraphs(
      'Which packets run a program: those with FIELD & MASK = VALUE & MASK for all filters of the program. A mask of all ones asks for one value, a mask of 0 for none in particular. A prefix of an address, such as 10.0.0.0/8, stands for value and mask.',
      'The switch has a filter table for each parsing path. The fields of one program must all be in one table; if several have them, the one is taken that most packets come to. A spelling such as hdr.tcp.dst_port also asks for the protocol that it names.',
      ...(dataPlane.headerIndex('ipv6') < 0
        ? []
        : [
            'A port beside a filter on IPv6 asks for the next header in the IPv6 header: hdr.tcp.dst_port for 6. A filter that is to match behind extension headers too says hdr.l4_port.dst_port.',
          ]),
      'A packet takes the first match in the order of the tables and runs one program at most. A filter that is too wide takes packets from programs of the tables behind it: <hdr.ipv4.protocol, 6, 0xff> matches all TCP packets.',
    ),
    facts: [
      ...dataPlane.filterTables.map(({ path, keys, requires, unreachable }): Fact => {
        const header = must(dataPlane.headers[requires], 'header of a filter table').name;
        const fields = `${keys.map(({ name }) => name).join(', ')}; for packets with header ${header}`;
        return [`table ${path}`, unreachable === undefined ? fields : `${fields}; never reached: ${unreachable}`];
      }),
      ['order of tables', dataPlane.filterTables.map(({ path }) => path).join(', ')],
      ['programs in each', [...new Set(dataPlane.filterTables.map(({ entries }) => number(entries)))].join(' or ')],
    ],
    example:
      'program p(<hdr.ipv4.dst, 10.0.0.0, 0xff000000>,\n          <hdr.udp.dst_port, 7777, 0xffff>) { FORWARD(2); }',
  };
}

const priorities = ({ filterTables }: DataPlane): Article => ({
  kind: 'topic',
  title: 'priority',
  meaning: paragraphs(
    'Where the filters of two programs in one table can match one packet, the program with the lower priority number gets it. Programs of equal priority whose filters overlap are refused when the second is deployed, with the name of the first.',
    'Priorities count within one filter table only. Between tables the order of the tables decides, with any priorities; deployment warns where a program loses packets that way.',
  ),
  facts: factsOf(
    ['set by', '--priority of p4runpro deploy and compile; 0 if it is not given'],
    ['order of tables', filterTables.map(({ path }) => path).join(', ')],
    ['see', 'filter'],
  ),
});

function rpbs(dataPlane: DataPlane): Article {
  const shapes = groupedByText(
    dataPlane.rpbs,
    ({ gress, entries, buckets }) => `of ${gress} with ${number(entries)} entries and ${number(buckets)} buckets`,
  );
  return {
    kind: 'topic',
    title: 'RPB',
    meaning: paragraphs(
      'A runtime programmable block: a stage of the switch with a table, a register array, a stateful ALU and a hash unit. For each packet it does one step, which an entry of its table names by program, branch, pass and registers.',
      'A program of n steps on its longest path needs n RPBs one after another, in one pass or more. RPBs are shared by all programs; the compiler places each step where its action exists and room is left.',
    ),
    facts: [
      ['RPBs', shapes.map(([shape, members]) => `${rangesText(members.map((rpb) => rpb.number))} ${shape}`).join('; ')],
      ['see', 'pass, memory, hash'],
    ],
  };
}

const passes = ({ rpbCount, description }: DataPlane): Article => ({
  kind: 'topic',
  title: 'pass',
  meaning: paragraphs(
    `One way of a packet through all ${rpbCount} RPBs. A program that is longer, or that accesses a memory twice on one path, sends its packets through again (it recirculates): each pass more costs throughput of the recirculation port and time.`,
    'Registers keep their values from pass to pass.',
    description.init.onEveryPass
      ? 'Filters and default forwarding are looked up again in every pass.'
      : 'Filters and default forwarding are looked up in the first pass only. Over several switches in a row (--switches), packets pass each of them once instead.',
  ),
  facts: factsOf(
    [
      'at most',
      `${number(2 ** description.state.recirculationIdBits)} passes by the width of the pass number; --recirculations sets fewer`,
    ],
    [
      'recirculation port',
      `${description.ports.recirculation}, ${number(description.ports.recirculationBitsPerSecond / 1e9)} Gbit/s`,
    ],
  ),
});

function memory(dataPlane: DataPlane): Article {
  const total = dataPlane.rpbs.reduce((sum, { buckets }) => sum + buckets, 0);
  return {
    kind: 'topic',
    title: 'memory',
    meaning: paragraphs(
      'An array of words of 32 bits that the packets of a program share, declared by an annotation before the first program. Memory primitives access the word at mar; one access reads, changes and writes it as a whole, so that no update is lost.',
      'A memory lies in one RPB. On one path a memory is therefore accessed once in a pass, and a second access takes a further pass; accesses in different cases of a BRANCH do not. The hash that computes an address must be the one that other accesses of the memory use, so the compiler keeps such hashes in one RPB too.',
    ),
    facts: factsOf(
      ['all RPBs', `${number(total)} buckets`],
      ['read from outside', 'p4runpro memory'],
      ['see', '@, address, MEMADD, MEMREAD, HASH_MEM'],
    ),
    example: '@counts 256',
  };
}

const addresses = (): Article => ({
  kind: 'topic',
  title: 'address',
  meaning: paragraphs(
    'A program touches no word outside its memories. mar must be known to lie within the memory at each access, on every path that leads there; the compiler proves it, and refuses what it cannot prove (address-not-bounded, address-out-of-range).',
    'It knows mar behind HASH_MEM or HASH_5_TUPLE_MEM of a memory that is not larger, behind LOADI of a smaller constant, behind ANDI with a mask smaller than the size, and in a case whose conditions say so. An address that comes from a header takes ANDI(mar, BUCKETS - 1) before the access.',
    'Registers are 0 when a packet comes in, so an access without any address takes bucket 0.',
  ),
  facts: factsOf(['see', 'memory, ANDI, HASH_MEM']),
  example: 'EXTRACT(hdr.ipv4.src, mar);\nANDI(mar, 255);\nMEMADD(counts);',
});

function hashes({ rpbs: all, description }: DataPlane): Article {
  const units = groupedByText(
    all,
    ({ hash: { polynomial, reflected } }) => `0x${polynomial.toString(16)} ${reflected}`,
  );
  const equal = units.filter(([, members]) => members.length > 1);
  const ranges = equal.map(([, members]) => rangesText(members.map((rpb) => rpb.number)));
  return {
    kind: 'topic',
    title: 'hash',
    meaning: paragraphs(
      'Each RPB has a hash unit: a CRC of 16 bits with a polynomial of its own, over the 5-tuple (13 bytes) or over har (4 bytes, most significant first). What a hash returns depends on the RPB in which its step lies, and so on the placement; the compiled document says which RPB each hash has.',
      ...(description.headers['ipv6'] === undefined
        ? []
        : [
            'Of a packet with IPv6 the 5-tuple has the next header of the IPv6 header as protocol, and addresses folded to 32 bits: the XOR of their four words.',
          ]),
      'A hash sets the low 16 bits of its register. HASH_MEM and HASH_5_TUPLE_MEM then cut mar to the size of the memory. The hash comes before the access, and its value is gone once mar is set again.',
    ),
    facts: factsOf(
      ['hash units', `${units.length} different ones in ${all.length} RPBs`],
      [
        'equal',
        ranges.length === 0
          ? 'none'
          : `RPBs ${ranges.join('; ')}: the rows of a sketch that lie there collide together`,
      ],
    ),
    example: 'HASH_5_TUPLE_MEM(counts);\nMEMADD(counts);',
  };
}

function forwarding(dataPlane: DataPlane): Article {
  const { ports, init, replication } = dataPlane.description;
  const deciding = ['FORWARD', 'RETURN', 'REPORT', ...(replication === undefined ? [] : ['MULTICAST'])];
  const unforwarded =
    init.unforwarded === 'egress'
      ? 'runs all steps of its program, is sent through the egress of the discard port, and is dropped there'
      : 'ends behind the ingress: steps of its program that lie in egress do not run';
  return {
    kind: 'topic',
    title: 'forwarding',
    meaning: paragraphs(
      `${listed([...deciding, 'DROP'])} decide where a packet goes; the last of ${listed(deciding)} on a path wins, and DROP wins over all. A path without any of them leaves the packet to default forwarding, an egress port for each ingress port that the operator sets (p4runpro serve --forward).`,
      `A packet that neither its program nor default forwarding sends anywhere ${unforwarded}. A program therefore needs a FORWARD on each path, unless its packets shall be lost.`,
    ),
    facts: factsOf(
      ['CPU port', String(ports.cpu)],
      ['recirculation port', `${ports.recirculation}: FORWARD to it is refused`],
      ['discard port', dataPlane.discardPort === undefined ? undefined : String(dataPlane.discardPort)],
      ['port numbers', `0 to ${number(2 ** ports.width - 1)}`],
      [
        'groups',
        replication &&
          `1 to ${number(replication.groups)}: MULTICAST copies a packet to the ports of one; p4runpro group adds them`,
      ],
    ),
  };
}

/** What a parser that skips extension headers does not come to. */
const unreachedChecksums = ({ parser }: DataPlaneDescription): readonly string[] =>
  Object.values(parser.states).flatMap(({ skip }) =>
    skip === undefined
      ? []
      : [
          `A header behind more than ${skip.most} extension headers of IPv6, or behind a Routing header with segments left, is not parsed: its checksum does not follow an address that MODIFY changed.`,
        ],
  );

const checksums = ({ description }: DataPlane): Article => ({
  kind: 'topic',
  title: 'checksum',
  meaning: description.updatesChecksums
    ? paragraphs(
        `MODIFY and RETURN keep checksums right: IPv4, TCP and UDP${description.headers['icmpv6'] === undefined ? '' : ', and ICMPv6'} checksums follow what changed. A UDP checksum of 0 stays 0.`,
        description.followsChip
          ? 'The IPv4 checksum is adjusted, so that one that came wrong stays wrong.'
          : 'An IPv4 header that changed gets a new checksum.',
        ...unreachedChecksums(description),
      )
    : 'MODIFY and RETURN leave checksums as they are: receivers will refuse packets whose addresses or payload changed.',
  facts: [],
});
