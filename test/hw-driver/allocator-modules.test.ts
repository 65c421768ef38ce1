/** `--allocator ./mine.mjs`: modules of other people, from both commands, and what is said of those that are none. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { type CommandName, type Refusal, testRefusals, type, withFolder } from '../command-line.js';

const LB = packageFile('bench', 'programs', 'lb.p4runpro');

/** Each depth in the RPB after the one before it, from a first one on. */
const inSequence = (name: string, first = 1): string =>
  `export default { name: '${name}', place: ({ rows }) => ({ kind: 'placed', placement: rows.map((_, i) => i + ${first}) }) };\n`;

/** f1 of the project with the weights that it is given; each placement is noted on stderr. */
const weighed = (): string =>
  `import { ALLOCATORS } from '${pathToFileURL(packageFile('dist', 'compiler', 'public.js')).href}';
export default ({ weights }) => {
  const f1 = ALLOCATORS.f1.make({ weights });
  const place = (problem, free) => (process.stderr.write('asked ' + weights + '\\n'), f1.place(problem, free));
  return { name: 'weighed', place };
};
`;

const givenModule = (text: string) => (folder: string) => writeFileSync(join(folder, 'mine.mjs'), text);

const refused = (text: string, says: RegExp, ...more: string[]): Refusal => ({
  args: ['compile', LB, '--allocator', './mine.mjs', ...more],
  given: givenModule(text),
  says,
});

await testRefusals('p4runpro', [
  { args: ['compile', LB, '--allocator', './mine.mjs'], says: /\.\/mine\.mjs: no such file$/m },
  {
    args: ['compile', LB, '--allocator', 'best'],
    says: /no allocator 'best': it is one of price, .* or a \.js or \.mjs/,
  },
  {
    args: ['compile', LB, '--allocator', 'f2', '--allocator-limit', '1'],
    says: /--allocator-limit belongs to .* not to f2/,
  },
  refused('', /mine\.mjs has no default export: it exports nothing/),
  refused('export const place = 1;', /no default export: it exports place/),
  refused(
    'export default { name: ',
    /mine\.mjs cannot be loaded: SyntaxError: .*node --check \.\/mine\.mjs shows where/,
  ),
  refused('throw new Error("no luck");', /cannot be loaded: Error: no luck \(mine\.mjs:1\)/),
  refused('import "./other.mjs";', /cannot be loaded: Error: Cannot find module/),
  refused('export default 7;', /mine\.mjs is no allocator: it gives a number, where \{ name, place/),
  refused('export default { place() {} };', /it has no name/),
  refused('export default { name: "mine" };', /it has no function place/),
  refused('export default async () => 1;', /it gives a promise/),
  refused('export default () => { throw new Error("no luck"); };', /default export of .* threw Error: no luck/),
  refused(inSequence('mine'), /mine\.mjs takes no settings/, '--recirculation-weight', '1'),
  refused(
    inSequence('mine'),
    /--allocator-limit takes seconds above 0, at most 3600, or none, not '0'/,
    '--allocator-limit',
    '0',
  ),
  refused('await new Promise(() => {});', /mine\.mjs was not loaded in 0\.2 s/, '--allocator-limit', '0.2'),
  refused(
    'export default { name: "mine", place() { for (;;) try { for (;;); } finally { continue; } } };',
    /allocator \.\/mine\.mjs did not return from place\(\) within 0\.3 s/,
    '--allocator-limit',
    '0.3',
  ),
  {
    ...refused(inSequence('mine', 0), /breaks the rule that a place is a logical RPB/),
    args: ['deploy', LB, '--target', 'sim', '--state', 'switch.sim', '--allocator', './mine.mjs'],
  },
  refused(inSequence('mine', 0), /breaks the rule that a place is a logical RPB: .* row 1 is placed in logical RPB 0/),
  refused(inSequence('mine', 11), /breaks the rule that a row lies in an RPB that has its actions/),
]);

test('a module places programs as its author says, settings reach a function, and a name goes before a file', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'first.mjs'), inSequence('first'));
    writeFileSync(join(folder, 'price'), 'no module');
    writeFileSync(join(folder, 'weighed.mjs'), weighed());
    const placementBy = async (allocator: string, ...more: string[]): Promise<unknown> => {
      const args = ['compile', LB, '-o', 'lb.json', '--allocator', allocator, ...more];
      const { status, stderr } = await type('p4runpro', args, { folder });
      assert.is(status, 0, stderr);
      const { placement } = JSON.parse(readFileSync(join(folder, 'lb.json'), 'utf8')) as { placement: unknown };
      return placement;
    };
    const first = (await placementBy('first.mjs')) as { readonly rpb: number }[];
    assert.equal([...new Set(first.map(({ rpb }) => rpb))], [1, 2, 3, 4, 5, 6, 7, 8]);
    const args = ['compile', LB, '--allocator', './weighed.mjs', '--weights', '1,0.5'];
    assert.is((await type('p4runpro', args, { folder })).stderr, 'asked 1,0.5\n');
    assert.equal(await placementBy('price'), await placementBy('price', '--recirculation-weight', '10'));
  }));

