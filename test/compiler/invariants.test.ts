/** A compiler that is wrong is told so with a sentence: forms changed on purpose, one for each invariant. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asLogicalRpb } from '../../compiler/data-plane/logical-rpb.js';
import {
  analyse,
  defaultDataPlane,
  type Form,
  link,
  lower,
  PASS_NAMES,
  type PassName,
  SwitchState,
} from '../../compiler/index.js';
import { BrokenInvariant, checkForm } from '../../compiler/passes/checks/check-form.js';
import { afterPass, checkForms, type StepsForm } from '../../compiler/passes/forms.js';
import { mapSteps, type Step } from '../../compiler/steps/steps.js';
import { inProgram, SAMPLE_NAMES, sampleSource } from './support.js';

const dataPlane = defaultDataPlane();

/** The forms of a text of one program, by pass. */
function formsOf(source: string): ReadonlyMap<PassName, Form> {
  const forms = new Map<PassName, Form>();
  const observe = (pass: PassName, form: Form | undefined): void => {
    if (form !== undefined) forms.set(pass, form);
  };
  const { programs, sourceHash } = analyse(source, dataPlane, observe);
  for (const program of programs) {
    const lowered = lower(program, dataPlane, 1, observe);
    link(lowered, new SwitchState(dataPlane), sourceHash, undefined, observe);
  }
  return forms;
}

const SOURCE = inProgram(
  `DROP; EXTRACT(hdr.ipv4.src, har);
   BRANCH: case(<har, 1, 1>) { LOADI(sar, 3); LOADI(mar, 1); MEMADD(m); } case(<har, 0, 3>) { LOADI(mar, 1); MEMADD(m); };
   LOADI(mar, 2); MEMADD(m);`,
  '@m 8',
);
const forms = formsOf(SOURCE);

type Kind = Form['kind'];
type Of<K extends Kind> = Extract<Form, { readonly kind: K }>;

function form<K extends Kind>(pass: PassName, kind: K): Of<K> {
  const found = forms.get(pass);
  if (found?.kind !== kind) throw new Error(`after ${pass} there is ${found?.kind}, not ${kind}`);
  return found as Of<K>;
}

const withSteps = (pass: PassName, change: (steps: readonly Step[]) => readonly Step[]): StepsForm => {
  const steps = form(pass, 'steps');
  return { ...steps, tree: mapSteps(steps.tree, change) };
};

const isKind =
  (kind: string) =>
  (step: Step): boolean =>
    step.kind === 'action' && step.instruction.effect.kind === kind;

const tokens = form('lex', 'tokens').tokens;
const rows = form('rows', 'rows');
const place = form('place', 'placement');
const emitted = form('emit', 'entries');
const [program] = form('check', 'programs').programs;
assert.ok(program);
const { branches } = form('branches', 'branches');

const withRows = (changed: Partial<typeof rows.lowered.rows>): Form => ({
  ...rows,
  lowered: { ...rows.lowered, rows: { ...rows.lowered.rows, ...changed } },
});
const withPlacement = (changed: Partial<typeof place.allocation>): Form => ({
  ...place,
  allocation: { ...place.allocation, ...changed },
});
const withEntries = (entries: typeof emitted.compiled.entries): Form => ({
  ...emitted,
  compiled: { ...emitted.compiled, entries },
});

