/**
 * What the prototype compiles wrongly, each by its name: what ours does with packets, and that a document made the
 * prototype's way is told from a right one. The programs are those of test/compiler/filetests/miscompiled, which shows what the
 * passes make of them.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DoesNotFit, RPB_KEYS, type TableEntry } from '../../compiler/index.js';
import { TargetError } from '../../sim/index.js';
import { formatFailure } from '../../sim/validation/index.js';
import { miscompiled } from '../compiler/file-test.js';
import { frame } from './frames.js';
import {
  actionOf,
  assertVerified,
  compileText,
  Deployment,
  failureOf,
  movedTo,
  plane,
  rpbOf,
  validate,
  withEntries,
} from './translations.js';

/** A request to the cache's port with these words, from a host of its own. */
const request = (words: readonly number[], host = 1): Uint8Array =>
  frame({ ipv4: { src: 0x0a000000 + host }, udp: { dst: 7777 }, l5: words });

const lastWord = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(bytes.length - 4);

const isIngress = (entry: TableEntry): boolean => plane.rpb(rpbOf(entry)).gress === 'ingress';

const LAST_RPB = plane.rpbCount;

test('a live register is not clobbered by an expansion', () => {
  const text = miscompiled('live-register');
  const made = new Deployment();
  const translation = made.deploy(text);
  assert.is(lastWord(made.send(request([1, 100, 10000, 0])).bytes), 10106);
  made.assertSound(translation);

  const clobbering = withEntries(compileText(text, new Deployment().state), (entries) =>
    entries.filter((entry) => !/^(backup|recover\d)$/.test(actionOf(entry))),
  );
  const { mismatch } = failureOf(clobbering);
  assert.ok(['register', 'bytes'].includes(mismatch.kind), mismatch.kind);
});

/** Two ways to one memory, of different length after translation. */
const TWO_WAYS = miscompiled('aligned-after-expansion');

test('memory steps of two branches are aligned after translation: both meet the block', () => {
  const made = new Deployment();
  const translation = made.deploy(TWO_WAYS);
  made.send(request([1, 0, 0, 0]));
  assert.is(lastWord(made.send(request([2, 0, 0, 0])).bytes), 2);
  assert.equal(
    [...made.memory(translation, 'm')].filter((word) => word !== 0),
    [2],
  );
  made.assertSound(translation);
  const { compiled } = translation;
  const accesses = compiled.entries.filter((entry) => actionOf(entry).startsWith('salu_'));
  assert.equal(new Set(accesses.map(rpbOf)), new Set([compiled.memories[0]?.rpb]));

  // The prototype's: an access in an RPB where the program owns no memory.
  const [first] = accesses;
  assert.ok(first !== undefined);
  const misaligned = withEntries(translation, (entries) =>
    entries.map((entry) => (entry === first ? movedTo(entry, LAST_RPB) : entry)),
  );
  assert.ok(['foreign-memory', 'memory', 'bytes', 'register'].includes(failureOf(misaligned).mismatch.kind));
});

test('a row of a Bloom filter is hashed by one function, in any branch', () => {
  const made = new Deployment();
  const translation = made.deploy(TWO_WAYS);
  const isHash = (entry: TableEntry): boolean => actionOf(entry) === 'hash_5_tuple_mem';
  assert.is(new Set(translation.compiled.entries.filter(isHash).map(rpbOf)).size, 1);
  for (let host = 0; host < 20; host++) {
    made.send(request([1, 0, 0, 0], host));
    assert.is(lastWord(made.send(request([2, 0, 0, 0], host)).bytes) % 2, 0, 'both packets of a flow are counted');
  }
});

test('rows hashed by two functions are found out, though each statement does what it says', () => {
  const twice = miscompiled('rows-of-two-functions');
  const translation = compileText(twice, new Deployment().state);
  assertVerified(validate(translation));
  const second = translation.compiled.placement.find(({ action, pass }) => action === 'hash_5_tuple_mem' && pass === 1);
  assert.ok(second !== undefined && second.rpb > 1);
  const elsewhere = second.rpb - 1;
  const apart = withEntries(
    translation,
    (entries) =>
      entries.map((entry) => {
        const isSecond = entry.key.some(({ name, value }) => name === RPB_KEYS.recirculation && value === 1);
        return isSecond && actionOf(entry) === 'hash_5_tuple_mem' ? movedTo(entry, elsewhere) : entry;
      }),
    (step) => (step === second ? { ...step, rpb: elsewhere } : step),
  );
  const { mismatch } = failureOf(apart);
  assert.is(mismatch.kind, 'hash-functions');
});

