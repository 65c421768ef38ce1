/** What ARCHITECTURE.md says of the folders, held by a test. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { codeOnly, importsOf, loadedWith, ROOMS, type Room, sourceFiles } from './source-files.js';

const files = sourceFiles();

const MAY_IMPORT: Record<Room, readonly Room[]> = {
  compiler: [],
  traces: [],
  sim: ['compiler', 'traces'],
  'hw-driver': ['compiler', 'sim', 'traces'],
  bench: ['compiler', 'sim', 'hw-driver', 'traces'],
};

test('imports run one way: compiler <- sim <- hw-driver <- bench, traces beside sim', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => {
        const room = ROOMS.find((candidate) => target.startsWith(`${candidate}/`));
        return room === undefined || (room !== file.room && !MAY_IMPORT[file.room].includes(room));
      })
      .map((target) => `${file.path} imports ${target}`),
  );
  assert.equal(wrong, []);
});

/** The folders of each room, each above those before it; what stands beside them, as index.ts, is above all. */
const INNER_ROOMS: Record<Room, readonly string[]> = {
  compiler: [
    'platform',
    'data-plane',
    'language',
    'steps',
    'rows',
    'place',
    'link',
    'passes',
    'change',
    'explain',
    'reference',
    'service',
    'p4',
  ],
  traces: ['platform', 'web-assembly', 'packets', 'system', 'captures', 'generate'],
  sim: ['target', 'blocks', 'engines', 'pipeline', 'validation', 'made-packet', 'snapshot', 'history', 'network'],
  'hw-driver': ['bfruntime', 'control', 'network', 'server', 'language-server', 'editors', 'studio', 'cli'],
  bench: ['figures', 'peers', 'workloads', 'measure', 'network', 'verify', 'sweep', 'paper', 'cli'],
};

const innerRoomOf = (path: string): string | undefined => {
  const [, inner, ...rest] = path.split('/');
  return rest.length === 0 ? undefined : inner;
};

test('inside a top folder, folders import only those below them', () => {
  const wrong = files.flatMap((file) => {
    const order = INNER_ROOMS[file.room];
    const level = (path: string): number => {
      const inner = innerRoomOf(path);
      return inner === undefined ? order.length : order.indexOf(inner);
    };
    assert.ok(level(file.path) >= 0, `${file.path} is in a folder that nobody has given a place`);
    return importsOf(file)
      .filter((target) => target.startsWith(`${file.room}/`) && level(target) > level(file.path))
      .map((target) => `${file.path} imports ${target}`);
  });
  assert.equal(wrong, []);
});

/**
 * npm makes commands executable when it links them; `npx` in a folder that it has linked before links nothing, so in
 * a second clone at the same place `bench` was refused.
 */
test('the built commands are executable', () => {
  const { bin } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { bin: Record<string, string> };
  for (const path of Object.values(bin)) {
    if (process.platform !== 'win32') assert.is(statSync(packageFile(path)).mode & 0o111, 0o111, path);
  }
});

