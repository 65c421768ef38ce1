/** Statements of a case that mark a packet in its headers, and go on in a second pass: half of a program would show. */
export const MARKS_IN_TWO_PASSES = `LOADI(sar, 0x1111);
      MODIFY(hdr.l5.key3, sar);
      LOADI(sar, 0x0a0a0a0a);
      MODIFY(hdr.ipv4.dst, sar);
      RETURN;
      FORWARD(12);
      FORWARD(13);
      FORWARD(14);
      FORWARD(15);
      RETURN;`;
