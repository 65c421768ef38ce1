/** Names that fields have elsewhere: in other P4 programs, in packet tools and in RFCs. */
import type { DataPlane } from '../data-plane/data-plane.js';

/** The field that a name of elsewhere stands for. */
export interface FieldHabit {
  readonly field: string;
  /** Which bits of it are meant, where it holds more than the name says. */
  readonly note?: string;
}

/** Bits of the fourth word of a TCP header: data offset 4, reserved 4, flags 8, window 16. */
const TCP_FLAGS: Readonly<Record<string, string>> = {
  fin: '0x10000',
  syn: '0x20000',
  rst: '0x40000',
  psh: '0x80000',
  ack: '0x100000',
  urg: '0x200000',
};

const TCP_WORD = 'hdr.tcp.tcp4thword';
const WORD_PARTS: Readonly<Record<string, string>> = {
  flags: 'the flags are its bits 0xff0000; SYN has mask 0x20000, ACK 0x100000, FIN 0x10000, RST 0x40000',
  ctrl: 'the flags are its bits 0xff0000; SYN has mask 0x20000, ACK 0x100000, FIN 0x10000, RST 0x40000',
  window: 'the window is its bits 0xffff',
  data_offset: 'the data offset is its bits 0xf0000000',
  dataoffset: 'the data offset is its bits 0xf0000000',
  ...Object.fromEntries(Object.entries(TCP_FLAGS).map(([flag, mask]) => [flag, `the flag has mask ${mask}`])),
};

const HEADERS: Readonly<Record<string, string>> = {
  ip: 'ipv4',
  ip4: 'ipv4',
  ip6: 'ipv6',
  eth: 'ethernet',
  vlan_tag: 'vlan',
};

/** Last names by header, in small letters. */
const LAST_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ethernet: {
    type: 'ether_type',
    ethertype: 'ether_type',
    srcaddr: 'src',
    src_addr: 'src',
    dstaddr: 'dst',
    dst_addr: 'dst',
  },
  vlan: { id: 'vid', type: 'ether_type', ethertype: 'ether_type', prio: 'pcp' },
  ipv4: {
    tos: 'diffserv',
    dscp: 'diffserv',
    proto: 'protocol',
    len: 'total_len',
    length: 'total_len',
    totallen: 'total_len',
    id: 'identification',
    frag: 'fragment_offset',
    frag_offset: 'fragment_offset',
    hdr_checksum: 'checksum',
    hdrchecksum: 'checksum',
    srcaddr: 'src',
    src_addr: 'src',
    sip: 'src',
    dstaddr: 'dst',
    dst_addr: 'dst',
    dip: 'dst',
  },
  ipv6: {
    srcaddr: 'src',
    src_addr: 'src',
    sip: 'src',
    dstaddr: 'dst',
    dst_addr: 'dst',
    dip: 'dst',
    nexthdr: 'next_header',
    next_hdr: 'next_header',
    nextheader: 'next_header',
    protocol: 'next_header',
    hoplimit: 'hop_limit',
    ttl: 'hop_limit',
    payload_length: 'payload_len',
    payloadlen: 'payload_len',
    tc: 'traffic_class',
    trafficclass: 'traffic_class',
    flowlabel: 'flow_label',
  },
  tcp: {
    seq: 'seq_no',
    seqno: 'seq_no',
    ack_num: 'ack_no',
    ackno: 'ack_no',
    srcport: 'src_port',
    sport: 'src_port',
    dstport: 'dst_port',
    dport: 'dst_port',
    urgent_ptr: 'urgent',
  },
  udp: { len: 'length', srcport: 'src_port', sport: 'src_port', dstport: 'dst_port', dport: 'dst_port' },
};

/** What a name of elsewhere stands for on the data plane, with or without `hdr.`; undefined for other names. */
export function fieldHabit(name: string, dataPlane: DataPlane): FieldHabit | undefined {
  const [typed, last, ...more] = name
    .toLowerCase()
    .replace(/^hdr\./, '')
    .split('.');
  if (typed === undefined || last === undefined || more.length > 0) return undefined;
  const header = own(HEADERS, typed) ?? typed;
  const note = header === 'tcp' ? own(WORD_PARTS, last) : undefined;
  const names = own(LAST_NAMES, header);
  const field = note === undefined ? `hdr.${header}.${(names && own(names, last)) ?? last}` : TCP_WORD;
  if (field === name || dataPlane.fieldReference(field) === undefined) return undefined;
  return { field, ...(note !== undefined && { note }) };
}

/** The user's words may be names of the object itself. */
const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
