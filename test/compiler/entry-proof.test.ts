/** The entries of compiled programs keep to their memory, and those of documents that were changed are refused. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Allocator,
  addressFault,
  analyse,
  builtInDataPlane,
  type CompiledProgram,
  type DataPlane,
  DoesNotFit,
  dataPlaneFromJson,
  defaultDataPlane,
  documentFault,
  f1,
  f2,
  f3,
  greedyAllocator,
  hierarchical,
  installableProgramFromJson,
  type LoweredProgram,
  link,
  lower,
  priceAllocator,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import { cases } from '../tiers.js';
import { wholePrograms } from './random-whole-programs.js';
import { PROPERTY, SAMPLE_NAMES, sampleSource } from './support.js';

const plane = defaultDataPlane();
const ALLOCATORS: readonly Allocator[] = [priceAllocator(), ...[f1(), f2, f3, hierarchical].map(greedyAllocator)];

interface Lowered {
  readonly program: LoweredProgram;
  readonly sourceHash: string;
}

/** The programs of a text, which all allocators place. @param suffix of their names */
function loweredOf(text: string, dataPlane: DataPlane, suffix: string | number): Lowered[] {
  const { programs, sourceHash, hasErrors } = analyse(text, dataPlane);
  assert.not(hasErrors, text);
  return programs.map((program) => {
    return { program: lower({ ...program, name: `${program.name}${suffix}` }, dataPlane, 2), sourceHash };
  });
}

/** Each program, one after another into a switch, so that its blocks have others around them. */
function linkedInto(
  state: SwitchState,
  programs: readonly Lowered[],
  allocator: Allocator,
  priority: number,
): CompiledProgram[] {
  return programs.flatMap(({ program, sourceHash }) => {
    try {
      const compiled = link(program, state, sourceHash, { allocator, filterPriority: priority });
      state.commit(compiled);
      return [compiled];
    } catch (error) {
      if (error instanceof DoesNotFit) return [];
      throw error;
    }
  });
}

const compiledInto = (state: SwitchState, text: string, allocator: Allocator, priority: number): CompiledProgram[] =>
  linkedInto(state, loweredOf(text, state.dataPlane, state.programs.size), allocator, priority);

for (const dataPlane of [plane, builtInDataPlane('tofino1') ?? plane]) {
  test(`${dataPlane.name}: the fifteen, by every allocator, twice in a switch`, () => {
    const twice = [0, 1].flatMap((priority) =>
      SAMPLE_NAMES.map((name) => ({
        name,
        priority,
        programs: loweredOf(sampleSource(name), dataPlane, priority),
      })),
    );
    for (const allocator of ALLOCATORS) {
      const state = new SwitchState(dataPlane);
      for (const { name, priority, programs } of twice) {
        for (const compiled of linkedInto(state, programs, allocator, priority)) {
          assert.is(documentFault(compiled, dataPlane), undefined, name);
        }
      }
    }
  });

  test(`${dataPlane.name}: random programs, by every allocator`, () => {
    let proven = 0;
    fc.assert(
      fc.property(fc.array(wholePrograms({ dataPlane }), { minLength: 2, maxLength: 4 }), (texts) => {
        const lowered = texts.map((text, i) => loweredOf(text, dataPlane, i));
        for (const allocator of ALLOCATORS) {
          const state = new SwitchState(dataPlane);
          for (const [i, programs] of lowered.entries()) {
            for (const compiled of linkedInto(state, programs, allocator, i)) {
              assert.is(documentFault(compiled, dataPlane), undefined);
              proven++;
            }
          }
        }
      }),
      { ...PROPERTY, numRuns: cases(25) },
    );
    assert.ok(proven > 150, `${proven} programs`);
  });
}

/** A program of one hashed and one constant address. */
const SOURCE = `@a 16 @b 4
program p(<hdr.udp.dst_port, 7777, 0xffff>) {
    HASH_5_TUPLE_MEM(a); LOADI(sar, 1); MEMADD(a);
    LOADI(mar, 3); MEMREAD(b); FORWARD(2);
}`;

/** Its memories do not begin at bucket 0, where an access without an address would go. */
function compiled(source = SOURCE): CompiledProgram {
  const [program] = compiledInto(new SwitchState(plane), source, priceAllocator(), 1);
  if (program === undefined) throw new Error('it fits');
  const moved = withEntries(
    program,
    withParameter('address_translation_offset', 'offset', (base) => base + 64),
  );
  return { ...moved, memories: moved.memories.map((block) => ({ ...block, base: block.base + 64 })) };
}

