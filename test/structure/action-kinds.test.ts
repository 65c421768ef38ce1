/**
 * Kinds of actions that are asked for by name. What an action does is a property of its row of the instruction table
 * (`Effects`), so that a new action gets it without a change elsewhere; those that are left are about one action.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INSTRUCTION_FAMILIES } from '../../compiler/data-plane/instructions/table.js';
import { sourceFiles } from './source-files.js';

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

test('the scanner sees such questions', () => {
  assert.is(questionsIn("if (effect.kind === 'salu' || kind !== 'drop') return;"), 2);
  assert.is(questionsIn("switch (kind) {\n  case 'offset':\n  case 'other':\n}"), 1);
  assert.is(questionsIn("if (does.kind === 'setBranch' || step.kind === 'nop') return;"), 0);
});

test.run();
