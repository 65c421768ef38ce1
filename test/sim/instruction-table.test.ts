/** What actions do: function, switch and generated code agree on random packets, and keep to what the compiler's table says. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRST_STATE } from '../../compiler/data-plane/instructions/packet-state.js';
import { isWithin, type KnownWord, UNKNOWN_WORD } from '../../compiler/data-plane/known-word.js';
import {
  type ActionEffect,
  actionName,
  actionParameters,
  BUILT_IN_DATA_PLANES,
  type DataPlane,
  effectsOf,
  familyOf,
  INSTRUCTION_FAMILIES,
  must,
} from '../../compiler/index.js';
import { ActionUnit } from '../../sim/blocks/actions.js';
import { joinedTables } from '../../sim/blocks/hash.js';
import { FieldOperands } from '../../sim/blocks/instructions/field-operands.js';
import type { Reach } from '../../sim/blocks/instructions/meaning.js';
import { decodeEffect, OPCODE, OPERATIONS } from '../../sim/blocks/instructions/table.js';
import { type RpbEntry, reachOf } from '../../sim/blocks/program-code.js';
import { CellWriter, openValue, switchContext } from '../../sim/engines/compiled/cell-writer.js';
import { segmentCode } from '../../sim/engines/compiled/segment-code.js';
import { createParser, Phv, RegisterArrays } from '../../sim/index.js';
import { type FrameOptions, frame } from './frames.js';
import { dataPlane, property } from './test-switch.js';

const REGISTERS = ['har', 'sar', 'mar'] as const;

interface Case {
  readonly registers: readonly number[];
  readonly flag: number;
  readonly address: number;
  readonly word: number;
  readonly immediate: number;
  readonly second: number;
  readonly packet: FrameOptions;
  readonly rpb: number;
}

const WORD = fc.oneof(
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const CASE: fc.Arbitrary<Omit<Case, 'rpb'>> = fc.record({
  registers: fc.array(WORD, { minLength: 6, maxLength: 6 }),
  flag: fc.constantFrom(0, 1),
  address: fc.nat(7),
  word: WORD,
  immediate: WORD,
  second: fc.constantFrom(0, 1),
  packet: fc.constantFrom<FrameOptions>(
    {},
    { ipv4: {} },
    { udp: {}, l5: [1, 0xfffffffe, 3, 4] },
    { tcp: { word4: 0x9abcdef0 } },
  ),
});

/** All that an action can change. */
const stateOf = (phv: Phv, memory: RegisterArrays, rpb: number): unknown => ({
  registers: [...phv.registers],
  branch: phv.branch,
  address: phv.physicalAddress,
  flag: phv.saluFlag,
  port: phv.egressPort,
  dropped: phv.dropped,
  checksums: [phv.ipv4Changed, phv.ipv4Delta & 0xffff, phv.transportDelta & 0xffff],
  bytes: [...phv.bytes.subarray(phv.packetStart, phv.packetEnd)],
  memory: [...memory.range(rpb + 1, 0, 8)],
});

/** An action in one RPB, done in three ways. */
class ThreeWays {
  private readonly memory: RegisterArrays;
  private readonly fields: FieldOperands;
  private readonly unit: ActionUnit;
  private readonly parser;

  constructor(private readonly plane: DataPlane) {
    this.memory = new RegisterArrays(plane);
    this.fields = new FieldOperands(plane);
    this.unit = new ActionUnit(plane, this.fields, this.memory);
    this.parser = createParser(plane);
  }

  byTable(effect: ActionEffect, given: Case): { readonly state: unknown; readonly registers: readonly number[] } {
    const phv = this.start(given);
    const { instruction } = this.entry(effect, given);
    const operation = must(OPERATIONS[instruction.opcode], 'operation');
    operation.run(this.unit, { ...instruction, rpb: given.rpb, isGuarded: false }, phv);
    return { state: stateOf(phv, this.memory, given.rpb), registers: [...phv.registers] };
  }

  bySwitch(effect: ActionEffect, given: Case): unknown {
    const phv = this.start(given);
    const { opcode, first, second, immediate, flag } = this.entry(effect, given).instruction;
    const code = Int32Array.of(opcode | (first << 8) | (second << 16), immediate, flag);
    this.unit.execute(code, 0, given.rpb, phv);
    return stateOf(phv, this.memory, given.rpb);
  }

  byCode(effect: ActionEffect, given: Case): unknown {
    const phv = this.start(given);
    const context = {
      ...switchContext(this.plane, this.unit, this.memory, this.fields),
      isGuarded: false,
      branchIds: [0],
    };
    const { body, constants: open } = segmentCode([this.entry(effect, given)], context, 0);
    const constants = open.map((constant) => openValue(constant, context));
    const make = new Function('E', 'M', 'T', `return (P, K, k) => {${body}}`);
    make(this.unit, this.memory.integers, joinedTables(this.unit.hashes))(phv, constants, 0);
    return stateOf(phv, this.memory, given.rpb);
  }

  /** The code of an action, and what it reads and sets. */
  written(effect: ActionEffect, rpb: number): { code: string; reaches: Reach; writer: CellWriter } {
    const context = {
      ...switchContext(this.plane, this.unit, this.memory, this.fields),
      isGuarded: true,
      branchIds: [0],
    };
    const writer = new CellWriter(context, 0, (index) => `h${index}`);
    const entry = this.entry(effect, { immediate: 1, second: 0, rpb });
    const code = writer.action(entry);
    return { code, reaches: reachOf(entry), writer };
  }

