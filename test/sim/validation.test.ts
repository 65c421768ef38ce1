/** Compiled programs do what their texts say; and one that does not is found out. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  DEFAULT_RECIRCULATIONS,
  link,
  lower,
  type Program,
  programSource,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import { checkForm, checkFormsWhere } from '../../compiler/passes/checks/check-form.js';
import { checkForms } from '../../compiler/passes/forms.js';
import { Switch, TargetError } from '../../sim/index.js';
import { formatFailure, type Translation } from '../../sim/validation/index.js';
import { SAMPLE_NAMES, sampleSource } from '../compiler/support.js';
import { cases } from '../tiers.js';
import { validateAlone, validateCrowded } from './random-validation.js';
import { dataPlane } from './test-switch.js';
import {
  actionOf,
  assertVerified,
  compileIfFits,
  compileText,
  failureOf,
  plane,
  validate,
  withEntries,
} from './translations.js';

/** For one program after another, each of which validation takes out again. */
const shared = new Switch(plane, { engine: 'interpreted' });

const translations = new Map<string, readonly Translation[]>();

function translationsOf(name: string): readonly Translation[] {
  const made = translations.get(name) ?? compiled(name);
  translations.set(name, made);
  return made;
}

function compiled(name: string): Translation[] {
  const { programs, sourceHash } = analyse(sampleSource(name), plane);
  return programs.map((program) => ({
    program,
    compiled: link(lower(program, plane, DEFAULT_RECIRCULATIONS), new SwitchState(plane), sourceHash),
  }));
}

for (const name of SAMPLE_NAMES) {
  test(`${name} does what its text says`, () => {
    for (const translation of translationsOf(name)) {
      const packets = cases(120);
      const result = validate(translation, { packets, makeSwitch: () => shared });
      assertVerified(result);
      assert.ok(result.kind === 'verified' && result.ran > packets / 3, 'the program runs on most packets');
    }
  });
}

const SEED = 20_240_815;

test(`random programs alone, R = 0 to 3 (seed ${SEED})`, () => {
  const texts = cases(120);
  const { failures, programs } = validateAlone({ seed: SEED, programs: texts, packets: 50, maxFailures: 1 });
  assert.equal(failures, [], failures[0]);
  assert.ok(programs > texts / 2, String(programs));
});

for (const name of ['extended', 'tofino2']) {
  test(`random programs with what the paper does not have, on ${name} (seed ${SEED})`, () => {
    const options = { seed: SEED, programs: cases(24), packets: 40, maxFailures: 1 };
    const { failures, programs } = validateAlone(options, dataPlane(name));
    assert.equal(failures, [], failures[0]);
    assert.ok(programs > 9, String(programs));
  });
}

test(`random programs that come and go in a crowded switch (seed ${SEED})`, () => {
  const options = { seed: SEED, programs: cases(90), packets: 50, maxFailures: 1 };
  const { failures, programs, bystanders, revoked } = validateCrowded(options);
  assert.equal(failures, [], failures[0]);
  assert.ok(programs > 36 && bystanders > 36 && revoked > 9, JSON.stringify({ programs, bystanders, revoked }));
});

/** For each entry in turn: the document without it, with another parameter of it, or with it in another branch. */
function* mutants(translation: Translation): Generator<readonly [what: string, Translation]> {
  const replace = (old: TableEntry, ...by: readonly TableEntry[]): Translation =>
    withEntries(translation, (entries) => entries.flatMap((entry) => (entry === old ? by : [entry])));
  for (const [i, entry] of translation.compiled.entries.entries()) {
    const name = `${entry.table} ${actionOf(entry)}`;
    if (i % 3 === 0) yield [`${name} left out`, replace(entry)];
    const [first, ...rest] = entry.parameters;
    if (i % 3 !== 2 && first !== undefined && actionOf(entry) !== 'set_flow_id') {
      const parameters = [{ ...first, value: first.value ^ 1 }, ...rest];
      yield [`${name} with another ${first.name}`, replace(entry, { ...entry, parameters })];
    }
    const branch = entry.key.find((field) => field.name.endsWith('branch_id'));
    if (i % 3 !== 2 || branch === undefined) continue;
    const key = entry.key.map((field) =>
      field === branch
        ? { ...field, value: field.value ^ 1, ...(field.match === 'ternary' ? { mask: 0xfff } : {}) }
        : field,
    );
    yield [`${name} in another branch`, replace(entry, { ...entry, key })];
  }
}

