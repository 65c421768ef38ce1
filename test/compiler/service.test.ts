/** The language service, feature by feature: `|` marks the cursor. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultDataPlane, link, lower, SwitchState } from '../../compiler/index.js';
import {
  articleMarkdown,
  languageService,
  MAX_TEXT_LENGTH,
  type RenameResult,
  type ServiceDocument,
  TextLines,
  withEdits,
} from '../../compiler/service/index.js';
import { cases } from '../tiers.js';
import { checkedProgram, PROPERTY, SAMPLE_NAMES, sampleSource, smallDataPlane } from './support.js';

const service = languageService(defaultDataPlane());

/** A document and the offset of the mark in its text. */
function marked(text: string): { document: ServiceDocument; offset: number; text: string } {
  const offset = text.indexOf('|');
  assert.ok(offset >= 0, 'the text has a mark');
  const rest = text.slice(0, offset) + text.slice(offset + 1);
  return { document: service.document(rest), offset, text: rest };
}

const labelsAt = (text: string): string[] => {
  const { document, offset } = marked(text);
  return service.completion(document, offset).items.map(({ label }) => label);
};

const HEAD = '@m 16\n@n 32\nprogram p(<hdr.udp.dst_port, 53, 0xffff>) {\n';

const PRIMITIVE_LABELS = labelsAt(`${HEAD}    |\n}`);

const COMPLETIONS: readonly (readonly [what: string, text: string, labels: readonly string[]])[] = [
  ['an empty text', '|', ['program', '@']],
  ['a word outside programs', 'pro|', ['program', '@']],
  ['behind a program', `${HEAD}    DROP;\n}\n|`, ['program']],
  ['behind @', '@|\nprogram', ['memory']],
  ['the parenthesis of a program', 'program p(|', ['<field, value, mask>']],
  [
    'a filter that begins',
    'program p(<hdr.udp.dst_port, 53, 0xffff>, <|',
    [...labelsAt('program p(<hdr.udp.dst_port, 53, 0xffff>, <x|')],
  ],
  ['the mask of a field', 'program p(<hdr.ipv4.protocol, 6, |', ['0xff', '0']],
  [
    'the mask of an address',
    'program p(<hdr.ipv4.dst, 10.0.0.0, |',
    ['0xffffffff', '255.255.255.0', '255.255.0.0', '255.0.0.0', '0'],
  ],
  ['a value that the parser knows', 'program p(<hdr.ipv4.protocol, |, 0xff>) {', ['6', '17']],
  ['a word in a body', `${HEAD}    MEM|\n}`, PRIMITIVE_LABELS],
  ['a new line behind a statement without its semicolon', `${HEAD}    DROP\n    |\n}`, PRIMITIVE_LABELS],
  ['behind a primitive', `${HEAD}    DROP |\n}`, []],
  ['a register', `${HEAD}    LOADI(|`, ['har', 'sar', 'mar']],
  ['a register beside another', `${HEAD}    ADD(har, |);\n}`, ['sar', 'mar']],
  ['a memory in a line without an end', `${HEAD}    MEMADD(|\n    DROP;\n}`, ['m', 'n']],
  [
    'memories of no other program',
    `${HEAD}    MEMREAD(m);\n}\nprogram q(<hdr.udp.dst_port, 54, 0xffff>) {\n    MEMREAD(|`,
    ['n'],
  ],
  ['an integer', `${HEAD}    LOADI(har, |`, []],
  ['an argument too many', `${HEAD}    ADD(har, sar, |`, []],
  ['the argument of an unknown primitive', `${HEAD}    ADDD(|`, []],
  ['behind BRANCH', `${HEAD}    BRANCH: |`, ['case']],
  ['behind a case', `${HEAD}    BRANCH:\n        case(<har, 1, 1>) { DROP; }\n        |\n}`, ['case']],
  ['a condition', `${HEAD}    BRANCH: case(<|`, ['har', 'sar', 'mar']],
  ['a second condition', `${HEAD}    BRANCH: case(<har, 1, 2>, <|, 1, 2>) { DROP; };`, ['sar', 'mar']],
  ['a line comment', `${HEAD}    // MEM|\n}`, []],
  ['a block comment', '/* pro| */', []],
  ['a comment that is never closed', '/* pro|', []],
];

