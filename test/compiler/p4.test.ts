/** The P4 source against the description that it is made from, and as text. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceReport } from '../../compiler/data-plane/resources/resources.js';
import {
  actionName,
  builtInDataPlane,
  type DataPlane,
  dataPlaneFromJson,
  defaultDataPlane,
  matchTables,
  registerTables,
  stateFields,
} from '../../compiler/index.js';
import { MAIN_P4_FILE, p4CompileCommand, p4Source } from '../../compiler/p4/generate.js';
import { NoP4Source } from '../../compiler/p4/unsupported.js';
import {
  bodies,
  fieldWidths,
  type P4Control,
  type P4Table,
  readControls,
  readTables,
  withoutComments,
} from './p4-reader.js';
import { assertGolden, sourcePath } from './support.js';

const plane = builtInDataPlane('tofino1') ?? defaultDataPlane();
const second = builtInDataPlane('tofino2') ?? defaultDataPlane();
const files = p4Source(plane);
const text = (name: string): string => files.find((file) => file.name === name)?.text ?? '';

/** All tables with their full names, as instances of controls in the two gresses make them. */
function tablesOf(dataPlane: DataPlane): P4Table[] {
  const source = p4Source(dataPlane);
  const controls = readControls(source);
  const widthOf = fieldWidths(source);
  return ['SwitchIngress', 'SwitchEgress'].flatMap((gress) => {
    const { instances } = controls.get(gress) as P4Control;
    return [...instances].flatMap(([instance, name]) =>
      readTables(controls.get(name) as P4Control, `${gress}.${instance}`, widthOf),
    );
  });
}

const VARIANTS: readonly (readonly [name: string, dataPlane: DataPlane])[] = [
  ['tofino1', plane],
  ['tofino2', second],
  ['other sizes', dataPlaneFromJson({ extends: 'tofino1', name: 'a', rpbs: { 3: { entries: 512, buckets: 1024 } } })],
  ['fewer actions', dataPlaneFromJson({ extends: 'tofino1', name: 'b', rpbs: { 9: { actions: ['drop', 'rt'] } } })],
  ['another CPU port', dataPlaneFromJson({ extends: 'tofino1', name: 'c', ports: { cpu: 64, recirculation: 196 } })],
  [
    'longer ids',
    dataPlaneFromJson({ extends: 'tofino1', name: 'd', state: { branchIdBits: 12, recirculationIdBits: 4 } }),
  ],
];

