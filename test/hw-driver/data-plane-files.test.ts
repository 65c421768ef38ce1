/** Data plane files of users: actions added to RPBs, messages for faulty ones, and the published JSON schema. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataPlaneSchema } from '../../compiler/data-plane/description-schema.js';
import { DESCRIPTION_SHAPE } from '../../compiler/data-plane/description-shape.js';
import {
  BUILT_IN_DATA_PLANES,
  builtInDataPlane,
  type DataPlane,
  dataPlaneFromJson,
  must,
} from '../../compiler/index.js';
import { loadDataPlane } from '../../hw-driver/cli/kit/inputs.js';
import { assertGolden, sourcePath } from '../compiler/support.js';
import { schemaProblems } from '../json-schema.js';

const FOLDER = sourcePath('test', 'hw-driver', 'data-planes');
const FAULTY = join(FOLDER, 'faulty');
const SCHEMA = dataPlaneSchema();

const mine = (overrides: object): object => ({ extends: 'default', name: 'mine', ...overrides });
const numbersWith = ({ rpbs }: DataPlane, action: string): number[] =>
  rpbs.flatMap(({ number, actions }) => (actions.has(action) ? [number] : []));

test('addActions adds to all RPBs, to those of a gress, and to numbers and ranges', () => {
  const plane = dataPlaneFromJson(
    mine({ addActions: { all: ['not_har'], ingress: ['not_mar'], egress: ['not_sar'], '1-3,7, 22': ['not_sar'] } }),
  );
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  assert.equal(numbersWith(plane, 'not_har'), range(1, 22));
  assert.equal(numbersWith(plane, 'not_mar'), range(1, 10));
  assert.equal(numbersWith(plane, 'not_sar'), [1, 2, 3, 7, ...range(11, 22)]);
  // What was there stays, in its order, before what is added.
  const base = must(builtInDataPlane('default'), 'default').rpb(7);
  assert.equal([...plane.rpb(7).actions.keys()], [...base.actions.keys(), 'not_har', 'not_mar', 'not_sar']);
});

test('addActions is the same data plane as the lists written out, and comes after other changes', () => {
  const actions = [...must(builtInDataPlane('default'), 'default').rpb(3).actions.keys(), 'not_har'];
  const short = dataPlaneFromJson(mine({ addActions: { '3': ['not_har'] } }));
  assert.is(short.hash, dataPlaneFromJson(mine({ rpbs: { 3: { actions } } })).hash);
  const few = dataPlaneFromJson(mine({ rpbs: { 3: { actions: ['drop'] } }, addActions: { '2-3': ['not_har'] } }));
  assert.equal([...few.rpb(3).actions.keys()], ['drop', 'not_har']);
  assert.is(few.rpb(2).actions.has('not_har'), true);
});

test('addActions knows the fields of headers that the file adds', () => {
  const headers = { mark: { fields: [{ name: 'value', width: 32 }] } };
  const states = { mark: { extract: ['mark'] } };
  const plane = dataPlaneFromJson(
    mine({ headers, parser: { states }, addActions: { egress: ['extract_hdrmarkvalue_har'] } }),
  );
  assert.is(numbersWith(plane, 'extract_hdrmarkvalue_har').length, 12);
});

/** What each faulty file says; the first line names the data plane. */
const MESSAGES: Readonly<Record<string, string>> = {
  'not-json': 'is not JSON:',
  'misspelt-key': 'rpbs.3.entrys: unknown key; known are gress, stage, entries, buckets, hash, actions, words',
  'misspelt-key-of-a-file':
    'addaction: unknown key; known are extends, addActions, $schema, schema, name, summary, ports, trafficManager, headers, parser, intrinsics, aliases, init, state, rpbs, recirculation, updatesChecksums, followsChip, timing, chip, replication',
  'misspelt-key-of-a-new-header': 'headers.mark.feilds: unknown key; known are fields, parts, lengthWords, valid',
  'unknown-base': `"extends" must name one of ${BUILT_IN_DATA_PLANES.join(', ')}`,
  'name-of-a-built-in': '"name" must be given and differ from the built-in names',
  'number-as-text': 'rpbs.3.entries: found a string, expected a number',
  'rpb-that-is-not-there': 'rpbs.23: unknown key; there are RPBs 1 to 22',
  'unknown-action': 'addActions."ingress": unknown action not_hra',
  'rpbs-by-no-name': 'addActions."first": RPBs are named by "all", "ingress", "egress" or numbers as "1-4,7"',
  'added-to-no-rpb': 'addActions."20-23": RPBs have numbers from 1 to 22, and ranges go upwards',
  'added-twice': 'addActions."1-4,7": each of these RPBs has loadi_har already',
  'unknown-chip': "chip: 'tofino3' is not one of tofino1, tofino2",
  'unknown-gress': "rpbs.5.gress: 'middle' is not one of ingress, egress",
  'field-of-no-width': 'headers.mpls.fields[0].width: a number is expected',
  'header-of-parts-of-bytes': 'header mpls: its 20 bits are not whole bytes',
  'port-too-large': 'the CPU port 512 does not fit 9 bits',
  'multicast-in-egress':
    "RPBs 11-22: multicast is possible in ingress only: a packet's ports are settled when its egress begins",
  'multicast-without-groups': 'RPBs 1-10: multicast needs groups (replication)',
  'forward-in-egress':
    "RPBs 12-13, 20: forward is possible in ingress only: a packet's ports are settled when its egress begins",
  'report-in-egress': "RPB 12: report is possible in ingress only: a packet's ports are settled when its egress begins",
  'return-in-egress': "RPBs 11-22: rt is possible in ingress only: a packet's ports are settled when its egress begins",
  'write-to-a-time-stamp':
    'RPBs 1-22: modify_igintrmdtimestamp_har: ig_intr_md.timestamp is not writable, only fields of headers are',
  'write-to-a-length':
    'RPBs 11-22: modify_egintrmdpktlength_sar: eg_intr_md.pkt_length is not writable, only fields of headers are',
  'write-to-a-queue-depth':
    'RPBs 1-22: modify_egintrmdenqqdepth_har: eg_intr_md.enq_qdepth is not writable, only fields of headers are',
  'address-into-a-register': 'RPBs 1-22: extract_hdripv6dst_har: hdr.ipv6.dst has 128 bits, and a register 32',
  'register-into-an-address': 'RPB 3: modify_hdripv6dst_har: hdr.ipv6.dst has 128 bits, and a register 32',
  'ethernet-address-into-a-register':
    'RPBs 1-22: extract_hdrethernetdst_sar: hdr.ethernet.dst has 48 bits, and a register 32',
  'time-stamp-in-egress':
    'RPBs 11-22: extract_igintrmdtimestamp_har: ig_intr_md.timestamp is a field of ingress, which egress cannot read',
  'queue-time-in-ingress':
    'RPBs 1-3: extract_egintrmddeqtimedelta_sar: eg_intr_md.deq_timedelta is a field of egress, which ingress cannot read',
  'filter-of-an-unknown-field': 'filter table tb_flow_filter1: unknown field hdr.ethernet.type',
};