for (const [what, text, labels] of COMPLETIONS) {
  test(`completion: ${what}`, () => assert.equal(labelsAt(text), labels));
}

test('completion: all primitives and BRANCH begin statements, and fields are those of the data plane', () => {
  assert.is(PRIMITIVE_LABELS.length, 42);
  assert.ok(PRIMITIVE_LABELS.includes('BRANCH') && PRIMITIVE_LABELS.includes('HASH_5_TUPLE'));
  const fields = labelsAt(`${HEAD}    EXTRACT(hdr.|\n    DROP;\n}`);
  assert.ok(fields.includes('hdr.l5.key1') && fields.includes('hdr.ipv4.src'));
  assert.not.ok(fields.includes('hdr.ethernet.dst'), '48 bits do not fit a register');
  const modified = labelsAt(`${HEAD}    MODIFY(|`);
  assert.ok(modified.includes('hdr.l5.key3') && !modified.includes('hdr.l5.op'));
});

test('completion: a filter offers the fields of tables that have those before it', () => {
  const all = labelsAt('program p(<|');
  assert.ok(all.includes('hdr.ethernet.src') && all.includes('hdr.udp.dst_port'));
  const beside = labelsAt('program p(<hdr.udp.dst_port, 53, 0xffff>, <|');
  assert.ok(beside.includes('hdr.ipv4.src') && !beside.includes('hdr.ethernet.src'));
  assert.not.ok(beside.includes('hdr.udp.dst_port'));
});

/** What an item makes of a text, with the defaults of its snippet. */
function accepted(text: string, label: string): string {
  const { document, offset, text: whole } = marked(text);
  const { range, items } = service.completion(document, offset);
  const item = items.find((each) => each.label === label);
  assert.ok(item, `${label} is offered`);
  const insert = item?.insert.replaceAll(/\$\{\d+:([^}]*)\}/g, '$1').replaceAll('$0', 'DROP;');
  return whole.slice(0, range.start) + insert + whole.slice(range.end);
}

test('completion: accepted items take the place of the word, and make a program', () => {
  assert.is(accepted('program p(<hdr.ip|', 'hdr.ipv4.dst'), 'program p(<hdr.ipv4.dst, 0, 0xffffffff');
  assert.is(accepted('program p(<hdr.ip|, 1, 2>', 'hdr.ipv4.dst'), 'program p(<hdr.ipv4.dst, 1, 2>');
  assert.is(accepted(`${HEAD}    MEM|R;\n}`, 'MEMADD'), `${HEAD}    MEMADD(memory);;\n}`);
  const program = service.document(accepted('|', 'program'));
  assert.equal(service.findings(program), []);
  const branch = service.document(accepted(`program p(<hdr.ipv4.dst, 0, 0>) {\n    |\n}`, 'BRANCH'));
  assert.equal(
    service.findings(branch).filter(({ severity }) => severity === 'error'),
    [],
  );
});

test('signature help: the argument that is being written', () => {
  const help = (text: string) => {
    const { document, offset } = marked(text);
    const found = service.signatureHelp(document, offset);
    const parameter = found?.parameters[found.active];
    return found && [found.label, parameter && found.label.slice(...parameter)];
  };
  assert.equal(help(`${HEAD}    EXTRACT(|`), ['EXTRACT(field, register)', 'field']);
  assert.equal(help(`${HEAD}    EXTRACT(hdr.ipv4.src, |\n    DROP;`), ['EXTRACT(field, register)', 'register']);
  assert.equal(help(`${HEAD}    EXTRACT(hdr.ipv4.src, har, |`), ['EXTRACT(field, register)', undefined]);
  assert.equal(help('program p(<hdr.ipv4.src, 1|'), ['<field, value, mask>', 'value']);
  assert.equal(help(`${HEAD}    BRANCH: case(<har, 1, |`), ['<register, value, mask>', 'mask']);
  assert.is(help(`${HEAD}    DROP;|`), undefined);
  assert.is(help(`${HEAD}    DROP(|`), undefined);
  assert.is(help(`${HEAD}    // EXTRACT(|`), undefined);
});

