/**
 * Random whole programs: filters of every parsing path, memories of every size, nested branches with bodies that are
 * equal or differ in a constant, every primitive, and registers that are shown at the end of a path. They are texts, so
 * that they go through the whole compiler, and a failure can be read.
 */
import fc from 'fast-check';
import type { HashedFields } from '../../compiler/data-plane/headers.js';
import { hashOfFields } from '../../compiler/data-plane/instructions/hash.js';
import {
  actionName,
  type Condition,
  type DataPlane,
  defaultDataPlane,
  type Field,
  type FieldMatch,
  type FilterTable,
  type Memory,
  must,
  ones,
  type PrimitiveName,
  type PrimitiveStatement,
  type Program,
  programSource,
  REGISTERS,
  type Register,
  type Statement,
  TIMESTAMP,
} from '../../compiler/index.js';
import { headersBehind } from '../../compiler/language/changed-headers.js';
import { HASHED_LISTS } from '../../compiler/language/hashed-fields.js';
import { PRIMITIVES } from '../../compiler/language/primitives.js';
import {
  frontPort,
  frontPortFrom,
  memoriesUsed,
  primitive,
  registerChanges,
  threeWords,
  word,
} from './random-programs.js';

const NOWHERE = { start: 0, end: 0, line: 0, column: 1 };

type Body = readonly Statement[];

const oneStatement = (statement: fc.Arbitrary<PrimitiveStatement>): fc.Arbitrary<Body> =>
  statement.map((only) => [only]);

const register = fc.constantFrom(...REGISTERS);

/** Sizes from 1 to 65,536; the ends more often. */
const buckets = fc.oneof(
  fc.constantFrom(1, 2, 256),
  fc.nat({ max: 16 }).map((exponent) => 2 ** exponent),
);

const memoryList: fc.Arbitrary<readonly Memory[]> = fc
  .array(buckets, { minLength: 1, maxLength: 4 })
  .map((sizes) => sizes.map((size, i) => ({ name: `m${i}`, buckets: size })));

/** Some of them of pairs; few, as few RPBs have room for one, and none larger than there is room for. */
function memoriesWithPairs({ rpbs }: DataPlane): fc.Arbitrary<readonly Memory[]> {
  const most = Math.max(...rpbs.filter(({ words }) => words === 2).map(({ buckets: count }) => count));
  return fc
    .tuple(memoryList, fc.nat(7))
    .map(([memories, ofPairs]) =>
      memories.map((memory, i) =>
        i === ofPairs % 4 ? { ...memory, buckets: Math.min(memory.buckets, most), isOfPairs: true } : memory,
      ),
    );
}

const MEMORY_PRIMITIVES = ['MEMADD', 'MEMSUB', 'MEMAND', 'MEMOR', 'MEMREAD', 'MEMWRITE', 'MEMMAX'] as const;

/** The lists of HASH_FIELDS that some RPB of a data plane hashes. */
const hashedLists = (dataPlane: DataPlane): readonly HashedFields[] =>
  HASHED_LISTS.filter((hashed) => dataPlane.rpbsWith(actionName(hashOfFields(hashed, 'mar'))).includes(1));

/** Ways to an address that lies in the memory. */
const ADDRESSES = [
  'HASH_FIELDS_MEM',
  'HASH_5_TUPLE_MEM',
  'HASH_MEM',
  'HASH, HASH_MEM',
  'LOADI',
  'ANDI',
  'AND with a constant',
  'MIN with a constant',
] as const;
/** As {@link ADDRESSES}, where the data plane has random numbers. */
const RANDOM_ADDRESSES = [...ADDRESSES, 'RANDOM'] as const;

