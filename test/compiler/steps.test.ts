/** Deferred drops, linked steps and alignment: what the passes between expansion and placement do to a tree. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, defaultDataPlane, lower, type Statement } from '../../compiler/index.js';
import { align } from '../../compiler/steps/align.js';
import { deferDrops } from '../../compiler/steps/defer-drops.js';
import { expand as expandFor } from '../../compiler/steps/expand.js';
import { joinEnds } from '../../compiler/steps/join-ends.js';
import { type LinkGroup, linkGroups } from '../../compiler/steps/memory-links.js';
import { branchParts, mapSteps, type Step, type StepTree } from '../../compiler/steps/steps.js';
import { checkedProgram, inProgram } from './support.js';

const expand = (statements: readonly Statement[]): StepTree => expandFor(statements, defaultDataPlane());

const stepName = (step: Step): string => {
  if (step.kind === 'nop') return 'nop';
  const parameters = step.parameters.map((parameter) =>
    parameter.kind === 'constant' ? `${parameter.value}` : `${parameter.kind}(${parameter.memory})`,
  );
  const memory =
    step.instruction.effect.kind === 'salu' || step.instruction.effect.kind === 'hash' ? step.memory : undefined;
  return [step.instruction.name, ...parameters, ...(memory === undefined ? [] : [`@${memory}`])].join(' ');
};

/** A tree as text: depth, action, parameters; cases indented. */
function render(tree: StepTree, depth = 1, indent = ''): string[] {
  const lines = tree.steps.map((step, i) => `${indent}${depth + i} ${stepName(step)}`);
  if (tree.branch === undefined) return lines;
  const below = depth + tree.steps.length;
  lines.push(`${indent}${below} branch`);
  for (const item of tree.branch.cases) {
    const text = item.conditions.map(({ register, value, mask }) => `${register} & ${mask} = ${value}`).join(', ');
    if (item.kind === 'inline') lines.push(`${indent}  case ${text}: ${stepName(item.step)}`);
    else lines.push(`${indent}  case ${text}`, ...render(item.body, below + 1, `${indent}    `));
  }
  if (tree.branch.fallback !== undefined) lines.push(`${indent}  else ${stepName(tree.branch.fallback)}`);
  return [...lines, `${indent}  otherwise`, ...render(tree.branch.otherwise, below + 1, `${indent}    `)];
}

const bodyOf = (body: string, memories = '') => expand(checkedProgram(inProgram(body, memories)).body);

const M = '@m 256';
const DROPS: readonly (readonly [name: string, body: string, memories: string, tree: readonly string[]])[] = [
  [
    'a DROP with no memory behind it stays',
    'DROP; LOADI(har, 1); FORWARD(1);',
    '',
    ['1 drop', '2 loadi_har 1', '3 forward 1'],
  ],
  [
    'a DROP behind the last access stays',
    'LOADI(mar, 0); MEMREAD(m); DROP; FORWARD(1);',
    M,
    ['1 loadi_mar 0', '2 address_translation_offset base(m) 0', '3 salu_read_write @m', '4 drop', '5 forward 1'],
  ],
  [
    'a DROP before an access moves to the end of the path',
    'DROP; LOADI(mar, 0); MEMREAD(m); LOADI(har, 1);',
    M,
    ['1 loadi_mar 0', '2 address_translation_offset base(m) 0', '3 salu_read_write @m', '4 loadi_har 1', '5 drop'],
  ],
  [
    'two DROPs become one',
    'DROP; LOADI(mar, 0); MEMREAD(m); DROP;',
    M,
    ['1 loadi_mar 0', '2 address_translation_offset base(m) 0', '3 salu_read_write @m', '4 drop'],
  ],
  [
    'a DROP moves into every case and behind the branch, where an access is in one of them',
    'DROP; LOADI(har, 1); BRANCH: case(<har, 1, 1>) { LOADI(mar, 0); MEMREAD(m); } case(<har, 0, 3>) { } case(<har, 2, 3>) { DROP; NOP; }; FORWARD(1);',
    M,
    [
      '1 loadi_har 1',
      '2 branch',
      '  case har & 1 = 1',
      '    3 loadi_mar 0',
      '    4 address_translation_offset base(m) 0',
      '    5 salu_read_write @m',
      '    6 drop',
      '  case har & 3 = 0',
      '    3 drop',
      '  case har & 3 = 2',
      '    3 nop',
      '    4 drop',
      '  otherwise',
      '    3 forward 1',
      '    4 drop',
    ],
  ],
  [
    'a DROP moves through a branch to an access behind it, and through nested ones',
    'DROP; LOADI(har, 1); BRANCH: case(<har, 1, 1>) { BRANCH: case(<har, 3, 3>) { }; }; LOADI(mar, 0); MEMREAD(m);',
    M,
    [
      '1 loadi_har 1',
      '2 branch',
      '  case har & 1 = 1',
      '    3 branch',
      '      case har & 3 = 3',
      '        4 drop',
      '      otherwise',
      '        4 drop',
      '  otherwise',
      '    3 loadi_mar 0',
      '    4 address_translation_offset base(m) 0',
      '    5 salu_read_write @m',
      '    6 drop',
    ],
  ],
  [
    'a DROP above a branch without accesses stays, one in a case before an access moves',
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { DROP; LOADI(mar, 0); MEMREAD(m); } case(<har, 0, 3>) { DROP; NOP; };',
    M,
    [
      '1 loadi_har 1',
      '2 branch',
      '  case har & 1 = 1',
      '    3 loadi_mar 0',
      '    4 address_translation_offset base(m) 0',
      '    5 salu_read_write @m',
      '    6 drop',
      '  case har & 3 = 0',
      '    3 drop',
      '    4 nop',
      '  otherwise',
    ],
  ],
];