const hoverText = (text: string): string => {
  const { document, offset } = marked(text);
  const hover = service.hover(document, offset);
  return hover === undefined ? '' : articleMarkdown(hover);
};

test('hover: words of the language, names and numbers', () => {
  const body = '    LOADI(mar, 3);\n    MEMREAD(m);\n    FORWARD(1);\n}\n';
  const whole = `@m 16\nprogram p(<hdr.udp.dst_port, 53, 0xffff>) {\n${body}`;
  assert.match(hoverText(whole.replace('MEMREAD', 'MEM|READ')), /MEMREAD[\s\S]*here in: RPB \d/);
  assert.match(hoverText(whole.replace('hdr.udp', 'hdr|.udp')), /hdr\.udp\.dst\\_port[\s\S]*16 bits/);
  assert.match(hoverText(whole.replace('mar,', 'm|ar,')), /### mar/);
  assert.match(hoverText(whole.replace('program', 'pro|gram')), /### program/);
  const memory = hoverText(whole.replace('(m)', '(m|)'));
  assert.match(memory, /memory m[\s\S]*16 buckets, 64 bytes[\s\S]*used by: p[\s\S]*RPB \d+, buckets 0 to 15/);
  assert.match(hoverText(whole.replace(' p(', ' |p(')), /program p[\s\S]*\d+ entries in \d+ RPBs, 1 pass/);
  assert.match(hoverText('program p(<hdr.ipv4.dst, 10.0.0.|1, 0xffffffff>) { DROP; }'), /0xa000001/);
  assert.is(hoverText(`// DR|OP\n${whole}`), '');
  assert.is(hoverText(whole.replace('FORWARD', 'FORW|ORT')), '');
  assert.is(hoverText(`${whole}\n\n|`), '');
});

test('hover: of a text with errors, what its words mean', () => {
  assert.match(hoverText('@m 16\nprogram p(<hdr.udp.dst_port, 53 { MEMR|EAD(m'), /MEMREAD/);
  assert.match(hoverText('@m 16\nprogram p(<hdr.udp.dst_port, 53 { MEMREAD(|m'), /memory m/);
});

const TWO_PROGRAMS = `@a 16
@b 32
program p(<hdr.udp.dst_port, 53, 0xffff>) {
    LOADI(mar, 0);
    MEMREAD(a); // a
    MEMADD(a);
}
program a(<hdr.udp.dst_port, 54, 0xffff>) {
    LOADI(mar, 0);
    MEMREAD(b);
}
`;

const at = (text: string, word: string, nth = 0): number => {
  let offset = text.indexOf(word);
  for (let i = 0; i < nth; i++) offset = text.indexOf(word, offset + 1);
  return offset;
};

test('definition and references: memories and programs are told apart by where their name stands', () => {
  const document = service.document(TWO_PROGRAMS);
  const text = ({ start, end }: { start: number; end: number }): string =>
    `${document.lines.lineAt(start) + 1}:${TWO_PROGRAMS.slice(start, end)}`;
  const use = at(TWO_PROGRAMS, 'MEMADD(a') + 'MEMADD('.length;
  assert.is(text(service.definition(document, use) ?? { start: 0, end: 0 }), '1:a');
  assert.equal(service.references(document, use, true).map(text), ['1:a', '5:a', '6:a']);
  assert.equal(service.references(document, use, false).map(text), ['5:a', '6:a']);
  const program = at(TWO_PROGRAMS, 'program a') + 'program '.length;
  assert.equal(service.references(document, program, true).map(text), ['8:a']);
  assert.is(service.definition(document, at(TWO_PROGRAMS, 'LOADI')), undefined);
  assert.equal(service.references(document, at(TWO_PROGRAMS, 'mar'), true), []);
});

function renamed(text: string, offset: number, newName: string): string {
  const result: RenameResult = service.rename(service.document(text), offset, newName);
  return result.kind === 'edits' ? withEdits(text, result.edits) : `refused: ${result.reason}`;
}

test('rename: all places of a name, and nothing else of that name', () => {
  const use = at(TWO_PROGRAMS, 'MEMADD(a') + 'MEMADD('.length;
  assert.is(renamed(TWO_PROGRAMS, use, 'counts'), TWO_PROGRAMS.replace('@a', '@counts').replaceAll('(a)', '(counts)'));
  const program = at(TWO_PROGRAMS, 'program a') + 'program '.length;
  assert.is(renamed(TWO_PROGRAMS, program, 'b'), TWO_PROGRAMS.replace('program a', 'program b'));
  assert.is(renamed(TWO_PROGRAMS, program, 'a'), TWO_PROGRAMS);
});

test('rename: refused for reserved and taken names, and where there is nothing to rename', () => {
  const memory = at(TWO_PROGRAMS, '@a') + 1;
  const refusals = ['b', 'har', 'MEMADD', 'case', '1x', 'x y', '', 'hdr.x', 'é'].map((name) =>
    renamed(TWO_PROGRAMS, memory, name),
  );
  assert.equal(refusals, [
    'refused: there is already a memory b',
    'refused: har is a register',
    'refused: MEMADD is a primitive',
    'refused: case is a keyword',
    "refused: '1x' is not a name: a letter, then letters, digits and '_'",
    "refused: 'x y' is not a name: a letter, then letters, digits and '_'",
    "refused: '' is not a name: a letter, then letters, digits and '_'",
    "refused: 'hdr.x' is not a name: a letter, then letters, digits and '_'",
    "refused: 'é' is not a name: a letter, then letters, digits and '_'",
  ]);
  assert.is(
    renamed(TWO_PROGRAMS, at(TWO_PROGRAMS, 'LOADI'), 'x'),
    'refused: only programs and memories can be renamed',
  );
  assert.is(service.renamable(service.document(TWO_PROGRAMS), at(TWO_PROGRAMS, 'mar')), undefined);
  assert.is(service.renamable(service.document(TWO_PROGRAMS), memory)?.name, 'a');
});

test('symbols and folding: the outline of programs with an end missing', () => {
  const text =
    '@m 16\nprogram p(<hdr.ipv4.dst, 1, 1>) {\n  BRANCH:\n    case(<har, 1, 1>) {\n      DROP;\n    };\n\nprogram q(';
  const document = service.document(text);
  const outline = (symbols: ReturnType<typeof service.symbols>): unknown[] =>
    symbols.map(({ kind, name, inner }) => [kind, name, ...outline(inner)]);
  assert.equal(outline(service.symbols(document)), [
    ['memory', 'm'],
    ['program', 'p', ['case', 'case(<har, 1, 1>)']],
    ['program', 'q'],
  ]);
  assert.equal(service.foldingRanges(document), [{ kind: 'body', startLine: 3, endLine: 4 }]);
  const comments = '// a\n// b\n\n// c\n/* d\n e */\nprogram p() {\n}\n';
  assert.equal(service.foldingRanges(service.document(comments)), [
    { kind: 'comment', startLine: 0, endLine: 1 },
    { kind: 'comment', startLine: 4, endLine: 5 },
  ]);
});

test('semantic tokens: what each word is', () => {
  const text = '@m 16 // c\nprogram p(<hdr.ipv4.dst, 1, 1>) { MEMADD(m); ADD(har, sar); WHAT(m); }';
  const kinds = service.semanticTokens(service.document(text)).map(({ start, end, kind, isDeclaration }) => {
    return `${text.slice(start, end)} ${kind}${isDeclaration ? ' declared' : ''}`;
  });
  assert.equal(kinds, [
    'm memory declared',
    '16 number',
    '// c comment',
    'program keyword',
    'p program declared',
    'hdr.ipv4.dst field',
    '1 number',
    '1 number',
    'MEMADD primitive',
    'm memory',
    'ADD primitive',
    'har register',
    'sar register',
    'm memory',
  ]);
});

test('quick fixes: each finding that names a replacement, and the text without it', () => {
  const text = 'program p(<hdr.ipv4.dts, 1, 1>) {\n    FORWRD(1);\n}\n';
  const document = service.document(text);
  const fixes = service.quickFixes(document, { start: 0, end: text.length });
  assert.equal(
    fixes.map(({ title, finding }) => [title, finding.code]),
    [
      ['replace by hdr.ipv4.dst', 'unknown-field'],
      ['replace by FORWARD', 'unknown-primitive'],
    ],
  );
  const mended = withEdits(
    text,
    fixes.map(({ edit }) => edit),
  );
  assert.equal(service.findings(service.document(mended)), []);
  assert.is(service.quickFixes(document, { start: 0, end: 5 }).length, 0);
});

test('inlay hints and lenses: the places that the compiler gives, on an empty switch and on one that runs programs', () => {
  const text = sampleSource('hh');
  const dataPlane = defaultDataPlane();
  const running = link(
    lower(checkedProgram(sampleSource('nc')), dataPlane, 1),
    new SwitchState(dataPlane),
    '0'.repeat(64),
  );
  const crowded = languageService(dataPlane, { running: [running] });
  const hintsOf = (from: typeof service) => from.inlayHints(from.document(text), { start: 0, end: text.length });
  const hints = hintsOf(service);
  const lines = new TextLines(text);
  assert.ok(hints.length > 10);
  for (const { offset, label } of hints) {
    assert.ok(text[offset - 1] === ';' || text[offset - 1] === ':');
    assert.match(label, /^RPB [12]:\d+(, [12]:\d+)*$/);
  }
  assert.not.equal(hintsOf(crowded), hints, 'entries of others cost');
  assert.equal(hintsOf(service), hints, 'the switch is left as it was');
  const some = service.inlayHints(service.document(text), { start: lines.startOf(11), end: lines.endOf(14) });
  assert.ok(some.length > 0 && some.length < hints.length);
  const lenses = service.codeLenses(service.document(text));
  assert.equal(
    lenses.map(({ kind, program }) => [kind, program]),
    [
      ['cost', 'hh'],
      ['verify', 'hh'],
      ['explain', 'hh'],
    ],
  );
  assert.match(lenses[0]?.title ?? '', /^\d+ entries in \d+ RPBs, 2 passes$/);
});

test('inlay hints: a program that is the same elsewhere in a text has its hints there', () => {
  const own = languageService(defaultDataPlane());
  const hintsIn = (from: typeof service, text: string) => {
    const hints = from.inlayHints(from.document(text), { start: 0, end: text.length });
    return hints.map(({ offset, label }) => `${label} ${text.slice(0, offset).split('\n').at(-1)?.trim()}`);
  };
  const text = sampleSource('nc');
  const first = hintsIn(own, text);
  const moved = `// a comment\n\n${text.replaceAll('\n', '\n\n')}`;
  assert.equal(hintsIn(own, moved), first);
  assert.equal(hintsIn(own, moved), hintsIn(languageService(defaultDataPlane()), moved));
  assert.equal(hintsIn(own, text.replace('FORWARD(32)', 'FORWARD(33)')).length, first.length);
});

test('inlay hints: of a program that runs already, those of a new version in its place', () => {
  const dataPlane = defaultDataPlane();
  const text = sampleSource('cache');
  const running = link(lower(checkedProgram(text), dataPlane, 1), new SwitchState(dataPlane), '0'.repeat(64));
  const there = languageService(dataPlane, { running: [running] });
  const range = { start: 0, end: text.length };
  for (let i = 0; i < 2; i++) {
    assert.equal(there.inlayHints(there.document(text), range), service.inlayHints(service.document(text), range));
  }
});

test('lenses: with a slow allocator no program is placed after each change, and commands stay', () => {
  const slow = languageService(defaultDataPlane(), {
    allocator: {
      name: 'slow',
      isSlow: true,
      place: () => {
        throw new Error('asked for a place');
      },
    },
  });
  const document = slow.document(sampleSource('cache'));
  assert.equal(
    slow.codeLenses(document).map(({ kind }) => kind),
    ['verify', 'explain'],
  );
  assert.equal(slow.inlayHints(document, { start: 0, end: document.text.length }), []);
  assert.match(slow.hover(document, document.text.indexOf('MEMREAD'))?.title ?? '', /MEMREAD/);
});

test('lenses: of a text with very many statements the cost is left out', () => {
  const program = (i: number): string => `program p${i}(<hdr.ipv4.dst, ${i}, 0xffffffff>) {\n    DROP;\n}\n`;
  const document = service.document(Array.from({ length: 5001 }, (_, i) => program(i)).join(''));
  assert.equal(
    service
      .codeLenses(document)
      .slice(0, 2)
      .map(({ kind }) => kind),
    ['verify', 'explain'],
  );
});

test('lenses: a program that does not fit is reported as such', () => {
  const tiny = languageService(smallDataPlane([1, 2, 11]), { recirculations: 0 });
  const document = tiny.document(sampleSource('calc'));
  const [cost] = tiny.codeLenses(document);
  assert.equal(tiny.findings(document), []);
  assert.match(cost?.title ?? '', /^program calc does not fit: it has 10 steps/);
  assert.equal(tiny.inlayHints(document, { start: 0, end: 10_000 }), []);
});

const formatted = (text: string): string => withEdits(text, service.formatting(service.document(text)));

test('formatting: a formatted text stays unchanged', () => {
  for (const name of SAMPLE_NAMES) assert.is(formatted(sampleSource(name)), sampleSource(name), name);
});

test('formatting: comments, the spelling of numbers, and bodies of one line stay', () => {
  const untidy = `@m   0x10 # memory
// of p
program p( <hdr.ipv4.dst,10.0.0.0 , 0xFF000000>,
<hdr.ipv4.src, 0b1, 0x1>){ /* all */ LOADI( mar,0 ) ; DROP;


  // before
 BRANCH : case( <mar,0,1> ){ DROP; }

      case(<mar, 1, 1>) {
      MEMREAD(m) ;   // why
   // last
      } ; FORWARD(1);
}`;
  assert.is(
    formatted(untidy),
    `@m 0x10 # memory
// of p
program p(<hdr.ipv4.dst, 10.0.0.0, 0xFF000000>,
        <hdr.ipv4.src, 0b1, 0x1>) { /* all */
    LOADI(mar, 0);
    DROP;

    // before
    BRANCH:
        case(<mar, 0, 1>) { DROP; }

        case(<mar, 1, 1>) {
            MEMREAD(m);   // why
            // last
        };
    FORWARD(1);
}
`,
  );
});

test('formatting: a text with syntax errors stays unchanged, and so do CR LF line ends', () => {
  assert.equal(service.formatting(service.document('program p(<hdr.ipv4.dst, 1, 1>) { DROP')), []);
  assert.equal(service.formatting(service.document('')), []);
  const text = '\ufeffprogram p(<hdr.ipv4.dst, 1, 1>)\r\n{ DROP;\r\nDROP; }';
  assert.is(formatted(text), '\ufeffprogram p(<hdr.ipv4.dst, 1, 1>) {\r\n    DROP;\r\n    DROP;\r\n}\r\n');
});

/** White space and comments between words, as nobody would write them. */
const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n', '\n\n\n', ' /* x */ ', '// y\n', ' # z\n\n', '/* a\n b */');

test('formatting keeps the order of words and comments, and is idempotent, for any white space', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLE_NAMES), fc.array(space, { minLength: 1, maxLength: 40 }), (name, spaces) => {
      let i = 0;
      const source = sampleSource(name)
        .replaceAll(/(?:\/\/|#)[^\n]*/g, '')
        .replaceAll(/[A-Za-z0-9_.]+|[(){}<>,;:@]/g, (word) => {
          const between = spaces[i++ % spaces.length] ?? '';
          return /\w$/.test(word) && between === '' ? `${word} ` : word + between;
        });
      const once = formatted(source);
      const words = (text: string): string => text.replaceAll(/\s+/g, '');
      assert.is(words(once), words(source));
      assert.is(formatted(once), once);
      const errors = (text: string) => service.findings(service.document(text)).map(({ code }) => code);
      assert.equal(errors(once), errors(source));
    }),
    { ...PROPERTY, numRuns: cases(150) },
  );
});

