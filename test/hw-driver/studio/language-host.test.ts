/** What the language worker answers the editor of the page. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withEdits } from '../../../compiler/service/index.js';
import { LanguageHost } from '../../../hw-driver/studio/language/language-host.js';
import type { LanguageAnswer, LanguageAsk, LanguageKind } from '../../../hw-driver/studio/language/protocol.js';
import { sampleSource } from '../../compiler/support.js';

/** Asks a host by messages that could be sent between threads. @throws its sentence where it has no answer */
function ask<Kind extends LanguageKind>(
  host: LanguageHost,
  kind: Kind,
  question: LanguageAsk<Kind>,
): LanguageAnswer<Kind> {
  const reply = structuredClone(host.reply({ number: 7, question: { kind, ...question } as never }));
  assert.is(reply.number, 7);
  if (reply.kind === 'failed') throw new Error(reply.message);
  return reply.answer as LanguageAnswer<Kind>;
}

function opened(dataPlane: string | object = 'default'): LanguageHost {
  const host = new LanguageHost();
  assert.is(ask(host, 'data-plane', { dataPlane }), null);
  return host;
}

const text = 'program p(<hdr.ipv4.dst, 1, 1>) {\nEXTRACT(hdr.ipv4.src,har);\nFORWRD(1);\n}\n';

test('findings come with the edits that correct them', () => {
  const host = opened();
  const [finding, ...others] = ask(host, 'findings', { text });
  assert.equal(others, []);
  assert.is(text.slice(finding?.range.start, finding?.range.end), 'FORWRD');
  const [fix] = finding?.fixes ?? [];
  assert.ok(fix);
  const mended = withEdits(text, [fix.edit]);
  assert.ok(mended.includes('FORWARD(1);'));
  assert.equal(ask(host, 'findings', { text: mended }), []);
  assert.equal(ask(host, 'findings', { text: sampleSource('cms') }), []);
});

test('hover, articles and completions; where there is none, null and no items', () => {
  const host = opened();
  assert.is(ask(host, 'hover', { text, offset: text.indexOf('EXTRACT') + 2 })?.title, 'EXTRACT');
  assert.is(ask(host, 'hover', { text, offset: text.indexOf('{') }), null);
  assert.is(ask(host, 'article', { word: 'har' })?.title, 'har');
  assert.is(ask(host, 'article', { word: 'nothing' }), null);
  const { range, items } = ask(host, 'completion', { text, offset: text.indexOf('FORWRD') + 3 });
  assert.is(text.slice(range.start, range.end), 'FORWRD');
  assert.ok(items.some(({ label }) => label === 'FORWARD'));
});

test('the format is the one that p4runpro prints', () => {
  const edits = ask(opened(), 'formatting', { text: text.replace('FORWRD', 'FORWARD') });
  const formatted = withEdits(text.replace('FORWRD', 'FORWARD'), edits);
  assert.match(formatted, /\n {4}EXTRACT\(hdr\.ipv4\.src, har\);\n {4}FORWARD\(1\);\n\}/);
});

test('another data plane has other words; one that is none is a sentence, and what was there stays', () => {
  const host = opened();
  const ipv6 = 'program p(<hdr.ipv6.dst, 2001:db8::/32>) { DROP; }';
  assert.ok(ask(host, 'findings', { text: ipv6 }).length > 0);
  assert.throws(() => ask(host, 'data-plane', { dataPlane: { extends: 'nothing' } }), /"extends" must name one of/);
  assert.throws(() => ask(host, 'data-plane', { dataPlane: 'nothing' }), /data plane nothing/);
  assert.ok(ask(host, 'findings', { text: ipv6 }).length > 0);
  ask(host, 'data-plane', { dataPlane: 'extended' });
  assert.equal(ask(host, 'findings', { text: ipv6 }), []);
  assert.throws(() => ask(new LanguageHost(), 'findings', { text: '' }), /has no data plane yet/);
});

test.run();