for (const [name, body, memories, tree] of DROPS) {
  test(name, () => assert.equal(render(deferDrops(bodyOf(body, memories))), [...tree]));
}

/** Depths of the steps of a tree that pass a test. */
function depthsOf(tree: StepTree, wanted: (name: string) => boolean): number[] {
  return render(tree)
    .map((line) => line.trim())
    .filter((line) => wanted(line.replace(/^\d+ /, '')))
    .map((line) => Number.parseInt(line, 10));
}

const aligned = (tree: StepTree): StepTree => align(tree, linkGroups(tree), 44).tree;
const accesses = (memory: string) => (name: string) => name.startsWith('salu') && name.endsWith(`@${memory}`);
const hashesFor = (memory: string) => (name: string) => name.startsWith('hash') && name.endsWith(`@${memory}`);

test('accesses of one memory in exclusive branches come to one depth', () => {
  const tree = bodyOf(
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { LOADI(mar, 0); MEMREAD(m); } case(<har, 0, 3>) { NOP; NOP; LOADI(mar, 0); MEMREAD(m); }; MEMWRITE(m);',
    M,
  );
  assert.equal(depthsOf(tree, accesses('m')), [5, 7, 4]);
  assert.equal(depthsOf(aligned(tree), accesses('m')), [7, 7, 7]);
});

test('hashes that feed one memory in exclusive branches come to one depth, and so do the accesses', () => {
  const tree = bodyOf(
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { HASH_MEM(m); MEMREAD(m); } case(<har, 0, 3>) { NOP; HASH_MEM(m); NOP; MEMREAD(m); };',
    M,
  );
  assert.equal(depthsOf(aligned(tree), hashesFor('m')), [4, 4]);
  assert.equal(depthsOf(aligned(tree), accesses('m')), [8, 8]);
});

test('each hash of a chain comes to the depth of its counterpart', () => {
  const tree = bodyOf(
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { HASH; NOP; HASH_MEM(m); MEMREAD(m); } case(<har, 0, 3>) { NOP; HASH; HASH_MEM(m); MEMREAD(m); };',
    M,
  );
  assert.equal(
    depthsOf(aligned(tree), (name) => name === 'hash_customization'),
    [4, 4],
  );
  assert.equal(depthsOf(aligned(tree), hashesFor('m')), [6, 6]);
});