/** An access and what comes before it: an address that the checker can see to lie in the memory. */
function access(memories: readonly Memory[], lists: readonly HashedFields[], isRandom: boolean): fc.Arbitrary<Body> {
  return fc
    .record({
      memory: fc.constantFrom(...memories),
      way: fc.constantFrom<(typeof RANDOM_ADDRESSES)[number][]>(...(isRandom ? RANDOM_ADDRESSES : ADDRESSES)),
      operation: fc.constantFrom(...MEMORY_PRIMITIVES),
      bucket: fc.nat(0xffff),
      hashed: fc.constantFrom(...lists),
      between: fc.oneof({ weight: 3, arbitrary: fc.constant<Body>([]) }, oneStatement(registerChanges)),
    })
    .map(({ memory: { name, buckets: size, isOfPairs }, way, operation, bucket, hashed, between }): Body => {
      const use = primitive(isOfPairs === true ? 'MEMCAS' : operation, { memory: name });
      const hash = (by: PrimitiveName): PrimitiveStatement => primitive(by, { memory: name });
      const mar = (by: PrimitiveName, integer: number): PrimitiveStatement =>
        primitive(by, { registers: ['mar'], integer });
      const withConstant = (by: PrimitiveName): Body => [
        primitive('LOADI', { registers: ['sar'], integer: size - 1 }),
        primitive(by, { registers: ['mar', 'sar'] }),
      ];
      const elsewhere = between.filter((statement) => !changesMar(statement));
      switch (way) {
        case 'HASH_FIELDS_MEM':
          return [{ ...hash(way), hashed }, ...elsewhere, use];
        case 'HASH_5_TUPLE_MEM':
        case 'HASH_MEM':
          return [hash(way), ...elsewhere, use];
        case 'HASH, HASH_MEM':
          return [primitive('HASH'), hash('HASH_MEM'), use];
        case 'LOADI':
          return [mar('LOADI', bucket % size), use];
        case 'ANDI':
        case 'RANDOM':
          return [mar(way, size - 1), ...elsewhere, use];
        case 'AND with a constant':
          return [...withConstant('AND'), ...elsewhere, use];
        default:
          return [...withConstant('MIN'), ...elsewhere, use];
      }
    });
}

const changesMar = (statement: Statement): boolean =>
  statement.kind === 'primitive' && statement.registers[0] === 'mar';

/**
 * All pairs of a field and a register for which the data plane has an action; without MODIFY of a field that decides on
 * headers, as no statement behind it could use these.
 */
function headerStatements(dataPlane: DataPlane): PrimitiveStatement[] {
  const statements = new Map<string, PrimitiveStatement>();
  for (const { actions } of dataPlane.rpbs) {
    for (const [name, { effect }] of actions) {
      if (effect.kind !== 'extract' && effect.kind !== 'modify') continue;
      const field = dataPlane.field(effect.field);
      const by = effect.kind === 'extract' ? 'EXTRACT' : 'MODIFY';
      if (by === 'MODIFY' && field.kind === 'header' && headersBehind(dataPlane, field).size > 0) continue;
      statements.set(name, { ...primitive(by, { registers: [effect.register] }), field });
    }
  }
  return [...statements.values()];
}

/** Masks of all bits take another way than others. */
const randoms: fc.Arbitrary<PrimitiveStatement> = fc
  .tuple(register, fc.oneof(fc.constantFrom(0xffffffff, 0xff, 1, 0), word))
  .map(([which, integer]) => primitive('RANDOM', { registers: [which], integer }));

const verdicts = (dataPlane: DataPlane): fc.Arbitrary<PrimitiveStatement> =>
  fc.oneof(
    fc.constantFrom<PrimitiveStatement[]>(
      primitive('DROP'),
      primitive('RETURN'),
      primitive('REPORT'),
      primitive('NOP'),
    ),
    frontPort(dataPlane).map((integer) => primitive('FORWARD', { integer })),
  );

/** To groups of 0 to 3 nodes (see testGroups), and now and then what tells the copies apart, which keeps the program in one pass. */
const copying = (dataPlane: DataPlane, table: FilterTable): fc.Arbitrary<Body> =>
  fc.tuple(fc.nat(8), fc.nat(3), register).map(([group, reads, into]): Body => {
    const copies = primitive('MULTICAST', { integer: group + 1 });
    if (reads > 1) return [copies];
    const each = [copies, primitive('EXTRACT', { field: REPLICATION_ID, registers: [into] }, dataPlane)];
    if (reads > 0) return each;
    // Behind what only the egress has, so that each copy draws its own.
    const draw = primitive('RANDOM', { registers: ['har'], integer: 0xffffffff });
    return [...each, draw, ...shownBehind(dataPlane, table).har];
  });

