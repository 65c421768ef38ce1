/**
 * Kinds of actions that are asked for by name. What an action does is a property of its row of the instruction table
 * (`Effects`, `Reach`), so that a new action gets it without a change elsewhere; those that are left are about one action.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INSTRUCTION_FAMILIES } from '../../compiler/data-plane/instructions/table.js';
import type { Operation } from '../../sim/blocks/instructions/meaning.js';
import { OPERATIONS } from '../../sim/blocks/instructions/table.js';
import { sourceFiles } from './source-files.js';

/** Operations by name, in the simulator's rows. */
const OPERATIONS_ASKED: Readonly<Record<string, number>> = {
  // One switch statement over the opcodes of shipped data planes, for speed, and that of no operation;
  // test/sim/instruction-table.test.ts compares it with the rows.
  'sim/blocks/actions.ts': 30,
  // An entry that does nothing has no row.
  'sim/engines/compiled/cell-writer.ts': 1,
  // The one question decides which branch ids there are, the immediate of an entry being one; the other is about
  // entries that do nothing.
  'sim/blocks/program-code.ts': 2,
};

/** Why these files ask, and how often. */
const ASKING: Readonly<Record<string, number>> = {
  // Which RPBs have comparisons is what the description of this data plane decides.
  'compiler/data-plane/tofino1.ts': 1,
};

const TABLE = /^(compiler\/data-plane|sim\/blocks)\/instructions\//;
const KINDS = INSTRUCTION_FAMILIES.map(({ kind }) => kind).join('|');
/** Not `does.kind`: what an entry of a row does is a step or the entry into a branch, which is no effect. */
const QUESTION = new RegExp(`(?<!\\bdoes\\.)\\bkind\\b[\\w)\\]]* [!=]== '(?:${KINDS})'|\\bcase '(?:${KINDS})':`, 'g');

const questionsIn = (text: string): number => text.match(QUESTION)?.length ?? 0;

test('an action is asked for its properties, not for its name', () => {
  const found = sourceFiles()
    .filter(({ path }) => !TABLE.test(path))
    .map(({ path, text }) => [path, questionsIn(text)] as const)
    .filter(([, count]) => count > 0);
  assert.equal(Object.fromEntries(found), ASKING);
});

const namesOf = (operations: readonly Operation[]): string => operations.map(({ name }) => name).join('|');
const NAMES = namesOf(OPERATIONS);
/** Names in several words, which nothing else is called by: no effect of an action, no step. */
const OWN_NAMES = namesOf(OPERATIONS.filter(({ name }) => /[A-Z]/.test(name) && !KINDS.split('|').includes(name)));
const OPERATION_QUESTION = new RegExp(
  `\\bOPCODE\\.(?:${NAMES}|none)\\b|\\boperation\\w*\\b[^=\\n]{0,40} [!=]== '(?:${NAMES})'|'(?:${OWN_NAMES})'`,
  'gi',
);

const operationsIn = (text: string): number => text.match(OPERATION_QUESTION)?.length ?? 0;

test('an operation is asked for what it reaches, not for its name', () => {
  const found = sourceFiles()
    .filter(({ path }) => path.startsWith('sim/') && !TABLE.test(path))
    .map(({ path, text }) => [path, operationsIn(text)] as const)
    .filter(([, count]) => count > 0);
  assert.equal(Object.fromEntries(found), OPERATIONS_ASKED);
});

test('the scanner sees operations that are asked for by name', () => {
  assert.is(operationsIn("if (operationOf(entry) === 'drop' || opcode === OPCODE.report) return;"), 2);
  assert.is(operationsIn("const MEMORY = ['saluAddSub', 'saluMax'];"), 2);
  assert.is(operationsIn("if (reaches === 'memory' || step.kind === 'drop') return;"), 0);
});

test('the scanner sees such questions', () => {
  assert.is(questionsIn("if (effect.kind === 'salu' || kind !== 'drop') return;"), 2);
  assert.is(questionsIn("switch (kind) {\n  case 'offset':\n  case 'other':\n}"), 1);
  assert.is(questionsIn("if (does.kind === 'setBranch' || step.kind === 'nop') return;"), 0);
});

test.run();