test('a hash that does not feed the memory is not moved', () => {
  const tree = bodyOf(
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { HASH; LOADI(mar, 0); MEMREAD(m); } case(<har, 0, 3>) { NOP; NOP; HASH; LOADI(mar, 0); MEMREAD(m); };',
    M,
  );
  assert.equal(
    depthsOf(aligned(tree), (name) => name === 'hash_customization'),
    [3, 5],
  );
  assert.equal(linkGroups(tree).length, 1);
});

const actionsOf = (groups: readonly LinkGroup[]): string[][] =>
  groups.map(({ byUse }) => byUse.map((steps) => steps.map(stepName).join(' | ')));

test('two uses on one path are one group with two ordinals', () => {
  const tree = bodyOf('LOADI(mar, 0); MEMREAD(m); LOADI(mar, 1); MEMWRITE(m);', M);
  assert.equal(actionsOf(linkGroups(tree)), [['salu_read_write @m', 'salu_read_write @m']]);
});

test('one hash that feeds both uses needs no partner, two hashes do', () => {
  const once = bodyOf('HASH_5_TUPLE_MEM(m); MEMREAD(m); MEMWRITE(m);', M);
  assert.is(linkGroups(once).length, 1);
  const twice = bodyOf('HASH_5_TUPLE_MEM(m); MEMREAD(m); HASH_5_TUPLE_MEM(m); MEMWRITE(m);', M);
  assert.equal(actionsOf(linkGroups(twice)), [
    ['salu_read_write @m', 'salu_read_write @m'],
    ['hash_5_tuple_mem @m', 'hash_5_tuple_mem @m'],
  ]);
});

test('a hash is followed through registers, a saved one and MEMWRITE, which keeps sar', () => {
  const through = (statements: string): number => {
    const body = `LOADI(har, 1); LOADI(sar, 1); BRANCH: case(<har, 1, 1>) { HASH_5_TUPLE; ${statements} ANDI(mar, 255); MEMREAD(m); }; HASH_5_TUPLE; NOP; ${statements} ANDI(mar, 255); MEMREAD(m);`;
    return linkGroups(bodyOf(body, M + (statements.includes('(n)') ? '\n@n 256' : ''))).filter(({ steps }) =>
      steps.some((step) => step.kind === 'action' && step.instruction.effect.kind === 'hash'),
    ).length;
  };
  assert.is(through('MOVE(mar, har);'), 1);
  assert.is(through('MOVE(sar, har); MOVE(mar, sar);'), 1);
  assert.is(through('LOADI(mar, 3); ADD(mar, har);'), 1);
  assert.is(through('MOVE(mar, har); NOT(sar); MODIFY(hdr.ipv4.dst, sar);'), 1);
  assert.is(through('MOVE(sar, har); LOADI(mar, 0); MEMWRITE(n); MOVE(mar, sar);'), 1);
  assert.is(through('MOVE(sar, har); LOADI(mar, 0); MEMREAD(n); MOVE(mar, sar);'), 0);
  assert.is(through('LOADI(mar, 5);'), 0);
});

test('memories used in opposite orders cannot be aligned, and are placed over two passes', () => {
  const source = inProgram(
    'LOADI(har, 1); BRANCH: case(<har, 1, 1>) { LOADI(mar, 0); MEMREAD(m); LOADI(mar, 0); MEMREAD(n); }; LOADI(mar, 0); MEMREAD(n); LOADI(mar, 0); MEMREAD(m);',
    '@m 256\n@n 256',
  );
  const program = checkedProgram(source);
  const tree = aligned(expand(program.body));
  const [first, second] = [depthsOf(tree, accesses('m')), depthsOf(tree, accesses('n'))];
  assert.is(new Set(first).size + new Set(second).size, 3, 'one of the two is aligned');
  const { problem } = lower(program, defaultDataPlane(), 1);
  assert.is(problem.rows.filter(({ link }) => link >= 0).length, 1);
});

test('alignment that would not end within the passes is left to the placement', () => {
  const body = `LOADI(har, 1); BRANCH: case(<har, 1, 1>) { ${'NOP; '.repeat(50)} LOADI(mar, 0); MEMREAD(m); }; LOADI(mar, 0); MEMREAD(m);`;
  const tree = bodyOf(body, M);
  assert.equal(depthsOf(aligned(tree), accesses('m')), depthsOf(tree, accesses('m')));
});

