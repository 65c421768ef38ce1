import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ipv6Text,
  ofWords,
  parseIpv6,
  prefixLength,
  prefixMask,
  readIpv6,
  wordsOf,
} from '../../compiler/data-plane/ipv6-text.js';

/** Examples of RFC 4291, section 2.2, and RFC 5952, section 4, with their words and the form of RFC 5952. */
const ADDRESSES: readonly (readonly [text: string, words: readonly number[], written: string])[] = [
  [
    'ABCD:EF01:2345:6789:ABCD:EF01:2345:6789',
    [0xabcdef01, 0x23456789, 0xabcdef01, 0x23456789],
    'abcd:ef01:2345:6789:abcd:ef01:2345:6789',
  ],
  ['2001:DB8:0:0:8:800:200C:417A', [0x20010db8, 0, 0x00080800, 0x200c417a], '2001:db8::8:800:200c:417a'],
  ['FF01::101', [0xff010000, 0, 0, 0x101], 'ff01::101'],
  ['::1', [0, 0, 0, 1], '::1'],
  ['::', [0, 0, 0, 0], '::'],
  ['0:0:0:0:0:0:13.1.68.3', [0, 0, 0, 0x0d014403], '::d01:4403'],
  ['::FFFF:129.144.52.38', [0, 0, 0xffff, 0x81903426], '::ffff:129.144.52.38'],
  ['2001:db8:0:1:1:1:1:1', [0x20010db8, 1, 0x00010001, 0x00010001], '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', [0x20010000, 1, 0, 1], '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', [0x20010db8, 0, 0x00010000, 1], '2001:db8::1:0:0:1'],
  ['1:2:3:4:5:6:7::', [0x00010002, 0x00030004, 0x00050006, 0x00070000], '1:2:3:4:5:6:7:0'],
  ['::2:3:4:5:6:7:8', [2, 0x00030004, 0x00050006, 0x00070008], '0:2:3:4:5:6:7:8'],
];
for (const [text, words, written] of ADDRESSES) {
  test(`${text} is read, and written as ${written}`, () => {
    const value = parseIpv6(text);
    assert.ok(value !== undefined);
    assert.equal(wordsOf(value, 128), words);
    assert.is(ofWords(words), value);
    assert.is(ipv6Text(value), written);
    assert.is(parseIpv6(written), value);
  });
}

for (const text of [
  '',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '12345::',
  '::g',
  '1.2.3.4',
  '::1.2.3',
  '::1.2.3.256',
  '1.2.3.4::',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
]) {
  test(`'${text}' is no address`, () => {
    const reading = readIpv6(text);
    assert.is(reading.value, undefined);
    assert.ok(reading.fault);
  });
}

test('masks of prefixes, and others', () => {
  for (const length of [0, 1, 31, 32, 33, 64, 127, 128]) assert.is(prefixLength(prefixMask(length, 128), 128), length);
  assert.is(prefixMask(32, 128), BigInt('0xffffffff000000000000000000000000'));
  assert.is(prefixLength(1n, 128), undefined);
  assert.is(prefixLength(BigInt('0xff00ff00000000000000000000000000'), 128), undefined);
});

test.run();