type Change = (entry: TableEntry) => TableEntry | undefined;

const withEntries = (program: CompiledProgram, change: Change): CompiledProgram => ({
  ...program,
  entries: program.entries.flatMap((entry) => change(entry) ?? []),
});

/** Gives a parameter of the entries of an action another value. */
const withParameter =
  (action: string, name: string, change: (value: number) => number): Change =>
  (entry) =>
    entry.action.endsWith(`.${action}`)
      ? {
          ...entry,
          parameters: entry.parameters.map((each) =>
            each.name === name ? { ...each, value: change(each.value) } : each,
          ),
        }
      : entry;

const without =
  (action: string): Change =>
  (entry) =>
    entry.action.endsWith(`.${action}`) ? undefined : entry;

const withProgramId =
  (where: (entry: TableEntry) => boolean): Change =>
  (entry) =>
    where(entry)
      ? { ...entry, key: entry.key.map((field) => (field.name.endsWith('flow_id') ? { ...field, value: 99 } : field)) }
      : entry;

const MUTANTS: readonly (readonly [
  what: string,
  change: (program: CompiledProgram) => CompiledProgram,
  why: RegExp,
])[] = [
  [
    'a wider mask',
    (it) =>
      withEntries(
        it,
        withParameter('address_translation_mask', 'mask', () => 31),
      ),
    /may access/,
  ],
  ['no mask', (it) => withEntries(it, without('address_translation_mask')), /may access buckets/],
  [
    'a larger constant',
    (it) =>
      withEntries(
        it,
        withParameter('loadi_mar', 'i', () => 4),
      ),
    /may access bucket/,
  ],
  ['no constant', (it) => withEntries(it, without('loadi_mar')), /may access/],
  [
    'another base',
    (it) =>
      withEntries(
        it,
        withParameter('address_translation_offset', 'offset', (base) => base + 16),
      ),
    /may access/,
  ],
  [
    'a base before its own',
    (it) =>
      withEntries(
        it,
        withParameter('address_translation_offset', 'offset', () => 0x10000 - 1),
      ),
    /may access/,
  ],
  ['no base', (it) => withEntries(it, without('address_translation_offset')), /may access/],
  [
    'a block elsewhere',
    (it) => ({ ...it, memories: it.memories.map((block) => ({ ...block, base: block.base + 1 })) }),
    /may access/,
  ],
  [
    'a smaller block',
    (it) => ({ ...it, memories: it.memories.map((block) => ({ ...block, buckets: block.buckets / 2 })) }),
    /may access/,
  ],
  ['no blocks', (it) => ({ ...it, memories: [] }), /it has no memory there/],
  [
    'a block behind the end',
    (it) => ({ ...it, memories: it.memories.map((block) => ({ ...block, base: 65535 })) }),
    /outside the register array/,
  ],
  [
    "another program's entries",
    (it) =>
      withEntries(
        it,
        withProgramId(() => true),
      ),
    /does not have its program id/,
  ],
  [
    "another program's access",
    (it) =>
      withEntries(
        it,
        withProgramId(({ action }) => action.includes('salu')),
      ),
    /does not have its program id/,
  ],
  ['no program', (it) => ({ ...it, programId: 0 }), /is reserved for packets without a program/],
  [
    'an action that is not there',
    (it) => withEntries(it, (entry) => ({ ...entry, action: entry.action.replace('salu_', 'salu_x') })),
    /has no action/,
  ],
  [
    'a parameter that is not there',
    (it) => withEntries(it, (entry) => (entry.action.includes('mask') ? { ...entry, parameters: [] } : entry)),
    /lacks a parameter/,
  ],
  [
    'a pass that cannot be',
    (it) =>
      withEntries(it, (entry) => ({
        ...entry,
        key: entry.key.map((field) => (field.name.endsWith('iterations') ? { ...field, value: 2 ** 40 } : field)),
      })),
    /has no pass/,
  ],
  ['more passes than there can be', (it) => ({ ...it, passes: 17 }), /it has 17 passes, and 1 to 16 are expected/],
  [
    'a step in an RPB that is not there',
    (it) => ({ ...it, placement: it.placement.map((step) => ({ ...step, rpb: 23 })) }),
    /is placed in RPB 23 of pass 1/,
  ],
  [
    'parameters that are too wide',
    (it) =>
      withEntries(it, (entry) => ({
        ...entry,
        parameters: entry.table.includes('filter')
          ? entry.parameters
          : entry.parameters.map((parameter) => ({ ...parameter, value: 2 ** 33 })),
      })),
    /does not fit \d+ bits/,
  ],
  [
    'default forwarding',
    (it) =>
      withEntries(it, (entry) =>
        entry.table.includes('filter') ? { ...entry, table: 'SwitchIngress.init.tb_forward' } : entry,
      ),
    /is not a table for programs/,
  ],
  [
    'a condition left out',
    (it) =>
      withEntries(it, (entry) => ({
        ...entry,
        key: entry.key.map((field) => (field.name.endsWith('.mar') ? { ...field, value: 0, mask: 0 } : field)),
      })),
    /may access/,
  ],
];

