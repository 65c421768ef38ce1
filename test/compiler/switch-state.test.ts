import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CompiledProgram,
  DEFAULT_LINK_OPTIONS,
  DoesNotFit,
  type DoesNotFitReason,
  defaultDataPlane,
  type Program,
  SwitchState,
} from '../../compiler/index.js';
import { FreeRanges } from '../../compiler/link/free-ranges.js';
import { cases } from '../tiers.js';
import {
  checkedProgram,
  checkedPrograms,
  inProgram,
  linkProgram,
  PROPERTY,
  SAMPLE_NAMES,
  sampleSource,
  smallDataPlane,
} from './support.js';

const dataPlane = defaultDataPlane();
const everyProgram = SAMPLE_NAMES.flatMap((name) => checkedPrograms(sampleSource(name)));

/** A program with another name, so that it can run several times; filters are told apart by priority. */
const renamed = (program: Program, name: string): Program => ({ ...program, name });

function refusal(action: () => unknown): { readonly reason: DoesNotFitReason; readonly message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof DoesNotFit) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const step = fc.record({
  kind: fc.constantFrom('deploy', 'deploy', 'revoke', 'release', 'cancel'),
  pick: fc.nat(1000),
});

test('after any sequence of deployments and revocations of all programs, the state is the initial one', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const state = new SwitchState(dataPlane);
      const start = state.snapshot();
      let priority = 0;
      const names = (status: string): string[] =>
        [...state.programs].filter(([, running]) => running.status === status).map(([name]) => name);
      for (const { kind, pick } of steps) {
        const list = names(kind === 'revoke' ? 'running' : 'revoking');
        const name = list[pick % Math.max(1, list.length)];
        if (kind === 'deploy') {
          const program = everyProgram[pick % everyProgram.length];
          if (program === undefined) continue;
          const filterPriority = ++priority;
          const fresh = renamed(program, `${program.name}_${filterPriority}`);
          state.commit(linkProgram(fresh, state, { ...DEFAULT_LINK_OPTIONS, filterPriority }));
        } else if (name !== undefined) {
          const before = state.snapshot();
          if (kind === 'revoke') state.beginRevoke(name);
          else if (kind === 'cancel') state.cancelRevoke(name);
          else state.release(name);
          if (kind !== 'release') assert.equal(state.snapshot(), before, 'what a revoking program has stays taken');
        }
      }
      for (const name of [...state.programs.keys()]) {
        state.beginRevoke(name);
        state.release(name);
      }
      assert.equal(state.snapshot(), start);
    }),
    { ...PROPERTY, numRuns: cases(60) },
  );
});

test('all fifteen run side by side, with distinct ids', () => {
  const state = new SwitchState(dataPlane);
  for (const [filterPriority, program] of everyProgram.entries()) {
    state.commit(linkProgram(program, state, { ...DEFAULT_LINK_OPTIONS, filterPriority }));
  }
  const ids = [...state.programs.values()].map(({ compiled }) => compiled.programId);
  assert.equal(
    ids,
    ids.map((_, i) => i + 1),
  );
  state.release(everyProgram[3]?.name ?? '');
  assert.is(state.freeProgramId(), 4, 'the lowest free id is used again');
});

const one = (filter: string, body = 'NOP;', name = 'p', memories = ''): Program =>
  checkedProgram(`${memories}\nprogram ${name}(${filter}) { ${body} }`);

const atPriority = (program: Program, state: SwitchState, filterPriority: number): CompiledProgram =>
  linkProgram(program, state, { ...DEFAULT_LINK_OPTIONS, filterPriority });

