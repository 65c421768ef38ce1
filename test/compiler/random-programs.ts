/** Random programs for properties, as checked statements. */
import fc from 'fast-check';
import type { HashedFields } from '../../compiler/data-plane/headers.js';
import {
  type Condition,
  type DataPlane,
  defaultDataPlane,
  type Field,
  type PrimitiveName,
  type PrimitiveStatement,
  type Program,
  REGISTERS,
  type Register,
  type Statement,
} from '../../compiler/index.js';

const dataPlane = defaultDataPlane();
const NOWHERE = { start: 0, end: 0, line: 0, column: 1 };

export const MEMORIES: ReadonlyMap<string, number> = new Map([
  ['m', 256],
  ['n', 1024],
  ['o', 65536],
]);

export function primitive(
  name: PrimitiveName,
  operands: {
    registers?: readonly Register[];
    field?: string;
    memory?: string;
    integer?: number;
    hashed?: HashedFields;
  } = {},
  of = dataPlane,
): PrimitiveStatement {
  const { registers = [], field, memory, integer = 0, hashed } = operands;
  const resolved: Field | undefined = field === undefined ? undefined : of.fieldReference(field)?.field;
  return { kind: 'primitive', primitive: name, registers, field: resolved, memory, integer, hashed, span: NOWHERE };
}

const CORNERS = [0, 1, 2, 31, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** A 32-bit value, corners more often. */
export const word: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(...CORNERS), fc.nat({ max: 0xffffffff }));
export const threeWords = fc.record({ har: word, sar: word, mar: word });

const register = fc.constantFrom(...REGISTERS);
const PAIRS = REGISTERS.flatMap((a) =>
  REGISTERS.filter((b) => b !== a).map((b): readonly [Register, Register] => [a, b]),
);
const pair = fc.constantFrom(...PAIRS);
const memory = fc.constantFrom(...MEMORIES.keys());

const PAIR_PRIMITIVES = ['ADD', 'AND', 'OR', 'XOR', 'MAX', 'MIN', 'MOVE', 'EQUAL', 'SGT', 'SLT', 'SUB'] as const;
const INTEGER_PRIMITIVES = ['LOADI', 'ADDI', 'SUBI', 'ANDI', 'ORI', 'XORI'] as const;
const MEMORY_PRIMITIVES = ['MEMADD', 'MEMSUB', 'MEMAND', 'MEMOR', 'MEMREAD', 'MEMWRITE', 'MEMMAX'] as const;

/** One primitive on registers, pseudo primitives among them. */
export const registerChanges = fc.oneof(
  fc.tuple(fc.constantFrom(...PAIR_PRIMITIVES), pair).map(([name, registers]) => primitive(name, { registers })),
  fc
    .tuple(fc.constantFrom(...INTEGER_PRIMITIVES), register, word)
    .map(([name, only, integer]) => primitive(name, { registers: [only], integer })),
  register.map((only) => primitive('NOT', { registers: [only] })),
);

const onHash = fc.constantFrom<PrimitiveStatement[]>(primitive('HASH'), primitive('HASH_5_TUPLE'));

/** An address and an access; the address is masked, as the owner of a memory must. */
const onMemory: fc.Arbitrary<PrimitiveStatement[]> = fc
  .tuple(memory, fc.constantFrom('HASH_MEM', 'HASH_5_TUPLE_MEM', 'LOADI', 'ANDI', 'hash in two steps'), fc.nat(255))
  .chain(([name, how, bucket]) =>
    fc.constantFrom(...MEMORY_PRIMITIVES).map((access) => {
      const size = MEMORIES.get(name) ?? 1;
      const last = primitive(access, { memory: name });
      const mar = (by: 'LOADI' | 'ANDI', integer: number) => primitive(by, { registers: ['mar'], integer });
      if (how === 'LOADI') return [mar('LOADI', bucket), last];
      if (how === 'ANDI') return [mar('ANDI', size - 1), last];
      if (how !== 'hash in two steps') return [primitive(how as PrimitiveName, { memory: name }), last];
      return [primitive('HASH'), primitive('HASH_MEM', { memory: name }), last];
    }),
  );

/** Writing a register to a field makes it live, and shows its value. */
const SHOWN: Record<Register, string> = { har: 'hdr.l5.key1', sar: 'hdr.ipv4.dst', mar: 'hdr.l5.key2' };
export const show = (which: Register): PrimitiveStatement =>
  primitive('MODIFY', { registers: [which], field: SHOWN[which] });

