/** The instruction table is complete, and what it says of an action is so. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRST_STATE } from '../../compiler/data-plane/instructions/packet-state.js';
import { UNKNOWN_WORD } from '../../compiler/data-plane/known-word.js';
import {
  type Action,
  type ActionEffect,
  actionName,
  actionReference,
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  compactFieldName,
  type DataPlane,
  effectOfAction,
  effectsOf,
  familyOf,
  INSTRUCTION_FAMILIES,
  must,
} from '../../compiler/index.js';
import { p4Source } from '../../compiler/p4/generate.js';
import { assertGolden, sourcePath } from './support.js';

const planes = BUILT_IN_DATA_PLANES.map((name) => must(builtInDataPlane(name), 'data plane'));
const actionsOf = ({ rpbs }: DataPlane): Action[] => rpbs.flatMap(({ actions }) => [...actions.values()]);
const effects: readonly ActionEffect[] = [
  ...new Map(
    [
      ...INSTRUCTION_FAMILIES.flatMap(({ members }) => members),
      ...planes.flatMap(actionsOf).map(({ effect }) => effect),
    ].map((effect) => [actionName(effect), effect]),
  ).values(),
];

test('every action has a unique name, a summary, and a text for explanations', () => {
  const compact = new Map(
    planes.flatMap(({ fields }) => [...fields.keys()].map((name) => [compactFieldName(name), name] as const)),
  );
  assert.ok(effects.length > 70);
  for (const effect of effects) {
    const name = actionName(effect);
    assert.equal(effectOfAction(name, compact), effect, name);
    assert.ok(familyOf(effect).summary(effect).length > 5, name);
    const words = familyOf(effect).words(effect, { constant: '7', memory: 'm', sizeMask: '255', flags: [0] });
    assert.match(words.verb, /^[A-Z][A-Z0-9_/]*$/, name);
    assert.not(words.operands.includes(''), name);
  }
});

test('families have titles and headings of their own', () => {
  assert.is(new Set(INSTRUCTION_FAMILIES.map(({ kind }) => kind)).size, INSTRUCTION_FAMILIES.length);
  assert.is(new Set(INSTRUCTION_FAMILIES.map(({ title }) => title)).size, INSTRUCTION_FAMILIES.length);
  assert.is(new Set(INSTRUCTION_FAMILIES.map(({ heading }) => heading)).size, INSTRUCTION_FAMILIES.length);
});

test('what is known behind an action differs only in what it says that it sets', () => {
  const before = { ...FIRST_STATE, registers: { har: UNKNOWN_WORD, sar: UNKNOWN_WORD, mar: UNKNOWN_WORD } };
  for (const effect of effects) {
    const { writes, changes, copies, loads, address } = effectsOf(effect);
    const after = familyOf(effect).known(before, effect, [3, 1], { zeros: 0, ones: 1, min: 1, max: 9 }, 0xffff);
    const sets = new Set<string>([...writes, ...changes, ...copies.map(([, to]) => to)]);
    for (const register of ['har', 'sar', 'mar'] as const) {
      const name = `${actionName(effect)} ${register}`;
      if (!sets.has(register)) assert.is(after.registers[register], before.registers[register], name);
      if (!sets.has(`saved ${register}`)) assert.is(after.saved[register], before.saved[register], name);
      if (loads === register) assert.is(after.registers[register].min, 3, name);
    }
    if (address !== 'offset') assert.equal([after.address, after.flag], [before.address, before.flag]);
  }
});

test('every action of a data plane stands in its P4 source, below the heading of its family', () => {
  const plane = must(builtInDataPlane('tofino1'), 'data plane');
  const text = p4Source(plane)
    .map((file) => file.text)
    .join('\n');
  for (const { name, effect } of actionsOf(plane)) {
    assert.ok(text.includes(`action ${name}(`), name);
    assert.ok(text.includes(`// ${familyOf(effect).heading}`), name);
  }
});

test('the reference of actions is the one in docs, and names every action', () => {
  const text = actionReference(planes);
  for (const effect of effects) assert.ok(text.includes(`| \`${actionName(effect)}\` |`), actionName(effect));
  assertGolden(sourcePath('docs', 'ACTIONS.md'), text);
});

test.run();
