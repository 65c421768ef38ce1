/** A program whose cases change while it runs: it counts flows, and its BRANCH takes more cases. */
export const COUNTS = `@count 256
program counts(<hdr.udp.dst_port, 7777, 0xffff>) {
  EXTRACT(hdr.l5.op, har);
  EXTRACT(hdr.l5.key1, sar);
  BRANCH:
    case(<har, 1, 0xffffffff>) { FORWARD(1); HASH_5_TUPLE_MEM(count); MEMADD(count); MODIFY(hdr.l5.key3, sar); };
  DROP;
}
`;