/** The first port from this one on that packets can leave by. */
export function frontPortFrom(of: DataPlane, port: number): number {
  let front = port;
  while (of.inwardPort(front) !== undefined) front++;
  return front;
}
/** Ports that packets can leave by. */
export const frontPort = (of: DataPlane): fc.Arbitrary<number> => fc.nat(511).map((port) => frontPortFrom(of, port));
const forwarding = fc.oneof(
  fc.constantFrom<PrimitiveStatement[]>(
    primitive('DROP'),
    primitive('DROP'),
    primitive('RETURN'),
    primitive('REPORT'),
    primitive('NOP'),
  ),
  frontPort(dataPlane).map((integer) => primitive('FORWARD', { integer })),
);

const EXTRACTS: readonly (readonly [string, Register])[] = [
  ['hdr.ipv4.src', 'har'],
  ['hdr.ipv4.total_len', 'sar'],
  ['hdr.ipv4.ecn', 'mar'],
];
const extract = fc.constantFrom(...EXTRACTS).map(([field, into]) => primitive('EXTRACT', { field, registers: [into] }));

const condition = fc
  .tuple(register, fc.constantFrom(0, 1, 3, 0x80000000, 0xff, 0xffffffff), word)
  .map(([which, mask, value]): Condition => ({ register: which, mask, value: (value & mask) >>> 0 }));

/** Statements with branches, cases and what follows them. */
function bodies(statements: fc.Arbitrary<readonly PrimitiveStatement[]>): fc.Arbitrary<readonly Statement[]> {
  return fc.letrec<{ body: readonly Statement[] }>((tie) => {
    const straight = fc.array(statements, { maxLength: 4 }).map((parts) => parts.flat());
    const branchCase = fc.record({
      conditions: fc.uniqueArray(condition, { minLength: 1, maxLength: 3, selector: (each) => each.register }),
      body: tie('body'),
      span: fc.constant(NOWHERE),
    });
    const branching = fc
      .tuple(straight, fc.array(branchCase, { minLength: 1, maxLength: 3 }), tie('body'))
      .map(([before, cases, after]): readonly Statement[] => [
        ...before,
        { kind: 'branch', cases, span: NOWHERE },
        ...after,
      ]);
    return { body: fc.oneof({ maxDepth: 2, depthSize: 'small' }, straight, branching) };
  }).body;
}

const one = (statement: fc.Arbitrary<PrimitiveStatement>) => statement.map((only) => [only]);

/** Registers only, every register shown now and then: what an expansion clobbers is seen. */
export const registerStatements: fc.Arbitrary<readonly PrimitiveStatement[]> = fc
  .array(fc.oneof({ arbitrary: registerChanges, weight: 3 }, onHash, { arbitrary: register.map(show), weight: 1 }), {
    maxLength: 12,
  })
  .chain((list) => fc.subarray([...REGISTERS]).map((last) => [...list, ...last.map(show)]));

/** Everything the language has, for the step trees; not every header action exists on a data plane. */
export const anyStatements: fc.Arbitrary<readonly Statement[]> = bodies(
  fc.oneof(one(registerChanges), one(onHash), onMemory, one(forwarding), one(extract), one(register.map(show))),
);

/** What the default data plane has actions for. */
export const placeableStatements: fc.Arbitrary<readonly Statement[]> = bodies(
  fc.oneof(
    { arbitrary: one(registerChanges), weight: 2 },
    one(onHash),
    { arbitrary: onMemory, weight: 3 },
    one(forwarding),
    one(extract),
    one(fc.constant(show('sar'))),
  ),
).map((statements) => numbered(statements, { line: 1 }));

/** The same statements, each in a line of its own. */
function numbered(statements: readonly Statement[], counter: { line: number }): readonly Statement[] {
  return statements.map((statement) => {
    const span = { ...NOWHERE, line: counter.line++ };
    if (statement.kind === 'primitive') return { ...statement, span };
    const cases = statement.cases.map((branchCase) => ({ ...branchCase, body: numbered(branchCase.body, counter) }));
    return { ...statement, cases, span };
  });
}

/** The names of the memories that statements access or hash for. */
export function memoriesUsed(statements: readonly Statement[]): Set<string> {
  const used = new Set<string>();
  for (const statement of statements) {
    if (statement.kind === 'primitive') {
      if (statement.memory !== undefined) used.add(statement.memory);
    } else for (const { body } of statement.cases) for (const name of memoriesUsed(body)) used.add(name);
  }
  return used;
}

/** A program of these statements, for packets of one IPv4 source. */
export function programOf(name: string, source: number, body: readonly Statement[], of = dataPlane): Program {
  const filterTable = of.filterTables.find(({ path }) => path === 'L3');
  if (filterTable === undefined) throw new Error('the data plane has no L3 filter table');
  const used = memoriesUsed(body);
  return {
    name,
    filterTable,
    filters: [{ field: of.field('hdr.ipv4.src'), value: source, mask: 0xffffffff }],
    memories: [...MEMORIES]
      .filter(([memory]) => used.has(memory))
      .map(([memory, buckets]) => ({ name: memory, buckets })),
    body,
  };
}