for (const [name, dataPlane] of VARIANTS) {
  test(`${name}: tables, stages, sizes, keys, match types, widths, actions, parameters and defaults are the description's`, () => {
    const expected = matchTables(dataPlane).map(({ gress: _gress, ...table }) => table);
    const actual = tablesOf(dataPlane).map(({ control: _control, ...table }) => table);
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    assert.equal(actual.sort(byName), [...expected].sort(byName));
  });

  test(`${name}: register arrays are the description's`, () => {
    const controls = readControls(p4Source(dataPlane));
    const actual = dataPlane.rpbs.map(({ control, number }) => {
      const body = controls.get(`Rpb${number}`)?.text ?? '';
      const [, type, words, register] = /Register<(bit<32>|pair_t), bit<16>>\((\d+)\) (\w+);/.exec(body) ?? [];
      return [`${control}.${register}`, Number(words), type === 'pair_t' ? 64 : 32];
    });
    assert.equal(
      actual,
      registerTables(dataPlane).map((register) => [register.name, register.words, register.width]),
    );
  });

  test(`${name}: every field that is named is declared, and braces match`, () => {
    const source = p4Source(dataPlane);
    const widthOf = fieldWidths(source);
    for (const file of source) {
      // The names that the control interface shows are not the source's.
      const code = withoutComments(file.text).replaceAll(/@name\("[^"]+"\)/g, '');
      assert.is(code.split('{').length, code.split('}').length, file.name);
      for (const [whole] of code.matchAll(/\b(?:hdr|ig_md|eg_md)\.[\w.]+(?:\[\d+:\d+\])?/g)) {
        const path = whole.replace(/\.(isValid|setValid|setInvalid)$/, '');
        if (/^hdr\.\w+$/.test(path)) continue;
        assert.ok(widthOf(path) > 0, `${file.name}: ${whole}`);
      }
    }
  });
}

test('each RPB declares its actions and no others, and its own hash function', () => {
  const controls = readControls(files);
  for (const { number, actions, hash } of plane.rpbs) {
    const control = controls.get(`Rpb${number}`) as P4Control;
    assert.equal(
      [...control.actions.keys()],
      [...actions.values()].map(({ effect }) => actionName(effect)),
    );
    assert.match(control.text, new RegExp(`coeff {4}= 16w0x${hash.polynomial.toString(16)},`));
  }
});

test('an RPB with random numbers declares one unit for them, and no other RPB does', () => {
  const withRandom = dataPlaneFromJson({
    extends: 'tofino1',
    name: 'random',
    rpbs: { 3: { actions: [...plane.rpb(3).actions.keys()].slice(0, 40).concat('random_har', 'random_mar') } },
  });
  for (const { number } of withRandom.rpbs) {
    const text = withoutComments(p4Source(withRandom).find(({ name }) => name === `rpb${number}.p4`)?.text ?? '');
    const statements = [...text.matchAll(/\bRandom<|random_number\b.*$/gm)].map(([found]) => found);
    const expected = ['Random<', 'random_number;', 'random_number.get();', 'random_number.get();'];
    assert.equal(statements, number === 3 ? expected : [], `RPB ${number}`);
  }
});

test('the time stamp is the low word of that of the MAC, in the RPBs that read it', () => {
  const timed = dataPlaneFromJson({
    extends: 'tofino1',
    name: 'timed',
    intrinsics: [...plane.description.intrinsics, { name: 'ig_intr_md.timestamp', width: 32, gress: 'ingress' }],
    rpbs: { 3: { actions: [...plane.rpb(3).actions.keys()].slice(0, 40).concat('extract_igintrmdtimestamp_har') } },
  });
  const source = p4Source(timed);
  const textOf = (file: string): string => withoutComments(source.find(({ name }) => name === file)?.text ?? '');
  assert.match(textOf('rpb3.p4'), /hdr\.meta\.reg\.har = ig_intr_md\.ingress_mac_tstamp\[31:0\];/);
  assert.match(textOf('rpb3.p4'), /in ingress_intrinsic_metadata_t ig_intr_md/);
  assert.match(textOf('ingress.p4'), /rpb3\.apply\(hdr, ig_md, ig_dprsr_md, ig_intr_md\);/);
  assert.not.match(textOf('rpb4.p4'), /ig_intr_md/);
  assert.match(textOf('ingress.p4'), /rpb4\.apply\(hdr, ig_md, ig_dprsr_md\);/);
});

test('the length in ingress has no P4 source', () => {
  const impossible = dataPlaneFromJson({
    extends: 'tofino1',
    name: 'impossible',
    intrinsics: [...plane.description.intrinsics, { name: 'ig_intr_md.pkt_length', width: 16, gress: 'ingress' }],
    rpbs: { 3: { actions: ['extract_igintrmdpktlength_har'] } },
  });
  assert.throws(
    () => p4Source(impossible),
    (error: unknown) => error instanceof NoP4Source && error.message.includes('knows no length of packets in ingress'),
  );
});

test('headers hold the fields of the description, in order; the state header is that of the description', () => {
  const types = bodies(withoutComments(text('headers.p4')), /\b(?:header|struct) (\w+) \{/g);
  const sizes = (type: string): number[] =>
    [...(types.get(type) ?? '').matchAll(/bit<(\d+)>/g)].map(([, width]) => Number(width));
  for (const { name, bytes } of plane.headers) {
    assert.is(
      sizes(`${name}_h`).reduce((sum, width) => sum + width, 0),
      bytes * 8,
      name,
    );
  }
  const state = ['register_t', 'id_t', 'parameter_t', 'recirculation_t'].flatMap(sizes);
  assert.equal(
    state.sort(),
    stateFields(plane)
      .map(({ width }) => width)
      .sort(),
  );
  assert.is(state.reduce((sum, width) => sum + width, 0) % 8, 0);
});

test('every parser state that is named is declared once, and every state is reached', () => {
  const parsers = withoutComments(text('parsers.p4'))
    .split(/\bparser /)
    .slice(1);
  assert.is(parsers.length, 2);
  for (const parser of parsers) {
    const states = bodies(parser, /\bstate (\w+) \{/g);
    const targets = new Set([...parser.matchAll(/(?:transition|:) (\w+);/g)].map(([, target]) => target));
    for (const target of targets) assert.ok(target === 'accept' || states.has(target ?? ''), target);
    for (const state of states.keys()) assert.ok(state === 'start' || targets.has(state), state);
  }
});

test('the architecture and the target are those of the chip', () => {
  for (const [dataPlane, architecture, target] of [
    [plane, 'tna', 'tofino'],
    [second, 't2na', 'tofino2'],
  ] as const) {
    const main = p4Source(dataPlane).find(({ name }) => name === MAIN_P4_FILE)?.text ?? '';
    assert.equal(
      [...main.matchAll(/#include <(.+)>/g)].map(([, name]) => name),
      ['core.p4', `${architecture}.p4`],
    );
    assert.match(main, `p4c-barefoot --target ${target} --arch ${architecture} `);
    assert.match(p4CompileCommand(dataPlane), ` --traffic-limit ${resourceReport(dataPlane).power.loadPercent} `);
  }
});

test('tofino2 takes every length of IPv4 header, which a Tofino 1 cannot in egress', () => {
  const parsersOf = (dataPlane: DataPlane): string =>
    p4Source(dataPlane).find(({ name }) => name === 'parsers.p4')?.text ?? '';
  assert.match(parsersOf(second), /parse_ipv4_option_10_tcp/);
  assert.not.match(parsersOf(plane), /parse_ipv4_option_9_tcp/);
});

test('the main file includes every other file once', () => {
  const included = [...text(MAIN_P4_FILE).matchAll(/#include "(.+)"/g)].map(([, name]) => name);
  assert.equal(
    included,
    files.slice(1).map(({ name }) => name),
  );
});

const GOLDENS = ['headers.p4', 'parsers.p4', 'init.p4', 'rpb7.p4', 'rpb22.p4', 'recirculation.p4', 'deparsers.p4'];
for (const name of GOLDENS) {
  test(`${name} is as it was`, () => assertGolden(sourcePath('test', 'compiler', 'goldens', 'p4', name), text(name)));
}

const REFUSED: readonly (readonly [name: string, dataPlane: DataPlane, reason: RegExp])[] = [
  ['published', builtInDataPlane('published') ?? plane, /describes the authors' program/],
  [
    'default',
    defaultDataPlane(),
    /its egress parser needs 167 bytes, carried state included; a Tofino 1 reads at most 160$/,
  ],
  [
    'a data plane that runs packets which the chip drops',
    dataPlaneFromJson({ extends: 'tofino1', name: 'g', followsChip: false }),
    /the emulator would process packets that the chip drops/,
  ],
  [
    'IPv6',
    dataPlaneFromJson({ extends: 'extended', name: 'h', followsChip: true }),
    /it parses IPv6, and the generated source neither skips extension headers nor folds addresses for the 5-tuple$/,
  ],
  [
    'ECN in egress, where the parser does not copy it',
    dataPlaneFromJson({ extends: 'tofino1', name: 'f', rpbs: { 12: { actions: ['extract_hdripv4ecn_mar'] } } }),
    /no single instruction can move hdr\.ipv4\.ecn into a register in egress$/,
  ],
  [
    'a field in the middle of a word',
    dataPlaneFromJson({
      extends: 'tofino1',
      name: 'e',
      rpbs: {
        1: { actions: ['extract_hdripv4identification_har', 'extract_hdripv4ttl_har', 'extract_hdripv4protocol_har'] },
      },
    }),
    /no single instruction can move hdr\.ipv4\.identification into a register$/,
  ],
];
for (const [name, dataPlane, reason] of REFUSED) {
  test(`${name} is refused`, () => {
    try {
      p4Source(dataPlane);
    } catch (error) {
      assert.instance(error, NoP4Source);
      assert.match(String(error), reason);
      return;
    }
    assert.unreachable('source was made');
  });
}

test.run();
