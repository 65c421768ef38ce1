/** Answers for editors about IPv6: fields, addresses and prefixes. `|` marks the cursor. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, builtInDataPlane, must } from '../../compiler/index.js';
import { articlePlainText, languageService } from '../../compiler/service/index.js';

const EXTENDED = must(builtInDataPlane('extended'), 'data plane');
const service = languageService(EXTENDED);
const marked = (text: string) => ({ document: service.document(text.replace('|', '')), offset: text.indexOf('|') });

const hoverText = (text: string): string => {
  const { document, offset } = marked(text);
  return articlePlainText(must(service.hover(document, offset), 'hover'));
};

test('hover: addresses, prefixes and words of addresses', () => {
  const filter = (text: string): string => hoverText(`program p(<hdr.ipv6.dst, ${text}>) { DROP; }`);
  assert.is(filter('2001:db8:0:0::|1, ffff::'), '2001:db8::1\n\nits words: 0x20010db8, 0x0, 0x0, 0x1');
  assert.is(filter('2001:db8::|1/32'), '2001:db8::/32\n\nits words: 0x20010db8, 0x0, 0x0, 0x1\n\nmask: ffff:ffff::');
  assert.is(
    hoverText('program p(<hdr.ipv4.dst, 10.|1.0.0/16>) { DROP; }'),
    '10.1.0.0/16\n\n0xa010000\n\nmask: 0xffff0000',
  );
  assert.match(hoverText('program p(<hdr.ipv6.dst[|2], 1, 1>) { DROP; }'), /third word of 32 bits/);
  assert.match(hoverText('program p(<hdr.ipv6.|dst, ::/0>) { DROP; }'), /Destination address/);
});

test('completion: fields of IPv6, with prefix or masks', () => {
  const items = (text: string) => {
    const { document, offset } = marked(text);
    return service.completion(document, offset).items;
  };
  const fields = items('program p(<hdr.tcp.dst_port, 80, 0xffff>, <|').map(({ label }) => label);
  for (const field of ['hdr.ipv6.dst', 'hdr.ipv6.src[3]', 'hdr.ipv6.next_header'])
    assert.ok(fields.includes(field), field);
  const behind = items('program p(<hdr.ipv6.dst, ::/0>, <|').map(({ label }) => label);
  assert.ok(behind.includes('hdr.ipv6.src') && behind.includes('hdr.l4_port.src_port'));
  assert.not(behind.some((label) => label.startsWith('hdr.ipv6.dst') || label.startsWith('hdr.ipv4.')));
  const whole = must(
    items('program p(<|').find(({ label }) => label === 'hdr.ipv6.dst'),
    'item',
  );
  assert.match(must(whole.insert, 'text'), /^hdr\.ipv6\.dst, \$\{1:2001:db8::\/32\}$/);
  const masks = items('program p(<hdr.ipv6.dst, 2001:db8::, |').map(({ label }) => label);
  assert.equal(masks, ['ffff:ffff:ffff:ffff::', 'ffff:ffff:ffff::', 'ffff:ffff::', '::']);
});

test('names of elsewhere are those of IPv6', () => {
  for (const [name, field] of [
    ['hdr.ipv6.dstAddr', 'hdr.ipv6.dst'],
    ['ip6.nexthdr', 'hdr.ipv6.next_header'],
    ['hdr.ipv6.hopLimit', 'hdr.ipv6.hop_limit'],
  ] as const) {
    const { diagnostics } = analyse(`program p(<${name}, 1, 1>) { DROP; }`, EXTENDED);
    assert.equal(
      diagnostics.map(({ code, fix }) => [code, fix?.text]),
      [['unknown-field', field]],
    );
  }
});

test.run();
