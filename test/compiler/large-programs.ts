/** Texts of about as many statements as asked for, of several shapes. */

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const program = (body: string, memories: readonly string[] = []): string =>
  `${memories.map((memory) => `@${memory}\n`).join('')}program p(<hdr.ipv4.dst, 10.0.0.0, 0xffff0000>) {\nEXTRACT(hdr.ipv4.src, har);\n${body}\n}\n`;

const branch = (cases: number, body: (i: number) => string): string =>
  `BRANCH:\n${lines(cases, (i) => `case(<har, ${i}, 0xffffffff>) { ${body(i)} }`)};`;

/** A BRANCH of two cases in each case, this many deep. */
const nested = (deep: number, number: number, end: string): string =>
  deep === 0
    ? end
    : `LOADI(sar, ${number});\nBRANCH:\ncase(<har, ${number}, 0xffffffff>) { ${nested(deep - 1, 2 * number, end)} }
case(<har, ${number + 1}, 0xffffffff>) { ${nested(deep - 1, 2 * number + 1, end)} };`;

/** Depth at which a nest of BRANCHes has this many ends. */
const depthFor = (ends: number): number => Math.floor(Math.log2(ends));

export const SHAPES = {
  'straight line': (n: number) => program(lines(n, () => 'ADD(har, sar);')),
  'NOPs before the last step': (n: number) => program(`${lines(n, () => 'NOP;')}\nFORWARD(1);`),
  'pseudo primitives': (n: number) => program(lines(n, (i) => `SUBI(har, ${i});`)),
  'chain of hashes': (n: number) => program(`${lines(n, () => 'HASH;')}\nHASH_MEM(m);\nMEMADD(m);`, ['m 64']),
  'cases of one step': (n: number) => program(branch(n, (i) => `FORWARD(${i % 60});`)),
  'cases with equal bodies': (n: number) => program(branch(n / 2, () => 'LOADI(sar, 5); MODIFY(hdr.ipv4.dst, sar);')),
  'cases with bodies of their own': (n: number) =>
    program(branch(n / 2, (i) => `LOADI(sar, ${i}); MODIFY(hdr.ipv4.dst, sar);`)),
  'cases with one memory': (n: number) =>
    program(
      branch(n / 2, (i) => `LOADI(mar, ${i % 65536}); MEMADD(m);`),
      ['m 65536'],
    ),
  'cases with one memory, at several depths': (n: number) =>
    program(
      branch(n / 4, (i) => `${lines(i % 4, (k) => `LOADI(sar, ${i + k});`)} LOADI(mar, ${i % 65536}); MEMADD(m);`),
      ['m 65536'],
    ),
  'cases with a memory each': (n: number) =>
    program(
      branch(n / 2, (i) => `HASH_5_TUPLE_MEM(m${i}); MEMADD(m${i});`),
      Array.from({ length: n / 2 }, (_, i) => `m${i} 1`),
    ),
  'memories in opposite orders': (n: number) =>
    program(
      // Enough cases that each memory is used.
      branch(n / 12, (i) => lines(10, (k) => `HASH_5_TUPLE_MEM(m${(k + i) % 20}); MEMADD(m${(k + i) % 20});`)),
      Array.from({ length: 20 }, (_, i) => `m${i} 16`),
    ),
  'BRANCHes one after another': (n: number) =>
    program(lines(40, (b) => branch(n / 80, (i) => `LOADI(sar, ${b + i}); FORWARD(${i % 60});`))),
  'nested BRANCHes': (n: number) => program(nested(depthFor(n / 3), 1, 'FORWARD(1);')),
  'nested BRANCHes over one memory': (n: number) =>
    program(nested(depthFor(n / 3), 1, 'HASH_5_TUPLE_MEM(m); MEMADD(m);'), ['m 64']),
  'many programs': (n: number) =>
    lines(n / 2, (i) => `program p${i}(<hdr.ipv4.dst, ${i * 256}, 0xffffff00>) { LOADI(sar, ${i}); FORWARD(1); }`),
  'statements with errors': (n: number) => program(lines(n, (i) => `FOO(${i});`)),
} as const satisfies Readonly<Record<string, (statements: number) => string>>;

export type ShapeName = keyof typeof SHAPES;