const CONDITION = `@a 16
program p(<hdr.udp.dst_port, 7777, 0xffff>) {
    EXTRACT(hdr.l5.key2, mar);
    BRANCH: case(<mar, 0, 0xfffffff0>) { MEMREAD(a); MODIFY(hdr.l5.key3, sar); RETURN; };
}`;

for (const [what, change, why] of MUTANTS) {
  test(`refused: ${what}`, () => {
    const it = compiled(what === 'a condition left out' ? CONDITION : SOURCE);
    assert.is(documentFault(it, plane), undefined);
    const mutant = change(it);
    assert.not.equal(mutant, it);
    assert.match(documentFault(mutant, plane) ?? 'no fault', why);
    assert.throws(
      () => installableProgramFromJson(JSON.parse(JSON.stringify(mutant)), plane),
      /^program p0 is not installed: /,
    );
  });
}

test('refused: an entry that forwards to the recirculation port, or to the discard port', () => {
  const own = dataPlaneFromJson({ extends: 'default', name: 'own', ports: { discard: 40 } });
  for (const [of, port, what] of [
    [plane, 68, 'recirculation'],
    [own, 68, 'recirculation'],
    [own, 40, 'discard'],
  ] as const) {
    const text = 'program p(<hdr.ipv4.dst, 1, 1>) { FORWARD(3); }';
    const [it] = compiledInto(new SwitchState(of), text, priceAllocator(), 1);
    if (it === undefined) throw new Error('it fits');
    assert.is(documentFault(it, of), undefined);
    const forwarding = withEntries(it, (entry) =>
      entry.action.endsWith('.forward') ? { ...entry, parameters: [{ name: 'port', value: port }] } : entry,
    );
    assert.match(documentFault(forwarding, of) ?? 'no fault', `forwards to port ${port}, the ${what} port`);
  }
});

test('a correct document is read without a change', () => {
  const it = compiled();
  assert.equal(installableProgramFromJson(JSON.parse(JSON.stringify(it)), plane), it);
});

test('an entry with NoAction hides the entries after it, and changes nothing', () => {
  const it = compiled();
  const idle = withEntries(it, (entry) =>
    entry.action.includes('salu_') ? { ...entry, action: 'NoAction', parameters: [] } : entry,
  );
  assert.is(addressFault(idle.entries, [], plane), undefined);
  const unmasked = withEntries(it, (entry) =>
    entry.action.includes('mask') ? { ...entry, action: 'NoAction', parameters: [] } : entry,
  );
  assert.match(addressFault(unmasked.entries, it.memories, plane) ?? '', /may access buckets/);
});

test('of entries with one priority, any may be taken', () => {
  const it = compiled(CONDITION);
  const equal = withEntries(it, (entry) => ({ ...entry, priority: 0 }));
  // The entry of the case and none else: as good as before.
  assert.is(addressFault(equal.entries, equal.memories, plane), undefined);
  const twice = {
    ...it,
    entries: it.entries.flatMap((entry) => [entry, withParameter('loadi_mar', 'i', () => 99)(entry) ?? entry]),
  };
  assert.is(addressFault(twice.entries, twice.memories, plane), undefined);
  const either = compiled();
  const both = either.entries.flatMap((entry) => [entry, withParameter('loadi_mar', 'i', () => 99)(entry) ?? entry]);
  assert.match(addressFault(both, either.memories, plane) ?? '', /may access bucket/);
});

test.run();