/** A sample with parts cut out and put in: what an editor sees while one types. */
const brokenText = fc
  .tuple(
    fc.constantFrom(...SAMPLE_NAMES),
    fc.array(
      fc.tuple(
        fc.nat(10_000),
        fc.nat(40),
        fc.constantFrom(
          '',
          '(',
          '{',
          '}',
          '<',
          ';',
          'BRANCH:',
          'case(',
          'program ',
          '@',
          'MEMADD(',
          '/*',
          '😀',
          '\ufeff',
          '\r',
        ),
      ),
      { maxLength: 6 },
    ),
  )
  .map(([name, changes]) => {
    let text: string = sampleSource(name);
    for (const [place, length, put] of changes) {
      const start = place % (text.length + 1);
      text = text.slice(0, start) + put + text.slice(start + length);
    }
    return text;
  });

test('every feature answers on any text at any offset, with ranges inside the text', () => {
  fc.assert(
    fc.property(brokenText, fc.nat(10_000), (text, place) => {
      const document = service.document(text);
      const offset = place % (text.length + 1);
      const inside = ({ start, end }: { start: number; end: number }): void =>
        assert.ok(0 <= start && start <= end && end <= text.length, `${start} to ${end} of ${text.length}`);
      for (const { range } of service.findings(document)) inside(range);
      const { range } = service.completion(document, offset);
      inside(range);
      assert.ok(range.start <= offset && offset <= range.end);
      const hover = service.hover(document, offset);
      if (hover !== undefined) inside(hover.range);
      for (const token of service.semanticTokens(document)) inside(token);
      for (const edit of service.formatting(document)) inside(edit);
      for (const found of service.references(document, offset, true)) inside(found);
      const visit = (symbols: ReturnType<typeof service.symbols>): void => {
        for (const symbol of symbols) {
          inside(symbol.range);
          assert.ok(symbol.range.start <= symbol.nameRange.start && symbol.nameRange.end <= symbol.range.end);
          visit(symbol.inner);
        }
      };
      visit(service.symbols(document));
      for (const { startLine, endLine } of service.foldingRanges(document)) {
        assert.ok(startLine < endLine && endLine < document.lines.count);
      }
      for (const { offset: hint } of service.inlayHints(document, { start: 0, end: text.length }))
        inside({ start: hint, end: hint });
      service.signatureHelp(document, offset);
      service.quickFixes(document, { start: offset, end: offset });
      service.codeLenses(document);
    }),
    { ...PROPERTY, numRuns: cases(200) },
  );
});