test('a DROP before a memory step does not keep it from happening', () => {
  // The time in the queue is known in egress only, so the access lies there.
  const text = miscompiled('drop-before-memory');
  const made = new Deployment();
  const translation = made.deploy(text);
  assert.is(made.send(request([0, 0, 0, 0])).port, undefined);
  assert.is(
    made.memory(translation, 'm').reduce((sum, word) => sum + word, 0),
    1,
  );
  made.assertSound(translation);

  const used = new Set(translation.compiled.entries.map(rpbOf));
  const free = plane.rpbs.find(({ number, gress }) => gress === 'ingress' && !used.has(number));
  assert.ok(free !== undefined);
  const early = withEntries(translation, (entries) =>
    entries.map((entry) => (actionOf(entry) === 'drop' ? movedTo(entry, free.number) : entry)),
  );
  assert.is(failureOf(early).mismatch.kind, 'memory');
});

test('REPORT is done in ingress, behind a recirculation if need be', () => {
  // The time in the queue is known in egress only, and REPORT depends on it.
  const text = miscompiled('report-in-ingress');
  const made = new Deployment();
  const translation = made.deploy(text);
  assert.is(made.send(request([0, 0, 0, 0])).port, plane.description.ports.cpu);
  const reports = translation.compiled.entries.filter((entry) => actionOf(entry) === 'report');
  assert.ok(reports.length > 0 && reports.every(isIngress));
  made.assertSound(translation);

  const inEgress = withEntries(translation, (entries) =>
    entries.map((entry) => (actionOf(entry) === 'report' ? movedTo(entry, 13) : entry)),
  );
  assert.throws(
    () => validate(inEgress),
    (error: unknown) => error instanceof TargetError && error.code === 'unknown-action',
  );
});

const TWICE = miscompiled('second-use');

test('a second use of a memory takes a second pass', () => {
  const made = new Deployment();
  const translation = made.deploy(TWICE);
  assert.is(translation.compiled.passes, 2);
  assert.is(lastWord(made.send(request([5, 3, 0, 0])).bytes), 5);
  assert.is(lastWord(made.send(request([5, 30, 0, 0])).bytes), 30);
  assert.is(made.memory(translation, 'm')[3], 30);
  made.assertSound(translation);
  assert.throws(
    () => compileText(TWICE, new Deployment().state, { recirculations: 0 }),
    (error: unknown) => error instanceof DoesNotFit,
  );
});

test('accesses go to where the block is, not to where the program would have it', () => {
  const made = new Deployment();
  const filler = (i: number): string =>
    `@f 64\nprogram f${i}(<hdr.ipv4.dst, ${i}, 0xffffffff>) { LOADI(mar, 0); MEMREAD(f); }`;
  for (let i = 1; i <= 5; i++) made.deploy(filler(i));
  const translation = made.deploy(TWICE);
  const sent = made.send(request([5, 3, 0, 0]));
  assert.is(lastWord(sent.bytes), 5);
  made.assertSound(translation);

  const blockAt = translation.compiled.memories[0]?.base ?? 0;
  const wrongBase = (base: number) =>
    withEntries(translation, (entries) =>
      entries.map((entry) =>
        actionOf(entry) === 'address_translation_offset'
          ? {
              ...entry,
              parameters: entry.parameters.map((each) => (each.name === 'offset' ? { ...each, value: base } : each)),
            }
          : entry,
      ),
    );
  made.revoke('p');
  const failure = failureOf(wrongBase(blockAt + 8), { makeSwitch: () => made.emulator });
  assert.ok(['foreign-memory', 'memory', 'bytes', 'register'].includes(failure.mismatch.kind));
  assert.match(formatFailure(failure, plane), /address_translation_offset/);
});

test('a revoke frees everything: the whole memory can be taken again and again, and is empty', () => {
  const made = new Deployment();
  const before = made.state.snapshot();
  const whole = miscompiled('whole-memory');
  for (let n = 0; n < 60; n++) {
    const translation = made.deploy(whole);
    assert.is(lastWord(made.send(request([n + 1, 0, 0, 0])).bytes), n + 1);
    assert.is(made.memory(translation, 'm')[7], n + 1);
    made.revoke('p');
    assert.equal(made.state.snapshot(), before);
  }
  for (const { table } of plane.rpbs) assert.is(made.emulator.entryCount(table), 0);
  assert.is(made.send(request([9, 0, 0, 4])).port, 17);
  assert.is(lastWord(made.send(request([9, 0, 0, 4])).bytes), 4);
  assertVerified(validate(compileText(whole, made.state), { makeSwitch: () => made.emulator }));
});

test.run();