/** Every command that takes the option, with a program of its own folder. */
const COMMANDS: readonly (readonly [CommandName, ...string[]])[] = [
  ['p4runpro', 'compile', LB, '-o', 'lb.json'],
  ['p4runpro', 'explain', LB],
  ['p4runpro', 'try', LB, '--packet', 'ipv4.dst=10.0.0.1 udp.dst_port=53'],
  ['bench', 'run', '--programs', '2', '--packets', '10', '--out', 'out'],
  ['bench', 'capacity', '--workloads', 'lb', '--memory', '65536', '--repeats', '1', '--out', 'out'],
  ['bench', 'goldens', 'lb'],
];

for (const [command, ...args] of COMMANDS) {
  test(`${command} ${args[0]} takes a module`, () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, 'mine.mjs'), weighed());
      const { status, stderr } = await type(command, [...args, '--allocator', 'mine.mjs'], { folder });
      assert.match(stderr, /asked/, 'the module was asked');
      assert.is(status, 0, stderr);
    }));
}

test('bench verify takes modules beside names', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'mine.mjs'), inSequence('mine'));
    const args = ['verify', 'lb', '--packets', '50', '--allocators', 'price', './mine.mjs'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    assert.match(stdout, /mine\.mjs.*equal/);
  }));

/** Modules run in a process of their own, as they may end it. */
const HOSTILE: readonly (readonly [text: string, status: number, says: RegExp])[] = [
  ['process.exit(0);', 2, /^bench: \.\/mine\.mjs cannot be loaded: Error: process\.exit\(\) is not for a module/],
  [
    "export default { name: 'a', place: () => process.exit(0) };",
    1,
    /threw Error: process\.exit\(\) is not for a module: the command ends by itself/,
  ],
  [
    "setTimeout(() => process.exit(0)); export default { name: 'a', place: () => 1 };",
    2,
    /^bench: \.\/mine\.mjs threw Error: process\.exit\(\) is not for a module.* in a timer or a promise of its own$/m,
  ],
  [
    "setTimeout(() => { throw new Error('late'); }); export default { name: 'a', place: () => 1 };",
    2,
    /^bench: \.\/mine\.mjs threw Error: late \(mine\.mjs:1\) in a timer or a promise of its own$/m,
  ],
  ['for (;;);', 2, /^bench: \.\/mine\.mjs was not loaded in 0\.3 s\n$/],
];
for (const [text, status, says] of HOSTILE) {
  test(`a module cannot end or hang the command: ${text}`, () =>
    withFolder(async (folder) => {
      givenModule(text)(folder);
      const words = [
        'allocator',
        'check',
        './mine.mjs',
        '--problems',
        '2',
        '--workloads',
        'calc',
        '--allocator-limit',
        '0.3',
      ];
      const command = packageFile('dist', 'bench', 'cli', 'cli.js');
      const ended = spawnSync(process.execPath, [command, ...words], { cwd: folder, encoding: 'utf8' });
      assert.is(ended.status, status, ended.stderr + ended.stdout);
      assert.match(ended.stderr, says);
    }));
}

test.run();