const REPLICATION_ID = 'eg_intr_md.egress_rid';

const accesses = (statement: Statement): boolean =>
  statement.kind === 'branch'
    ? statement.cases.some(({ body }) => body.some(accesses))
    : /^MEM/.test(statement.primitive);

/** Without each MULTICAST that memory is accessed behind, which is an error. */
const withoutEarlyCopies = (body: Body): Body =>
  body.flatMap((statement, i): Body => {
    if (statement.kind === 'primitive') {
      return statement.primitive === 'MULTICAST' && body.slice(i).some(accesses) ? [] : [statement];
    }
    const cases = statement.cases.map((item) => ({ ...item, body: withoutEarlyCopies(item.body) }));
    return [{ ...statement, cases }];
  });

/** MODIFY is from sar alone, so the others come there first. */
const SHOWS: Record<Register, Body> = {
  sar: [primitive('MODIFY', { field: 'hdr.l5.key3', registers: ['sar'] })],
  har: [
    primitive('MOVE', { registers: ['sar', 'har'] }),
    primitive('MODIFY', { field: 'hdr.ipv4.dst', registers: ['sar'] }),
  ],
  mar: [
    primitive('MOVE', { registers: ['sar', 'mar'] }),
    primitive('MODIFY', { field: 'hdr.l5.key3', registers: ['sar'] }),
  ],
};

/** Behind IPv6, where every register can be written to a field of its own. */
const shownInIpv6 = (dataPlane: DataPlane): Record<Register, Body> => {
  const show = (field: string, which: Register): Body => [
    primitive('MODIFY', { field, registers: [which] }, dataPlane),
  ];
  return {
    har: show('hdr.ipv6.src[1]', 'har'),
    sar: show('hdr.ipv6.dst[1]', 'sar'),
    mar: show('hdr.ipv6.dst[2]', 'mar'),
  };
};

/** What shows registers to packets of a filter table. */
const shownBehind = (dataPlane: DataPlane, { path }: FilterTable): Record<Register, Body> =>
  path === 'IPv6' ? shownInIpv6(dataPlane) : SHOWS;

const shows = (by: Record<Register, Body>): fc.Arbitrary<Body> =>
  fc.subarray([...REGISTERS]).map((list) => list.flatMap((which) => by[which]));

/** Mostly such that about half of the packets, or those with a small number, meet it. */
const condition: fc.Arbitrary<Condition> = fc
  .tuple(
    register,
    fc.oneof(
      { weight: 3, arbitrary: fc.tuple(fc.constantFrom(1, 2, 3, 0x80000000), word) },
      { weight: 2, arbitrary: fc.tuple(fc.constant(0xffffffff), fc.nat(2)) },
      { weight: 1, arbitrary: fc.tuple(fc.constantFrom(0, 0xff, 0xffff0000, 0xffffffff), word) },
    ),
  )
  .map(([which, [mask, value]]) => ({ register: which, mask, value: (value & mask) >>> 0 }));