test('each faulty file has its message', () => {
  assert.equal(
    readdirSync(FAULTY).sort(),
    Object.keys(MESSAGES)
      .map((name) => `${name}.json`)
      .sort(),
  );
});

for (const [name, message] of Object.entries(MESSAGES)) {
  test(`faulty file ${name}: one clear message`, () => {
    const file = join(FAULTY, `${name}.json`);
    const thrown = errorOf(() => loadDataPlane(file));
    if (name === 'not-json') assert.match(thrown, `${file} ${message}`);
    else assert.is(thrown.split('\n').slice(1).join('\n'), `  - ${message}`);
  });
}

function errorOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it was accepted');
}

test('other faults in addActions', () => {
  for (const [added, message] of [
    [['not_har'], 'addActions: an object is expected'],
    [{ all: 'not_har' }, `addActions."all": a list of actions is expected, not 'not_har'`],
    [{ all: [5] }, 'addActions."all"[0]: the name of an action is expected'],
    [{ all: ['not_har', 'not_har'] }, 'addActions."all": not_har occurs twice'],
    [{ '4-1': ['not_har'] }, 'ranges go upwards'],
    [{ '0': ['not_har'] }, 'RPBs have numbers from 1'],
    [{ __proto__x: ['not_har'] }, 'RPBs are named by'],
  ] as const) {
    assert.ok(errorOf(() => dataPlaneFromJson(mine({ addActions: added }))).includes(message), message);
  }
});

