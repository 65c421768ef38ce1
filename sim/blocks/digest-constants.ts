/** The numbers of the digest of a packet: of its lane of even words, and of that of odd words. */
export const DIGEST = {
  even: { start: 0x243f6a88, multiplier: 0x9e3779b1, shift: 15, final: 0xc2b2ae3d },
  odd: { start: 0x85a308d3, multiplier: 0x85ebca77, shift: 13, final: 0x27d4eb2f },
} as const;