const conditions = fc.oneof(
  { weight: 3, arbitrary: condition.map((only) => [only]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(condition, { minLength: 1, maxLength: 3, selector: (each) => each.register }),
  },
);

type Head = readonly Condition[];

/** The conditions on these registers instead, so that packets can be made which meet them; all registers if there are none. */
function conditionsOn(registers: readonly Register[], head: Head): Head {
  const renamed = head.map((each, i) => ({ ...each, register: registers[i % registers.length] ?? each.register }));
  return renamed.filter(({ register: which }, i) => renamed.findIndex((other) => other.register === which) === i);
}

/** How the cases of a BRANCH get their bodies from what was generated. */
const CASE_BODIES = ['each its own', 'all equal', 'one constant differs'] as const;

function bodies(
  parts: fc.Arbitrary<Body>,
  extracts: readonly PrimitiveStatement[],
  shown: fc.Arbitrary<Body>,
  maxDepth: number,
): fc.Arbitrary<Body> {
  return fc.letrec<{ body: Body }>((tie) => {
    const straight = fc.array(parts, { maxLength: 4 }).map((list) => list.flat());
    const end = fc.tuple(straight, shown).map(([before, last]) => [...before, ...last]);
    const branching = fc
      .record({
        before: straight,
        fresh: fc.oneof(
          { weight: 3, arbitrary: fc.subarray([...extracts], { minLength: 1, maxLength: 2 }) },
          fc.constant<PrimitiveStatement[]>([]),
        ),
        heads: fc.array(conditions, { minLength: 1, maxLength: 4 }),
        bodies: fc.array(tie('body'), { minLength: 4, maxLength: 4 }),
        kind: fc.constantFrom(...CASE_BODIES),
        constants: fc.array(word, { minLength: 4, maxLength: 4 }),
        after: tie('body'),
      })
      .map(({ before, fresh, heads, bodies: list, kind, constants, after }): Body => {
        const tested = fresh.flatMap(({ registers }) => registers);
        const cases = heads.map((each, i) => {
          const own = list[kind === 'each its own' ? i : 0] ?? [];
          const body = kind === 'one constant differs' ? withConstant(own, constants[i] ?? 0) : own;
          return { conditions: conditionsOn(tested, each), body, span: NOWHERE };
        });
        return [...before, ...fresh, { kind: 'branch', cases, span: NOWHERE }, ...after];
      });
    return { body: fc.oneof({ maxDepth, depthSize: 'small' }, end, branching) };
  }).body;
}

/** The body with its first constant replaced, or with one more statement if there is none that bounds no address. */
function withConstant(body: Body, integer: number): Body {
  const at = body.findIndex((statement) => statement.kind === 'primitive' && statement.primitive === 'LOADI');
  const [statement, next] = body.slice(at, at + 2);
  const isBound = next !== undefined && changesMar(next);
  if (at < 0 || statement?.kind !== 'primitive' || statement.registers[0] === 'mar' || isBound) {
    return [primitive('LOADI', { registers: ['sar'], integer }), ...body];
  }
  return [...body.slice(0, at), { ...statement, integer }, ...body.slice(at + 1)];
}

interface Filtering {
  readonly table: FilterTable;
  readonly filters: readonly FieldMatch[];
}

/** Values that make the parser go on: application ports behind UDP, IPv4 behind Ethernet. */
const FIELD_VALUES: Readonly<Record<string, readonly number[]>> = {
  'hdr.ethernet.ether_type': [0x0800, 0x0800, 0x8100, 0x1111],
  'hdr.ipv4.protocol': [6, 17, 1],
  'hdr.l4_port.dst_port': [7777, 7778, 8888, 9999, 80],
  'ig_intr_md.ingress_port': [1, 2, 3, 511],
};

/** Filters on some of the keys of one filter table, so that the program belongs to its parsing path. */
function filtering(dataPlane: DataPlane): fc.Arbitrary<Filtering> {
  const tables = dataPlane.filterTables.filter(({ unreachable }) => unreachable === undefined);
  // The more of the packet a path parses, the more there is to compare.
  const weighted = tables.map((table) => ({ weight: table.path === 'tunnel' ? 1 : 4, arbitrary: fc.constant(table) }));
  return fc.oneof(...weighted).chain((table) => {
    if (table.path === 'IPv6') return ipv6Filtering(table);
    const [first, ...rest] = [...table.keys].reverse().filter(({ kind }) => kind === 'header');
    if (first === undefined) throw new Error(`${table.table} has no header field`);
    const intrinsic = table.keys.filter(({ kind }) => kind === 'intrinsic');
    return fc
      .tuple(
        fc.subarray([...rest, ...intrinsic], { maxLength: Math.min(2, rest.length + intrinsic.length) }),
        fc.array(fc.tuple(word, fc.nat(3)), { minLength: 4, maxLength: 4 }),
      )
      .map(([others, choices]) => ({
        table,
        filters: [first, ...others].map((field, i): FieldMatch => {
          const [value = 0, way = 0] = choices[i] ?? [];
          const known = FIELD_VALUES[field.name];
          const all = ones(field.width);
          if (known !== undefined) return { field, value: known[way % known.length] ?? 0, mask: all };
          // All bits, some high bits, or one low bit.
          const mask = way === 0 ? all : way === 1 ? all - ones(Math.min(8, field.width - 1)) : 1;
          return { field, value: Number((BigInt(value) * 65537n) & BigInt(all) & BigInt(mask)), mask };
        }),
      }));
  });
}

const IPV6_FIELDS = ['hdr.ipv6.src', 'hdr.ipv6.dst'] as const;
const IPV6_WORDS = 4;
const WORD_BITS = 32;
/** TCP, UDP, ICMPv6, and one that ends the parser. */
const NEXT_HEADERS = [6, 17, 58, 59] as const;

/** A prefix of an address, by the words that it has a bit of. */
function prefixMatches(table: FilterTable, field: string, bits: number, words: readonly number[]): FieldMatch[] {
  return words.flatMap((value, word): FieldMatch[] => {
    const length = Math.min(WORD_BITS, bits - word * WORD_BITS);
    if (length <= 0) return [];
    const mask = 2 ** WORD_BITS - 2 ** (WORD_BITS - length);
    const key = must(
      table.keys.find(({ name }) => name === `${field}[${word}]`),
      'word of an address',
    );
    return [{ field: key, value: (value & mask) >>> 0, mask }];
  });
}

/** Prefixes of one or both addresses, or the next header, and now and then a port. */
function ipv6Filtering(table: FilterTable): fc.Arbitrary<Filtering> {
  const keyOf = (name: string): Field =>
    must(
      table.keys.find((key) => key.name === name),
      name,
    );
  const address = fc.array(word, { minLength: IPV6_WORDS, maxLength: IPV6_WORDS });
  const bits = fc.oneof(fc.constantFrom(0, 32, 64, 128), fc.integer({ min: 1, max: 127 }));
  const next = fc.option(fc.constantFrom(...NEXT_HEADERS));
  const port = fc.option(fc.tuple(fc.constantFrom('src', 'dst'), fc.constantFrom(80, 443, 7777)), { freq: 3 });
  return fc
    .tuple(
      fc.array(bits, { minLength: 2, maxLength: 2 }),
      fc.array(address, { minLength: 2, maxLength: 2 }),
      next,
      port,
    )
    .map(([lengths, addresses, protocol, ported]) => {
      const prefixes = IPV6_FIELDS.flatMap((field, i) =>
        prefixMatches(table, field, must(lengths[i], 'length'), must(addresses[i], 'address')),
      );
      const wanted = prefixes.length === 0 ? (protocol ?? NEXT_HEADERS[0]) : protocol;
      // Only the first two have ports.
      const header = wanted !== null && ported !== null ? must(NEXT_HEADERS[wanted % 2], 'next header') : wanted;
      const filters = [...prefixes];
      if (header !== null) filters.push({ field: keyOf('hdr.ipv6.next_header'), value: header, mask: 0xff });
      if (ported !== null)
        filters.push({ field: keyOf(`hdr.l4_port.${ported[0]}_port`), value: ported[1], mask: 0xffff });
      return { table, filters };
    });
}

export interface RandomProgramOptions {
  readonly dataPlane?: DataPlane;
  readonly name?: string;
  readonly maxDepth?: number;
}

/** Whether a data plane has what a primitive needs, with these registers. */
function hasPrimitive(dataPlane: DataPlane, name: PrimitiveName, registers: readonly Register[] = []): boolean {
  const effect = PRIMITIVES.get(name)?.needs?.(registers, undefined);
  return effect !== undefined && dataPlane.rpbsWith(actionName(effect)).includes(1);
}

/** Statements of fields that packets of a filter table may have, by version of IP. */
function fitting(headers: readonly PrimitiveStatement[], { path }: FilterTable): readonly PrimitiveStatement[] {
  const other = path === 'IPv6' ? 'hdr.ipv4.' : 'hdr.ipv6.';
  return path === 'L2' ? headers : headers.filter(({ field }) => field?.name.startsWith(other) !== true);
}

/** Mostly statements of header fields that the packets have, where there are others, and what is known of their arrival. */
function headerParts(dataPlane: DataPlane, all: readonly PrimitiveStatement[], table: FilterTable): fc.Arbitrary<Body> {
  if (!dataPlane.fields.has(TIMESTAMP)) return oneStatement(fc.constantFrom(...all));
  const intrinsics = all.filter(({ field }) => field?.kind === 'intrinsic');
  const possible = fitting(all, table).filter(({ field }) => field?.kind === 'header');
  const by = shownBehind(dataPlane, table);
  const seen = intrinsics.map((extract): Body => [extract, ...extract.registers.flatMap((which) => by[which])]);
  return fc.oneof(
    { weight: 8, arbitrary: oneStatement(fc.constantFrom(...possible)) },
    { weight: 2, arbitrary: oneStatement(fc.constantFrom(...intrinsics)) },
    { weight: 2, arbitrary: fc.constantFrom(...seen) },
    { weight: 1, arbitrary: oneStatement(fc.constantFrom(...all)) },
  );
}

/** Texts of programs that have no error; they may be too long for a switch. */
export function wholePrograms(options: RandomProgramOptions = {}): fc.Arbitrary<string> {
  const { dataPlane = defaultDataPlane(), name = 'p', maxDepth = 3 } = options;
  const headers = headerStatements(dataPlane).filter(({ field }) => field?.name !== REPLICATION_ID);
  const lists = hashedLists(dataPlane);
  const hashes = [
    primitive('HASH'),
    primitive('HASH_5_TUPLE'),
    ...lists.map((hashed) => ({ ...primitive('HASH_FIELDS'), hashed })),
  ];
  const isRandom = hasPrimitive(dataPlane, 'RANDOM', ['har']);
  const memoriesOf = hasPrimitive(dataPlane, 'MEMCAS') ? memoriesWithPairs(dataPlane) : memoryList;
  return fc.tuple(memoriesOf, filtering(dataPlane)).chain(([memories, { table, filters }]) => {
    const parts = fc.oneof(
      { weight: 4, arbitrary: oneStatement(registerChanges) },
      { weight: 5, arbitrary: access(memories, lists, isRandom) },
      { weight: 2, arbitrary: headerParts(dataPlane, headers, table) },
      { weight: 1, arbitrary: oneStatement(verdicts(dataPlane)) },
      { weight: 1, arbitrary: oneStatement(fc.constantFrom(...hashes)) },
      ...(isRandom ? [{ weight: 2, arbitrary: oneStatement(randoms) }] : []),
    );
    const all = hasPrimitive(dataPlane, 'MULTICAST')
      ? fc.oneof({ weight: 6, arbitrary: parts }, { weight: 1, arbitrary: copying(dataPlane, table) })
      : parts;
    const extracts = fitting(headers, table).filter(
      (each) => each.primitive === 'EXTRACT' && each.field?.kind === 'header',
    );
    const shown = shows(shownBehind(dataPlane, table));
    return fc.tuple(bodies(all, extracts, shown, maxDepth), threeWords).map(([generated, start]) => {
      const body = withoutEarlyCopies(generated);
      const used = memoriesUsed(body);
      const program: Program = {
        name,
        filterTable: table,
        filters,
        memories: memories.filter((memory) => used.has(memory.name)),
        body: body.length > 0 ? body : [primitive('FORWARD', { integer: frontPortFrom(dataPlane, start.har % 64) })],
      };
      return programSource(program);
    });
  });
}