test('a text that is too long has one finding, and no feature reads it', () => {
  const document = service.document('@'.repeat(MAX_TEXT_LENGTH + 1));
  assert.equal(
    service.findings(document).map(({ code }) => code),
    ['text-too-large'],
  );
  assert.equal(service.completion(document, 3).items, []);
  assert.equal(service.symbols(document), []);
  assert.equal(service.formatting(document), []);
});

test('offsets and positions: lines end with LF, CR LF or CR, and what is outside counts as an end', () => {
  const lines = new TextLines('a😀\r\nb\rc\n');
  assert.is(lines.count, 4);
  const positions = [0, 1, 3, 5, 6, 7, 8, 9].map((offset) => lines.positionAt(offset));
  assert.equal(
    positions.map(({ line, column }) => `${line}:${column}`),
    ['0:0', '0:1', '0:3', '1:0', '1:1', '2:0', '2:1', '3:0'],
  );
  assert.is(lines.offsetAt({ line: 0, column: 99 }), 3);
  assert.is(lines.offsetAt({ line: 99, column: 0 }), 9);
  assert.is(lines.offsetAt({ line: -1, column: 5 }), 0);
  assert.is(lines.offsetAt({ line: 1, column: -5 }), 5);
  assert.equal(lines.positionAt(99), { line: 3, column: 0 });
});

test.run();