const OVERLAPS: readonly (readonly [a: string, b: string, overlap: boolean])[] = [
  ['<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>', '<hdr.ipv4.src, 10.1.0.0, 255.255.0.0>', true],
  ['<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>', '<hdr.ipv4.src, 11.0.0.0, 255.0.0.0>', false],
  ['<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>', '<hdr.ipv4.dst, 11.0.0.0, 255.0.0.0>', true],
  ['<hdr.ipv4.src, 128.0.0.0, 128.0.0.0>', '<hdr.ipv4.src, 0.0.0.1, 0.0.0.1>', true],
  ['<hdr.ipv4.src, 128.0.0.0, 128.0.0.0>', '<hdr.ipv4.src, 0, 128.0.0.0>', false],
  ['<hdr.udp.dst_port, 53, 0xffff>', '<hdr.tcp.dst_port, 53, 0xffff>', false],
  ['<hdr.udp.dst_port, 53, 0xffff>', '<hdr.udp.src_port, 53, 0xffff>', true],
  ['<hdr.ethernet.dst, 0x800000000001, 0xffffffffffff>', '<hdr.ethernet.dst, 1, 0xffffffffffff>', false],
  ['<hdr.ethernet.dst, 0x800000000001, 0xffffffffffff>', '<hdr.ethernet.src, 1, 0xffffffffffff>', true],
  // Different tables: the order of look-up decides.
  ['<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>', '<hdr.udp.dst_port, 53, 0xffff>', false],
];
for (const [a, b, overlap] of OVERLAPS) {
  test(`${a} and ${b} ${overlap ? 'overlap' : 'do not overlap'}`, () => {
    const state = new SwitchState(dataPlane);
    const [first, second] = [one(a, 'NOP;', 'first'), one(b, 'NOP;', 'second')];
    const early = linkProgram(second, state);
    state.commit(linkProgram(first, state));
    if (overlap) {
      const { reason, message } = refusal(() => linkProgram(second, state));
      assert.equal(reason, { kind: 'filter-overlap', other: 'first' });
      assert.ok(message.includes('program second') && message.includes('program first'), message);
      const late = { ...early, programId: 2, entries: early.entries };
      assert.is(refusal(() => state.commit(late)).reason.kind, 'filter-overlap');
    }
    state.commit(atPriority(second, state, overlap ? 1 : 0));
    state.beginRevoke('first');
    if (overlap) assert.is(refusal(() => linkProgram(one(a, 'NOP;', 'third'), state)).reason.kind, 'filter-overlap');
    state.release('first');
    state.commit(linkProgram(one(a, 'NOP;', 'third'), state));
  });
}

test('a name that runs or is being revoked is in use', () => {
  const state = new SwitchState(dataPlane);
  const program = one('<hdr.ipv4.src, 1, 0xffffffff>');
  state.commit(linkProgram(program, state));
  assert.is(refusal(() => linkProgram(program, state)).reason.kind, 'name-in-use');
  state.beginRevoke('p');
  assert.is(refusal(() => linkProgram(program, state)).reason.kind, 'name-in-use');
  state.release('p');
  assert.ok(linkProgram(program, state));
});

test('beginRevoke of an unknown program is undefined, release of one throws', () => {
  const state = new SwitchState(dataPlane);
  assert.is(state.beginRevoke('p'), undefined);
  assert.throws(() => state.release('p'), /no program p/);
});

test('memory stays taken while its program is revoked, and is free after the release', () => {
  const small = smallDataPlane([1, 2, 3, 4], { buckets: 256 });
  const state = new SwitchState(small);
  const filled = (i: number): Program => {
    const text = inProgram('LOADI(mar, 0); MEMREAD(m);', '@m 256').replace('10.0.0.0, 255.0.0.0', `${i}, 0xffffffff`);
    return renamed(checkedProgram(text, small), `p${i}`);
  };
  // An access is the third step, so it can lie in RPB 3 or 4; a second pass reaches the others.
  for (let i = 0; i < 4; i++) state.commit(linkProgram(filled(i), state));
  assert.is(refusal(() => linkProgram(filled(4), state)).reason.kind, 'placement');
  state.beginRevoke('p2');
  assert.match(refusal(() => linkProgram(filled(4), state)).message, /has 256 contiguous free buckets/);
  state.release('p2');
  const document = linkProgram(filled(4), state);
  assert.equal(document.memories[0]?.base, 0);
});

test('table-full: filters, and what another program took in the meantime', () => {
  const { description } = dataPlane;
  const init = { ...description.init, filters: description.init.filters.map((filter) => ({ ...filter, entries: 1 })) };
  const state = new SwitchState(smallDataPlane([1, 2], { entries: 1 }, { init }));
  const source = (i: number): Program => one(`<hdr.ipv4.src, ${i}, 0xffffffff>`, 'LOADI(har, 1);', `p${i}`);
  const [first, second] = [linkProgram(source(0), state), linkProgram(source(1), state)];
  state.commit(first);
  assert.equal(refusal(() => linkProgram(source(1), state)).reason, {
    ...{ kind: 'table-full', table: 'SwitchIngress.init.tb_flow_filter4', needed: 1, free: 0 },
  });
  const before = state.snapshot();
  assert.is(refusal(() => state.commit({ ...second, programId: 2 })).reason.kind, 'table-full');
  assert.equal(state.snapshot(), before);
});

test('all program ids in use', () => {
  const { description } = dataPlane;
  const state = new SwitchState(smallDataPlane([1], {}, { state: { ...description.state, programIdBits: 2 } }));
  const source = (i: number): Program => one(`<hdr.ipv4.src, ${i}, 0xffffffff>`, 'NOP;', `p${i}`);
  for (let i = 1; i <= 3; i++) state.commit(linkProgram(source(i), state));
  assert.is(state.snapshot().nextProgramId, -1);
  assert.is(refusal(() => linkProgram(source(4), state)).reason.kind, 'no-program-id');
});