  private start({ registers, flag, address, word, packet, rpb }: Case): Phv {
    const phv = new Phv(this.plane.headers.length);
    const bytes = frame(packet);
    phv.begin(bytes, 0, bytes.length, 5);
    this.parser.parse(phv);
    phv.registers.set(registers);
    phv.saluFlag = flag;
    phv.physicalAddress = address;
    phv.egressPort = 9;
    phv.dequeueDelta = 70_000;
    phv.queueDepth = 12;
    for (let i = 0; i < 8; i++) this.memory.words[this.memory.index(rpb, i)] = word + i;
    return phv;
  }

  private entry(
    effect: ActionEffect,
    { immediate, second, rpb }: Pick<Case, 'immediate' | 'second' | 'rpb'>,
  ): RpbEntry {
    const { operation, first = 0, second: from = 0 } = decodeEffect(effect, this.fields);
    const instruction = { opcode: OPCODE[operation], first, second: from, immediate, flag: second };
    const always: RpbEntry['match'] = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    const source = { table: '', priority: 0, key: [], action: actionName(effect), parameters: [] };
    const rest = { pass: 0, branchValue: 0, branchMask: 0, priority: 0, sequence: 0 };
    return { rpb, ...rest, instruction, match: always, source };
  }
}

/** Every action of a data plane, and every member of a family, with an RPB that has or could have it. */
function actionsOf(plane: DataPlane): ReadonlyMap<string, { readonly effect: ActionEffect; readonly rpb: number }> {
  const found = new Map<string, { effect: ActionEffect; rpb: number }>();
  for (const effect of INSTRUCTION_FAMILIES.flatMap(({ members }) => members)) {
    found.set(actionName(effect), { effect, rpb: 0 });
  }
  for (const { index, actions } of plane.rpbs) {
    for (const { name, effect } of actions.values()) found.set(name, { effect, rpb: index });
  }
  return found;
}

/** The case with an immediate that fits the first parameter of an action. */
function fitting(some: Omit<Case, 'rpb'>, effect: ActionEffect, rpb: number, { description }: DataPlane): Case {
  const bits = { branchId: description.state.branchIdBits, port: description.ports.width };
  const width = actionParameters(effect, bits)[0]?.width ?? 32;
  return { ...some, rpb, immediate: some.immediate >>> (32 - width) };
}

const contains = (known: KnownWord, value: number): boolean =>
  isWithin({ zeros: ~value >>> 0, ones: value, min: value, max: value }, known);

for (const name of BUILT_IN_DATA_PLANES) {
  test(`${name}: function, switch and generated code of every action do the same`, () => {
    const plane = dataPlane(name);
    const ways = new ThreeWays(plane);
    for (const [action, { effect, rpb }] of actionsOf(plane)) {
      fc.assert(
        fc.property(CASE, (some) => {
          const given = fitting(some, effect, rpb, plane);
          const { state } = ways.byTable(effect, given);
          assert.equal(ways.bySwitch(effect, given), state, `${action}: switch`);
          assert.equal(ways.byCode(effect, given), state, `${action}: generated code`);
        }),
        property(12),
      );
    }
  });
}

test('an action changes the registers that it says it sets, to what the proof of addresses knows', () => {
  const plane = dataPlane('default');
  const ways = new ThreeWays(plane);
  const unknown = { har: UNKNOWN_WORD, sar: UNKNOWN_WORD, mar: UNKNOWN_WORD };
  for (const [action, { effect, rpb }] of actionsOf(plane)) {
    const { writes, changes, copies } = effectsOf(effect);
    const sets = new Set<string>([...writes, ...changes, ...copies.map(([, to]) => to)]);
    fc.assert(
      fc.property(CASE, (some) => {
        const given = fitting(some, effect, rpb, plane);
        const { registers } = ways.byTable(effect, given);
        const before = { ...FIRST_STATE, registers: unknown, saved: unknown };
        const known = familyOf(effect).known(before, effect, [given.immediate, given.second], UNKNOWN_WORD, 0xffff);
        for (const [i, register] of REGISTERS.entries()) {
          const now = must(registers[i], 'register');
          const saved = must(registers[i + 3], 'saved register');
          if (!sets.has(register)) assert.is(now, given.registers[i], `${action} leaves ${register}`);
          if (!sets.has(`saved ${register}`)) assert.is(saved, given.registers[i + 3], `${action} leaves the copy`);
          assert.ok(contains(known.registers[register], now), `${action}: what is known of ${register}`);
          assert.ok(contains(known.saved[register], saved), `${action}: what is known of the copy of ${register}`);
        }
      }),
      property(12),
    );
  }
});

test('the code of every operation keeps to what it says it reaches', () => {
  const plane = dataPlane('default');
  const ways = new ThreeWays(plane);
  for (const [action, { effect, rpb }] of actionsOf(plane)) {
    const { code, reaches, writer } = ways.written(effect, rpb);
    assert.is(/\bM\[/.test(code), reaches === 'memory', `${action}: memory`);
    assert.is(/\bD\.set/.test(code), reaches === 'packet write', `${action}: bytes that it sets`);
    const isOfPacket = reaches === 'packet' || reaches === 'packet hash' || reaches === 'packet write';
    assert.is(/\bD\./.test(code) || writer.headers.size > 0, isOfPacket, `${action}: bytes`);
    assert.is(writer.written.has('dropped'), reaches === 'dropping', `${action}: whether it drops`);
    if (!isOfPacket)
      assert.is(writer.written.has('port'), reaches === 'verdict' || reaches === 'group', `${action}: its port`);
    if (reaches === 'packet hash') assert.is(writer.written.size, 1, `${action}: one register`);
  }
});

test('opcodes are dense and fit a byte', () => {
  assert.equal(
    Object.values(OPCODE).sort((a, b) => a - b),
    Object.values(OPCODE).map((_, i) => i),
  );
  assert.ok(OPERATIONS.length < 256);
});

test.run();