/** The tree with a count of how often its steps are looked at. */
function counting(tree: StepTree): { readonly tree: StepTree; readonly looks: () => number } {
  let count = 0;
  const watched = (step: Step): Step =>
    new Proxy(step, {
      get(target, key) {
        if (key === 'kind') count++;
        return Reflect.get(target, key);
      },
    });
  return { tree: mapSteps(tree, (steps) => steps.map(watched)), looks: () => count };
}

test('drops are deferred in a few looks at each step, however many steps and BRANCHes there are', () => {
  const looksOf = (repeat: number): number => {
    const chain = 'BRANCH: case(<har, 0, 1>) { NOP; DROP; };'.repeat(repeat);
    const body = `EXTRACT(hdr.ipv4.src, har); ${'NOP; DROP; '.repeat(20 * repeat)} ${chain} LOADI(mar, 0); MEMREAD(m);`;
    const { tree, looks } = counting(bodyOf(body, M));
    deferDrops(tree);
    return looks();
  };
  const [few, many] = [looksOf(5), looksOf(50)];
  assert.ok(few > 100 && many <= 11 * few, `${few} looks at 5, ${many} at 50`);
});

test('ends are not brought to the depth of a path that NOPs make endless', () => {
  const body = `EXTRACT(hdr.ipv4.src, har); BRANCH: case(<har, 1, 3>) { NOP; FORWARD(1); } case(<har, 2, 3>) { FORWARD(1); }; ${'NOP; '.repeat(500)} FORWARD(1);`;
  const steps = (tree: StepTree): number =>
    tree.steps.length + branchParts(tree).reduce((sum, part) => sum + steps(part), 0);
  const tree = bodyOf(body);
  // Of the two cases one waits for the other; neither waits for what follows.
  assert.is(steps(joinEnds(tree, 44)), steps(tree) + 1);
  assert.ok(steps(joinEnds(tree, 1000)) > steps(tree) + 900);
});

test('NOPs that only make a program deep have no rows', () => {
  const body = `EXTRACT(hdr.ipv4.src, har); ${'NOP; '.repeat(20_000)} LOADI(sar, 1); ADD(har, sar);`;
  const { rows, problem } = lower(checkedProgram(inProgram(body)), defaultDataPlane(), 1);
  assert.is(rows.depth, 20_003);
  assert.equal(
    rows.rows.map(({ depth, after }) => [depth, after]),
    [
      [1, -1],
      [20_002, 0],
      [20_003, 1],
    ],
  );
  assert.is(problem.rows.filter(({ entries }) => entries > 0).length, 3);
});

test('BRANCHes in a row are compiled as far as the data plane has RPBs, and refused beyond', () => {
  const chain = (length: number): string =>
    inProgram(`EXTRACT(hdr.ipv4.src, har);\n${'BRANCH: case(<har, 0, 1>) { FORWARD(1); };\n'.repeat(length)}`);
  const { rows } = lower(checkedProgram(chain(352)), defaultDataPlane(), 15);
  assert.ok(rows.depth >= 353);
  const [finding, ...others] = analyse(chain(50_000), defaultDataPlane()).diagnostics;
  assert.is(others.length, 0);
  assert.is(finding?.code, 'path-too-long');
  const firstLine =
    chain(1)
      .split('\n')
      .findIndex((line) => line.startsWith('BRANCH')) + 1;
  assert.is(finding?.span.line, firstLine + 352);
});

test('hashes in a row are compiled as far as the data plane has RPBs, and refused beyond', () => {
  const chain = (length: number): string =>
    `@m 16\n${inProgram(`${'HASH;\n'.repeat(length)}HASH_MEM(m);\nMEMADD(m);`)}`;
  assert.ok(lower(checkedProgram(chain(350)), defaultDataPlane(), 15).rows.depth >= 352);
  const codes = analyse(chain(4_000), defaultDataPlane()).diagnostics.map(({ code }) => code);
  assert.is(codes.filter((code) => code === 'path-too-long').length, 1);
});

test.run();
