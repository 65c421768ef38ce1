/** What stands in a page for Node's own functions gives the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as browser from '../../compiler/platform/sha256-browser.js';
import * as node from '../../compiler/platform/sha256-node.js';
import { gunzip, gzip } from '../../traces/platform/gzip-browser.js';
import * as nodeGzip from '../../traces/platform/gzip-node.js';
import { bytesOfHexadecimal, hexadecimalOf } from '../../traces/platform/hexadecimal.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 0xff);

test('SHA-256 of texts and of bytes in parts', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  for (const { sha256, sha256OfText } of [browser, node]) {
    assert.is(sha256OfText(''), empty);
    assert.is(hexadecimalOf(sha256()), empty);
    assert.equal([...sha256(bytes.subarray(0, 63), bytes.subarray(63))], [...sha256(bytes)]);
  }
  for (const text of ['abc', 'é – 流量', '\ud800', 'x'.repeat(200)]) {
    assert.is(browser.sha256OfText(text), node.sha256OfText(text), text);
  }
  assert.is(hexadecimalOf(browser.sha256(bytes)), hexadecimalOf(node.sha256(bytes)));
});

test('what one packs with gzip the other unpacks', () => {
  assert.equal([...nodeGzip.gunzip(gzip(bytes, 1))], [...bytes]);
  assert.equal([...gunzip(nodeGzip.gzip(bytes))], [...bytes]);
  assert.equal(gzip(bytes), gzip(bytes));
  assert.throws(() => gunzip(bytes));
});

test('hexadecimal digits', () => {
  assert.is(hexadecimalOf(Uint8Array.of(0, 1, 0xab, 0xff)), '0001abff');
  assert.equal(bytesOfHexadecimal(hexadecimalOf(bytes)), bytes);
  assert.is(hexadecimalOf(new Uint8Array(0)), '');
});

test.run();