/** Whether a document fails, or the switch refuses its entries. */
function isCaught(mutant: Translation): boolean {
  try {
    return validate(mutant, { makeSwitch: () => shared }).kind === 'failed';
  } catch (error) {
    if (error instanceof TargetError) return true;
    throw error;
  }
}

test('documents of the programs that are changed in one place fail, but for a few that mean the same', () => {
  let all = 0;
  const verified: string[] = [];
  // Most cases of hll are those of one hash value in thousands.
  for (const name of SAMPLE_NAMES.filter((each) => each !== 'hll')) {
    for (const translation of translationsOf(name)) {
      for (const [what, mutant] of mutants(translation)) {
        all++;
        if (!isCaught(mutant)) verified.push(`${name}: ${what}`);
      }
    }
  }
  assert.ok(all > 150, String(all));
  assert.ok(verified.length < all * 0.05, `${verified.length} of ${all} were verified:\n${verified.join('\n')}`);
});

const COUNTER = `
@m 16
program p(<hdr.ipv4.src, 10.0.0.0, 255.0.0.0>) {
    HASH_5_TUPLE;
    EXTRACT(hdr.ipv4.ecn, mar);
    LOADI(sar, 2);
    MEMADD(m);
    BRANCH:
        case(<sar, 4, 0xffffffff>) {
            REPORT;
        }
        case(<sar, 6, 0xffffffff>) {
            DROP;
        };
    FORWARD(3);
}`;

test('a failure is cut down and reads as program, packet, statements and entries', () => {
  const state = new SwitchState(plane);
  const breakIt = ({ program, compiled }: Translation): Translation =>
    withEntries({ program, compiled }, (entries) =>
      entries.map((entry) =>
        actionOf(entry) === 'loadi_sar'
          ? { ...entry, parameters: entry.parameters.map((parameter) => ({ ...parameter, value: 3 })) }
          : entry,
      ),
    );
  const recompile = (program: Program): Translation | undefined => {
    const smaller = compileIfFits(programSource(program), state);
    return smaller && breakIt(smaller);
  };
  const failure = failureOf(breakIt(compileText(COUNTER, state)), { recompile });
  assert.is(programSource(failure.program).match(/;/g)?.length, 2, 'LOADI and one statement that shows it');
  const text = formatFailure(failure, plane);
  assert.match(text, /^program p: /);
  assert.match(text, />> line \d+: LOADI\(sar, 2\)/);
  assert.match(text, /RPB \d+, pass 0, branch 0: loadi_sar\(3\)/);
  assert.match(text, /packet on port \d+: [0-9a-f]+/);
});

test('packets on which a program leaves its memory are not compared', () => {
  const text = '@m 4\nprogram p(<hdr.ipv4.src, 0, 0>) { EXTRACT(hdr.ipv4.dst, sar); MOVE(mar, sar); MEMREAD(m); }';
  // The checker refuses it: packets that do leave a memory take a program that did not come by it.
  const { programs, hasErrors } = analyse(text, plane);
  const [program] = programs;
  if (program === undefined || !hasErrors) throw new Error('a program with an error was expected');
  checkForms(checkFormsWhere({ areAddressesChecked: false }));
  const compiled = link(lower(program, plane, 1), new SwitchState(plane), '0'.repeat(64));
  checkForms(checkForm);
  const result = validate({ program, compiled });
  assertVerified(result);
  assert.ok(result.kind === 'verified' && result.undefined > 0 && result.packets + result.undefined === 300);
});

test('a document with a wrong base is found by its effect on other programs', () => {
  const text = '@m 4\nprogram p(<hdr.ipv4.src, 0, 0>) { LOADI(mar, 1); LOADI(sar, 9); MEMWRITE(m); }';
  const translation = compileText(text, new SwitchState(plane));
  const wrong = withEntries(translation, (entries) =>
    entries.map((entry) =>
      actionOf(entry) === 'address_translation_offset'
        ? {
            ...entry,
            parameters: entry.parameters.map((each) => (each.name === 'offset' ? { ...each, value: 4 } : each)),
          }
        : entry,
    ),
  );
  assert.ok(['memory', 'foreign-memory'].includes(failureOf(wrong).mismatch.kind));
});

test('the text of a program means the same as the program', () => {
  for (const name of SAMPLE_NAMES) {
    for (const { program } of translationsOf(name)) {
      const text = programSource(program);
      assert.is(programSource(analyse(text, plane).programs[0] ?? program), text);
    }
  }
});

test.run();