const BROKEN: readonly (readonly [pass: PassName, what: string, form: Form, fault: RegExp])[] = [
  ['lex', 'no end', { kind: 'tokens', tokens: tokens.slice(0, -1) }, /the last token is not the end of the text/],
  ['lex', 'tokens out of order', { kind: 'tokens', tokens: [...tokens].reverse() }, /begins before/],
  [
    'check',
    'a memory of no power of two',
    { kind: 'programs', programs: [{ ...program, memories: [{ name: 'm', buckets: 7 }] }] },
    /memory m has 7 buckets/,
  ],
  ['check', 'an unknown memory', { kind: 'programs', programs: [{ ...program, memories: [] }] }, /no memory m in line/],
  [
    'expand',
    'no statement',
    withSteps('expand', (steps) => steps.map((step) => ({ ...step, spans: [] }))),
    /no statement/,
  ],
  [
    'expand',
    'no offset',
    withSteps('expand', (steps) => steps.filter((step) => !isKind('offset')(step))),
    /no offset step/,
  ],
  [
    'expand',
    'a parameter too few',
    withSteps('expand', (steps) => steps.map((step) => (step.kind === 'nop' ? step : { ...step, parameters: [] }))),
    /has 0 parameters and needs/,
  ],
  ['defer-drops', 'drops as they were', form('expand', 'steps'), /follows a DROP/],
  [
    'align',
    'levels apart',
    { ...form('align', 'steps'), tree: form('link-steps', 'steps').tree },
    /linked steps are at different depths: salu_add_sub on m of line \d+ at depth \d+, salu/,
  ],
  [
    'align',
    'a step lost',
    withSteps('align', (steps) => steps.filter((step) => !isKind('salu')(step))),
    /is not in the tree/,
  ],
  [
    'branches',
    'a wrong depth',
    { kind: 'branches', program, branches: { ...branches, depth: 99 } },
    /the greatest depth is given as 99/,
  ],
  [
    'branches',
    'a branch that starts late',
    {
      kind: 'branches',
      program,
      branches: {
        ...branches,
        branches: branches.branches.map((each, i) => (i === 1 ? { ...each, start: each.start - 1 } : each)),
      },
    },
    /branch 1 begins at depth/,
  ],
  [
    'rows',
    'an id twice',
    withRows({ branchIds: rows.lowered.rows.branchIds.map(() => 0) }),
    /two branches have the same id/,
  ],
  [
    'rows',
    'an entry lost',
    withRows({
      rows: rows.lowered.rows.rows.map((row, i) => (i === 1 ? { ...row, entries: row.entries.slice(1) } : row)),
    }),
    /row 2 has no entry|does not meet the entries of its alternatives/,
  ],
  [
    'rows',
    'no order',
    withRows({ rows: rows.lowered.rows.rows.map((row) => ({ ...row, after: -1 })) }),
    /is not ordered after/,
  ],
  [
    'rows',
    'an RPB without the actions',
    {
      ...rows,
      lowered: {
        ...rows.lowered,
        problem: {
          ...rows.lowered.problem,
          tree: rows.lowered.problem.tree.map((row) => ({ ...row, allowed: row.allowed.map((is) => 1 - is) })),
        },
      },
    },
    /row 1 is not allowed in RPB 1, which has all of its actions/,
  ],
  [
    'place',
    'all in one RPB',
    withPlacement({ placement: place.allocation.placement.map(() => asLogicalRpb(1, 1, 1)) }),
    /not after row/,
  ],
  ['place', 'a memory without block', withPlacement({ memories: [] }), /0 of 1 memories have a block/],
  [
    'place',
    'a block elsewhere',
    withPlacement({ memories: place.allocation.memories.map((block) => ({ ...block, rpb: block.rpb + 1 })) }),
    /memory m is in RPB \d+, and row \d+ is not/,
  ],
  ['place', 'an id that is not free', withPlacement({ programId: 0 }), /program id 0/],
  [
    'emit',
    'the filter first',
    withEntries([...emitted.compiled.entries].reverse()),
    /not in the order of installation/,
  ],
  [
    'emit',
    'an entry twice',
    withEntries([...emitted.compiled.entries.slice(0, 1), ...emitted.compiled.entries]),
    /two entries with the same key/,
  ],
  [
    'emit',
    'a block too small',
    {
      ...emitted,
      compiled: { ...emitted.compiled, memories: emitted.compiled.memories.map((block) => ({ ...block, buckets: 1 })) },
    },
    /may access bucket/,
  ],
];

for (const [pass, what, broken, fault] of BROKEN) {
  test(`after ${pass}, ${what}: the compiler ends with a sentence`, () => {
    assert.throws(
      () => checkForm(pass, broken, undefined),
      (error: Error) =>
        error instanceof BrokenInvariant &&
        error.message.startsWith(`the compiler broke an invariant: after ${pass}`) &&
        fault.test(error.message),
    );
  });
}

test('a pass that changes more than it may is reported', () => {
  const before = form('expand', 'steps');
  const lost = withSteps('expand', (steps) => steps.filter((step) => !isKind('extract')(step)));
  assert.throws(
    () => checkForm('defer-drops', { ...lost, tree: form('defer-drops', 'steps').tree }, lost),
    /was moved, added or removed/,
  );
  checkForm('defer-drops', form('defer-drops', 'steps'), before);
});

test('the fifteen programs keep the invariants after every pass', () => {
  for (const name of SAMPLE_NAMES) {
    for (const [pass, each] of formsOf(sampleSource(name))) if (pass !== 'emit') checkForm(pass, each, undefined);
  }
});

test('forms are checked in all tests of the compiler, and only where it is asked for', () => {
  const broken: Form = { kind: 'tokens', tokens: [] };
  assert.throws(
    () => afterPass('lex', broken, undefined),
    /the compiler broke an invariant: after lex, the last token/,
  );
  checkForms(undefined);
  assert.is(afterPass('lex', broken, undefined), broken);
  checkForms(checkForm);
  assert.equal([...forms.keys()], PASS_NAMES);
});

test.run();