test('the JSON schema in docs is that of the shape (UPDATE_GOLDENS=1 writes it)', () => {
  assertGolden(sourcePath('docs', 'data-plane.schema.json'), `${JSON.stringify(SCHEMA, null, 2)}\n`);
});

test('all shipped descriptions and all example files have the schema', () => {
  for (const name of BUILT_IN_DATA_PLANES) {
    const { description } = must(builtInDataPlane(name), name);
    const file = { ...(JSON.parse(JSON.stringify(description)) as object), extends: 'default', name: 'copy' };
    assert.equal(schemaProblems(SCHEMA, file), [], name);
  }
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  assert.ok(files.length > 1);
  for (const name of files) {
    const json: unknown = JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
    assert.equal(schemaProblems(SCHEMA, json), [], name);
    dataPlaneFromJson(json);
  }
});

test('the example of docs/EXTENDING.md is a data plane, and has the schema', () => {
  const text = readFileSync(sourcePath('docs', 'EXTENDING.md'), 'utf8');
  const [, block] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
  const json: unknown = JSON.parse(must(block, 'example'));
  assert.equal(schemaProblems(SCHEMA, json), []);
  const plane = dataPlaneFromJson(json);
  assert.equal(
    [numbersWith(plane, 'not_har').length, numbersWith(plane, 'modify_hdrtcpackno_sar')],
    [22, [1, 2, 3, 4, 7]],
  );
});

/** Faulty files whose faults a schema cannot tell: what names, widths and numbers mean together. */
const BEYOND_THE_SCHEMA = [
  'multicast-in-egress',
  'multicast-without-groups',
  'forward-in-egress',
  'report-in-egress',
  'return-in-egress',
  'write-to-a-time-stamp',
  'write-to-a-length',
  'write-to-a-queue-depth',
  'address-into-a-register',
  'register-into-an-address',
  'ethernet-address-into-a-register',
  'time-stamp-in-egress',
  'queue-time-in-ingress',
  'name-of-a-built-in',
  'rpb-that-is-not-there',
  'unknown-action',
  'added-to-no-rpb',
  'added-twice',
  'header-of-parts-of-bytes',
  'port-too-large',
  'filter-of-an-unknown-field',
];

test('faulty files are refused by the schema, unless their fault is one of meaning', () => {
  for (const name of Object.keys(MESSAGES).filter((each) => each !== 'not-json')) {
    const json: unknown = JSON.parse(readFileSync(join(FAULTY, `${name}.json`), 'utf8'));
    const accepted = schemaProblems(SCHEMA, json).length === 0;
    assert.is(accepted, BEYOND_THE_SCHEMA.includes(name), name);
  }
});

test('the shape knows every key of the descriptions that ship', () => {
  const keys = new Set(
    BUILT_IN_DATA_PLANES.flatMap((name) => Object.keys(must(builtInDataPlane(name), name).description)),
  );
  const known = [...Object.keys(DESCRIPTION_SHAPE.required), ...Object.keys(DESCRIPTION_SHAPE.optional)];
  for (const key of keys) assert.ok(known.includes(key), key);
});

test('a file may name its schema, for editors', () => {
  const plane = dataPlaneFromJson(mine({ $schema: './data-plane.schema.json' }));
  assert.is(plane.hash, dataPlaneFromJson(mine({})).hash);
});

test.run();