const document = linkProgram(
  one('<hdr.ipv4.src, 1, 0xffffffff>', 'LOADI(mar, 0); MEMREAD(m); LOADI(mar, 0); MEMREAD(n);', 'p', '@m 256\n@n 256'),
  new SwitchState(dataPlane),
);
const [block] = document.memories;
const [entry] = document.entries;
if (block === undefined || entry === undefined) throw new Error('the program has memory and entries');

const BAD: readonly (readonly [name: string, document: CompiledProgram])[] = [
  ['a program id that is taken', { ...document, programId: 0 }],
  ['a program id that does not exist', { ...document, programId: 65536 }],
  ['an unknown table', { ...document, entries: [...document.entries, { ...entry, table: 'SwitchIngress.nowhere' }] }],
  ['more entries than a table has', { ...document, entries: Array.from({ length: 2049 }, () => entry) }],
  ['memory of an RPB that does not exist', { ...document, memories: [block, { ...block, rpb: 23 }] }],
  ['memory behind the end', { ...document, memories: [block, { ...block, base: 65536 - 255 }] }],
  ['memory before the start', { ...document, memories: [block, { ...block, base: -1 }] }],
  ['two of its blocks in one place', { ...document, memories: [block, { ...block, name: 'again' }] }],
];
for (const [name, bad] of BAD) {
  test(`a commit that fails changes nothing: ${name}`, () => {
    const state = new SwitchState(dataPlane);
    const before = state.snapshot();
    refusal(() => state.commit(bad));
    assert.equal(state.snapshot(), before);
    assert.is(state.programs.size, 0);
    state.commit(document);
  });
}

test('a block whose buckets are not free is told by its buckets, not by entries', () => {
  const again = { ...document, memories: [block, { ...block, name: 'again' }] };
  const { reason, message } = refusal(() => new SwitchState(dataPlane).commit(again));
  assert.equal(reason, { kind: 'memory-taken', memory: 'again', rpb: block.rpb, base: 0, buckets: 256 });
  assert.match(message, /memory again needs buckets 0 to 255 of RPB \d+, of which some are taken or do not exist$/);
});

test('the message about a program longer than one pass has the singular', () => {
  const read = 'EXTRACT(hdr.ipv4.dst, sar); EXTRACT(hdr.ipv4.src, har);';
  const mixed = `${read} ${'XOR(sar, har); ADD(sar, har); '.repeat(5)} XOR(sar, har);`;
  const late = one('<hdr.ipv4.src, 1, 0xffffffff>', `${mixed} MODIFY(hdr.ipv4.dst, sar); FORWARD(1);`);
  const { message } = refusal(() => linkProgram(late, new SwitchState(dataPlane), undefined, 0));
  assert.match(message, /no RPB is left for it within 1 pass(;|$)/);
});

const SIZE = 64;
const change = fc.record({ take: fc.boolean(), base: fc.nat(SIZE + 3), size: fc.integer({ min: 1, max: 20 }) });

test('FreeRanges agrees with a bitmap', () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
      (changes, sizes) => {
        const ranges = new FreeRanges(SIZE);
        const isFree = Array.from({ length: SIZE }, () => true);
        for (const { take, base, size } of changes) {
          const bits = Array.from({ length: size }, (_, i) => isFree[base + i]);
          const possible = bits.every((bit) => bit === take);
          assert.is(
            ranges.isFree(base, size),
            bits.every((bit) => bit === true),
          );
          if (!possible) {
            if (take || bits.includes(true))
              assert.throws(() => (take ? ranges.take(base, size) : ranges.release(base, size)));
            continue;
          }
          if (take) ranges.take(base, size);
          else ranges.release(base, size);
          isFree.fill(!take, base, base + size);
        }
        assert.is(ranges.free, isFree.filter(Boolean).length);
        const listed = ranges.list().map(({ base, size }) => [base, base + size]);
        assert.equal(listed, runsOf(isFree));
        assert.equal(ranges.firstFit(sizes), naiveFirstFit([...isFree], sizes));
      },
    ),
    { ...PROPERTY, numRuns: cases(500) },
  );
});

function runsOf(bits: readonly boolean[]): number[][] {
  const runs: number[][] = [];
  bits.forEach((bit, i) => {
    if (!bit) return;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === i) last[1] = i + 1;
    else runs.push([i, i + 1]);
  });
  return runs;
}

function naiveFirstFit(bits: boolean[], sizes: readonly number[]): number[] | undefined {
  const bases: number[] = [];
  for (const size of sizes) {
    const base = bits.findIndex((_, i) =>
      Array.from({ length: size }, (_unused, j) => bits[i + j]).every((bit) => bit === true),
    );
    if (base < 0) return undefined;
    bits.fill(false, base, base + size);
    bases.push(base);
  }
  return bases;
}

test.run();