test('there is no cycle of imports', () => {
  const imports = new Map(files.map((file) => [file.path, importsOf(file)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) cycles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
    if (done.has(path) || way.includes(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  assert.equal(cycles, []);
});

/** Files and packages that Node loads with a file, itself included. */
function loadedBy(start: string): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const file = byPath.get(path);
    if (file !== undefined) for (const next of loadedWith(file)) load(next);
  };
  load(start);
  return loaded;
}

/** Node takes two thirds of the 0.15 s of CPU that `--version` may take; the parser of command lines alone would take the rest. */
const MAX_AT_START = 20;

test('the commands start with few files and no package: the parser and a command are loaded when they are needed', () => {
  for (const start of ['bench/cli/cli.ts', 'hw-driver/cli/cli.ts']) {
    const loaded = [...loadedBy(start)];
    const own = loaded.filter((name) => name.endsWith('.ts'));
    assert.ok(own.length > 5 && own.length <= MAX_AT_START, `${start} loads ${own.length}: ${own}`);
    assert.equal(
      loaded.filter((name) => !name.endsWith('.ts') && !name.startsWith('node:')),
      [],
    );
  }
  assert.ok(loadedBy('hw-driver/cli/kit/read-command-line.ts').has('yargs'), 'packages are seen');
});

/** A file takes about half a millisecond of CPU to load, in each command, worker and test. */
test('what most users of a folder import loads nothing that few of them need', () => {
  const few: readonly (readonly [string, RegExp])[] = [
    ['compiler/index.ts', /^compiler\/(change|explain|reference|service|p4)\//],
    ['sim/pipeline/parallel/worker.ts', /^compiler\/(passes|place|rows|steps)\/|^compiler\/language\/(parser|lexer)/],
    ['sim/index.ts', /^sim\/(validation|made-packet|snapshot)\/|^traces\/(generate|captures)\/(?!time-stamp)/],
  ];
  for (const [index, unwanted] of few) {
    const loaded = [...loadedBy(index)];
    assert.ok(loaded.length > 100);
    assert.equal(
      loaded.filter((file) => unwanted.test(file)),
      [],
    );
  }
  assert.ok([...loadedBy('hw-driver/cli/commands/help-command.ts')].some((file) => file.includes('/reference/')));
});

test('the language service imports neither Node nor a protocol: a page can use it', () => {
  const service = files.filter(({ path }) => path.startsWith('compiler/service/'));
  assert.ok(service.length > 10);
  const packages = service.flatMap((file) => loadedWith(file).filter((name) => !name.startsWith('compiler/')));
  assert.equal(packages, []);
});

test('the allocators of other systems know nothing of P4runpro', () => {
  const peers = files.filter(({ path }) => path.startsWith('bench/peers/'));
  assert.ok(peers.length > 10);
  assert.equal(
    [...new Set(peers.flatMap(importsOf))].filter((path) => !path.startsWith('bench/peers/')),
    ['compiler/data-plane/must.ts'],
  );
});

test('time, randomness and files are arguments in compiler/, sim/ and bench/peers/', () => {
  const forbidden = /Math\.random|Date\.now|performance\.now|from '(node:)?fs/;
  const wrong = files.filter(
    ({ room, path, text }) =>
      (['compiler', 'sim'].includes(room) || path.startsWith('bench/peers/')) && forbidden.test(text),
  );
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

/** Blocks, pipelines and drivers use each other by what they say in public; nobody is a special kind of a switch. */
test('no class reaches into another one', () => {
  const wrong = files.flatMap(({ path, text }) =>
    codeOnly(text)
      .split('\n')
      .filter((line) => /\bprotected\b|\bextends (\w+)?(?:Switch|Pipeline|Driver|Tables)\b/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  assert.equal(wrong, []);
});

/** Each would have to know of links, devices and what is left behind; an appended file has no whole to wait for. */
test('files are written by traces/system/ alone', () => {
  const writing = /\b(writeFile|write|rename|copyFile|truncate)Sync\(|createWriteStream|openSync\([^)]*'[wr]/;
  const appending = ['hw-driver/control/journal/journal-file.ts', 'hw-driver/server/ports/capture-folder.ts'];
  const wrong = files.filter(
    ({ path, text }) => !path.startsWith('traces/system/') && !appending.includes(path) && writing.test(text),
  );
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

/**
 * Errors that never end a command: caught by the room that throws them, or faults of the project; those of traces say how
 * they end a command without the class, as traces imports no other room.
 */
const OTHER_ERRORS = new Set([
  'DomainError',
  'BrokenInvariant',
  'SyntaxFault',
  'OutOfTries',
  'PublishedConstraintsError',
  'MissingStep',
  'StrayPackets',
  'RpcError',
  'PartError',
  'PartFailed',
  'FrameError',
  'RepeatsDiffer',
  'Locked',
  'BadRequest',
  'NotWritten',
  'CaptureError',
  'TrafficError',
  'LostFile',
]);

test('errors that a command can end with say how it ends; the command line knows no class of other rooms', () => {
  const others = files.flatMap(({ text }) =>
    [...text.matchAll(/class (\w+) extends Error\b/g)].map(([, name]) => name),
  );
  assert.equal(others.sort(), [...OTHER_ERRORS].sort());
  const domain = files.flatMap(({ path, text }) =>
    [...text.matchAll(/class (\w+) extends DomainError \{\n(.*)\n/g)].map(([, name, first]) => ({ path, name, first })),
  );
  assert.ok(domain.length > 20);
  for (const { path, name, first } of domain) assert.is(first, `  override readonly name = '${name}';`, path);
  const commandLine = files.find(({ path }) => path === 'hw-driver/cli/kit/command-line.ts');
  assert.not.match(commandLine?.text ?? '', /instanceof (?!Error\b)/);
});

test('errors of the command line are thrown by commands: what lies below cli/ has errors of its own', () => {
  const below = files.filter(({ path }) => !/^(?:hw-driver|bench)\/cli\//.test(path));
  assert.equal(
    below.filter(({ text }) => text.includes('new UsageError')).map(({ path }) => path),
    [],
  );
});

test('that an option of text or a number needs a value is said once, by the kit', () => {
  const saying = files.filter(({ text }) => /\brequiresArg\b/.test(text)).map(({ path }) => path);
  assert.equal(saying, ['hw-driver/cli/kit/read-command-line.ts']);
});

test('what an allocator is like is a property of it: nobody concludes it from its name', () => {
  const asking = /allocator\.name\s*(?:\.|[=!]==)/i;
  assert.equal(
    files.filter(({ text }) => asking.test(text)).map(({ path }) => path),
    [],
  );
  assert.match("options.allocator.name.startsWith('z3')", asking);
});

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 70;
/** One dense switch that calls one function per action: as long as there are actions. */
const LONG_FUNCTIONS = new Set(['sim/blocks/actions.ts execute']);

test(`files have at most ${MAX_FILE_LINES} lines`, () => {
  const long = files.filter(({ text }) => text.split('\n').length > MAX_FILE_LINES).map(({ path }) => path);
  assert.equal(long, []);
});

test(`functions have at most ${MAX_FUNCTION_LINES} lines`, () => {
  const long = files.flatMap(({ path, text }) =>
    functionLengths(codeOnly(text))
      .filter(({ name, lines }) => lines > MAX_FUNCTION_LINES && !LONG_FUNCTIONS.has(`${path} ${name}`))
      .map(({ name, lines }) => `${path} ${name}: ${lines} lines`),
  );
  assert.equal(long, []);
});

/** Functions and methods by the braces of their bodies; formatted code has the opening brace at the end of a line. */
function functionLengths(code: string): { name: string; lines: number }[] {
  const lines = code.split('\n');
  return lines.flatMap((line, start) => {
    const head =
      /^(\s*)(?:export |default |async |private |override |static |get )*(?:function\*? )?(#?\w+)(?:<.*>)?\(.*\{$/.exec(
        line,
      );
    const name = head?.[2] ?? '';
    if (head === null || ['if', 'for', 'while', 'switch', 'catch', 'return'].includes(name)) return [];
    const end = lines.findIndex((candidate, i) => i > start && candidate.startsWith(`${head[1]}}`));
    return end < 0 ? [] : [{ name, lines: end - start + 1 }];
  });
}

test('the scanner finds functions and their lengths', () => {
  const seen = functionLengths(
    'export function f(a: number): void {\n  a;\n}\nclass C {\n  m() {\n    1;\n    2;\n  }\n}\n',
  );
  assert.equal(seen, [
    { name: 'f', lines: 3 },
    { name: 'm', lines: 4 },
  ]);
});

test('the numbers of the chip stand in the data plane description only', () => {
  const wrong = files
    .filter(({ path }) => !path.startsWith('compiler/data-plane/'))
    .flatMap(({ path, text }) =>
      codeOnly(text)
        .split('\n')
        .map((line, i) => ({ line, place: `${path}:${i + 1}` }))
        .filter(({ line }) => /(?<![\w.])(22|65536|65_536|1\.22e9)(?![\w.])/.test(line)),
    );
  const allowed = /^(compiler\/bits\.ts|bench\/cli\/commands\/run-command\.ts|sim\/checksum\.ts|traces\/)/;
  assert.equal(
    wrong.filter(({ place }) => !allowed.test(place)).map(({ place, line }) => `${place}: ${line.trim()}`),
    [],
  );
});

/** Arranges marks in the reader's browser. */
const IN_THE_BROWSER = 'bench/paper/page/page-script.ts';

test('no result depends on what engines make of powers, logarithms and sines in the last bit', () => {
  assert.equal(
    files.filter(({ path }) => path !== IN_THE_BROWSER).flatMap(({ path, text }) => inexact(text, path)),
    [],
  );
  const caught = ['a ** b', '(1 + a) ** 2', '10 ** n', '12 ** n', 'x **= 2', 'Math.log2(n)', 'Math.hypot(a, b)'];
  for (const code of [...caught, `\`\${${'10 ** n'}}\``]) assert.is(inexact(code, 'x').length, 1, code);
  for (const code of ['2 ** -n', '10n ** BigInt(n)', '// a ** b', '/** a */', "'**'", 'Math.sqrt(2)']) {
    assert.equal(inexact(code, 'x'), [], code);
  }
});

/**
 * Lines with a function or power that ECMAScript leaves to the engine. Powers of 2 are let through, and those of
 * BigInts; texts between backquotes are looked into, as they may hold code.
 */
function inexact(text: string, path: string): string[] {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  return text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'/g, blank)
    .split('\n')
    .flatMap((line, i) =>
      /Math\.(?:a?(?:sin|cos|tan)h?|atan2|pow|exp(?:m1)?|log(?:2|10|1p)?|cbrt|hypot)\b/.test(line) ||
      /(?<!(?<![\w.)])2 ?)\*\*(?! ?BigInt\()/.test(line)
        ? [`${path}:${i + 1}: ${line.trim()}`]
        : [],
    );
}

test('powers of 2 are exact in this engine', () => {
  for (let n = 0, exact = 1; n <= 1023; n++, exact *= 2) assert.is(2 ** n, exact, String(n));
  for (let n = 0, exact = 1; n <= 1074; n++, exact /= 2) assert.is(2 ** -n, exact, String(-n));
});

test('every top folder has a README', () => {
  for (const folder of [...ROOMS, 'test', 'results']) assert.ok(existsSync(packageFile(folder, 'README.md')), folder);
});

test.run();
