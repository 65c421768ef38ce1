/** What the chip needs of the P4 source so that packets mean there what they mean here: containers, checksums, copies. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  builtInDataPlane,
  type DataPlane,
  dataPlaneFromJson,
  defaultDataPlane,
  type Gress,
} from '../../compiler/index.js';
import { type P4File, p4Source } from '../../compiler/p4/generate.js';
import { bodies, withoutComments } from './p4-reader.js';

const tofino1 = builtInDataPlane('tofino1') ?? defaultDataPlane();
const extended = (name: string, overrides: object): DataPlane =>
  dataPlaneFromJson({ extends: 'tofino1', name, ...overrides });

const DATA_PLANES: readonly DataPlane[] = [
  tofino1,
  builtInDataPlane('tofino2') ?? defaultDataPlane(),
  extended('bare-egress', {
    rpbs: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i + 11, { actions: ['drop'] }])),
  }),
  extended('sequence-numbers', { rpbs: { 12: { actions: ['extract_hdrtcpseqno_har', 'modify_hdrtcpackno_sar'] } } }),
  extended('ports', { rpbs: { 2: { actions: ['modify_hdrl4portdstport_sar'] } } }),
  extended('no-checksums', { updatesChecksums: false }),
];

const textOf = (files: readonly P4File[], name: string): string =>
  withoutComments(files.find((file) => file.name === name)?.text ?? '');

/** The field of the source that holds a field of the description: two of these may be one there. */
function sourceField(headers: string, name: string): string {
  const [, header = '', field = ''] = name.split('.');
  const body = bodies(headers, /\bheader (\w+) \{/g).get(`${header}_h`) ?? '';
  const declared = [...body.matchAll(/bit<\d+> (\w+);/g)].map(([, found = '']) => found);
  const holder = declared.find(
    (found) => found === field || found.startsWith(`${field}_`) || found.endsWith(`_${field}`),
  );
  if (holder === undefined) throw new Error(`no field of the source holds ${name}`);
  return `hdr.${header}.${holder}`;
}

/** The field that a name is a part of, or the name. */
function wholeOf(dataPlane: DataPlane, name: string): string {
  const field = dataPlane.field(name);
  return field.kind === 'header' && field.partOf !== undefined ? field.partOf : name;
}

const TUPLE = ['src', 'dst', 'protocol'].map((name) => `hdr.ipv4.${name}`);
const PORTS = ['hdr.l4_port.src_port', 'hdr.l4_port.dst_port'];

/** What the actions, hashes and keys of a description read or write in a gress. */
function touched(dataPlane: DataPlane, gress: Gress): Set<string> {
  const names = new Set<string>();
  for (const rpb of dataPlane.rpbs.filter((each) => each.gress === gress)) {
    for (const { effect } of rpb.actions.values()) {
      if (effect.kind === 'extract' || effect.kind === 'modify') names.add(effect.field);
      if (effect.kind === 'hash' && effect.input === '5-tuple')
        for (const name of [...TUPLE, ...PORTS]) names.add(name);
      if (effect.kind === 'return') for (const name of TUPLE.slice(0, 2)) names.add(name);
    }
  }
  if (gress === 'ingress') for (const { keys } of dataPlane.filterTables) for (const { name } of keys) names.add(name);
  return new Set([...names].filter((name) => name.startsWith('hdr.')));
}

for (const dataPlane of DATA_PLANES) {
  for (const gress of ['ingress', 'egress'] as const) {
    test(`${dataPlane.name}, ${gress}: what is read or written of headers shares no container`, () => {
      const headers = textOf(p4Source(dataPlane), 'headers.p4');
      const kept = [...headers.matchAll(/@pa_no_overlay\("(\w+)", "([\w.]+)"\)/g)]
        .filter(([, where]) => where === gress)
        .map(([, , field = '']) => field);
      assert.is(new Set(kept).size, kept.length);
      const expected = new Set(
        [...touched(dataPlane, gress)].map((name) => sourceField(headers, wholeOf(dataPlane, name))),
      );
      const ofHeaders = kept.filter((field) => field.startsWith('hdr.'));
      assert.equal(ofHeaders.sort(), [...expected].sort());
      const metadata = bodies(headers, /\bstruct (\w+) \{/g).get(`${gress}_metadata_t`) ?? '';
      const flags = [...metadata.matchAll(/(?:bool|bit<32>) (\w+);/g)].map(([, field]) => field);
      assert.equal(
        kept.filter((field) => !field.startsWith('hdr.')).map((field) => field.split('.')[1]),
        flags,
      );
    });
  }
}

test('tofino1 keeps the fields that p4c was seen to lay over others', () => {
  const headers = textOf(p4Source(tofino1), 'headers.p4');
  for (const [gress, field] of [
    ['ingress', 'hdr.l5.key1'],
    ['ingress', 'hdr.tcp.tcp4thword'],
    ['ingress', 'hdr.ipv4.protocol'],
    ['ingress', 'hdr.tunnel.dst_id'],
    ['egress', 'hdr.l5.op'],
    ['egress', 'hdr.tcp.tcp4thword'],
  ]) {
    assert.match(headers, `@pa_no_overlay("${gress}", "${field}")\n`);
  }
});

/** Statements of every way through a parser, without those of the states that only choose. */
function ways(parser: string): string[][] {
  const states = bodies(parser, /\bstate (\w+) \{/g);
  const from = (name: string): string[][] => {
    if (name === 'accept') return [[]];
    const body = states.get(name) ?? '';
    const [before = ''] = body.split(/\btransition\b/);
    const here = before.split(';').map((line) => line.replaceAll(/\s+/g, ' ').trim());
    const next = new Set([...body.matchAll(/(?:transition|:) (\w+);/g)].map(([, target = '']) => target));
    return [...next].flatMap(from).map((rest) => [...here.filter((line) => line !== ''), ...rest]);
  };
  return from('start');
}

for (const dataPlane of DATA_PLANES) {
  test(`${dataPlane.name}: each residual is deposited once, where nothing is taken any more`, () => {
    const parsers = textOf(p4Source(dataPlane), 'parsers.p4')
      .split(/\bparser /)
      .slice(1);
    for (const parser of parsers) {
      assert.not.match(parser, /_checksum\.get\(/);
      const holders = [...parser.matchAll(/Checksum\(\) (\w+)_checksum;/g)].map(([, holder = '']) => holder);
      for (const way of ways(parser)) {
        for (const holder of holders) {
          const deposits = way.flatMap((line, i) =>
            line.startsWith(`${holder}_checksum.subtract_all_and_deposit(`) ? [i] : [],
          );
          const has = way.includes(`pkt.extract(hdr.${holder})`);
          const isOptional = holder === 'udp';
          const flagged = way.some((line) => line.endsWith(`.${holder}_has_checksum = true`));
          assert.is(deposits.length, has && (!isOptional || flagged) ? 1 : 0, `${holder}: ${way.join('; ')}`);
          const [at = way.length] = deposits;
          const behind = way.slice(at).filter((line) => /^pkt\.extract|\.subtract\(/.test(line));
          assert.equal(behind, [], holder);
        }
      }
    }
  });
}

test('MODIFY of a field that the parser copies changes the copy, which EXTRACT reads', () => {
  const rpb = textOf(p4Source(tofino1), 'rpb1.p4');
  const action = (name: string): string[] =>
    (bodies(rpb, /\baction (\w+)\([^)]*\) \{/g).get(name) ?? '').split(';').map((line) => line.trim());
  assert.equal(action('extract_hdripv4ecn_mar').slice(0, 1), ['hdr.meta.reg.mar = ig_md.ipv4_ecn']);
  assert.equal(action('modify_hdripv4ecn_sar').slice(0, 2), [
    'hdr.ipv4.ecn = (bit<2>)hdr.meta.reg.sar',
    'ig_md.ipv4_ecn = hdr.meta.reg.sar & 3',
  ]);
  assert.match(rpb, /inout ingress_metadata_t ig_md/);
  // Egress reads no copies.
  assert.not.match(textOf(p4Source(tofino1), 'rpb11.p4'), /eg_md|ig_md/);
});

test('an RPB has two hashes, each called for two registers: four would take more units than a stage has', () => {
  for (const { number } of tofino1.rpbs) {
    const rpb = textOf(p4Source(tofino1), `rpb${number}.p4`);
    const instances = [...rpb.matchAll(/Hash<bit<16>>\([^)]*\) (\w+);/g)].map(([, name]) => name);
    assert.equal(instances, ['tuple_hash', 'register_hash']);
    for (const name of instances) assert.is(rpb.split(`${name}.get(`).length - 1, 2);
  }
});

test.run();
