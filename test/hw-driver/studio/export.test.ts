/** Exported pages: `p4runpro studio --export`, and what a text of a scenario or of a library can do in one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GOLDEN_FOLDER } from '../../../bench/verify/goldens/check-goldens.js';
import { must } from '../../../compiler/index.js';
import { exportedPage, type PageTexts, scenarioTextIn } from '../../../hw-driver/studio/export/exported-page.js';
import { type Scenario, scenarioOfText } from '../../../hw-driver/studio/scenario/index.js';
import { testRefusals, type, withFolder } from '../../command-line.js';
import { sampleSource } from '../../compiler/support.js';

const TEXTS: PageTexts = {
  index:
    '<html><head><title>x</title><link rel="stylesheet" href="studio.css">' +
    '<script type="module" src="studio.js"></script></head><body><div id="studio"></div></body></html>',
  script: 'const a = "</script><script>alert(1)</script>"; const b = "<!-- $& $1";',
  worker: 'self.b = "</SCRIPT>";',
  style: 'p { content: "</style><b>" }',
  licences: 'MIT </script> <script>',
};

const scenarioIn = (path: string): Scenario =>
  scenarioOfText(must(scenarioTextIn(readFileSync(path, 'utf8')), 'scenario of a page'));

test('nothing in a text of an exported page ends its element', () => {
  const html = exportedPage(TEXTS, 'c2NlbmFyaW8', '</title><script>alert(1)</script>');
  assert.is(html.match(/<\/script>/gi)?.length, 4, 'scenario, worker, licences and script');
  assert.is(html.match(/<script/gi)?.length, 4);
  assert.is(html.match(/<\/style>/gi)?.length, 1);
  assert.is(html.match(/<title>/gi)?.length, 1);
  assert.match(html, /<title>&lt;\/title>&lt;script>alert\(1\)&lt;\/script> – P4runpro studio<\/title>/);
  assert.match(html, /const b = "\\x3C!-- \$& \$1";/);
  assert.not.match(html, /src=|href="studio/);
  assert.is(scenarioTextIn(html), 'c2NlbmFyaW8');
});

test('a text that is no scenario comes into no page, and a page without one has none', () => {
  assert.throws(() => exportedPage(TEXTS, '</script>', ''), /base64url/);
  assert.is(scenarioTextIn('<html></html>'), undefined);
  assert.is(scenarioTextIn('<script type="text/plain" id="embedded-scenario">a<b</script>'), undefined);
});

const TRACE = join(GOLDEN_FOLDER, 'cms', 'trace.pcapng');

test('the command writes programs, packets and data plane as one page, with a data plane of the user too', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'cms.p4runpro'), sampleSource('cms'));
    writeFileSync(join(folder, 'mine.json'), JSON.stringify({ extends: 'default', name: 'mine' }));
    for (const plane of ['default', 'mine.json']) {
      const args = ['studio', 'cms.p4runpro', '--trace', TRACE, '--dataplane', plane, '--title', 'A sketch'];
      const { status, stdout, stderr } = await type('p4runpro', [...args, '--export', 'cms.html'], { folder });
      assert.is(status, 0, stderr);
      assert.match(stdout, /^cms\.html: [\d,]+ bytes\n$/);
      const { title, dataPlane, files, events, packets, ran } = scenarioIn(join(folder, 'cms.html'));
      assert.equal(
        [title, dataPlane.name, files.map(({ name }) => name), events.map(({ kind }) => kind), ran],
        ['A sketch', plane === 'default' ? plane : 'mine', ['cms.p4runpro'], ['deploy'], packets.count],
      );
      assert.ok(packets.count > 0);
    }
  }));

test('a program with errors is refused, and nothing is written', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'bad.p4runpro'), sampleSource('cms').replace('LOADI(sar, 1)', 'LOAD(sar, 1)'));
    writeFileSync(join(folder, 'large.p4runpro'), sampleSource('cms').replace('@row1 256', '@row1 131072'));
    for (const [file, sentence] of [
      ['bad.p4runpro', /bad\.p4runpro has errors: line \d+: .*LOAD/],
      ['large.p4runpro', /large\.p4runpro has errors: line 2: a memory of/],
    ] as const) {
      const { status, stderr } = await type('p4runpro', ['studio', file, '--export', 'a.html'], { folder });
      assert.is.not(status, 0);
      assert.match(stderr, sentence);
      assert.is(stderr.split('\n').length, 2, 'one sentence');
    }
    assert.not(existsSync(join(folder, 'a.html')));
  }));

test('two programs of the same files give the same bytes', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'cms.p4runpro'), sampleSource('cms'));
    for (const file of ['a.html', 'b.html']) {
      await type('p4runpro', ['studio', 'cms.p4runpro', '--trace', TRACE, '--export', file], { folder });
    }
    assert.ok(readFileSync(join(folder, 'a.html')).equals(readFileSync(join(folder, 'b.html'))));
  }));

await testRefusals('p4runpro', [
  { args: ['studio', '--trace', TRACE, '--export', 'no/a.html'], says: /cannot write no\/a\.html/ },
  { args: ['studio', '--trace', TRACE, '--export', TRACE], says: /would overwrite/ },
  {
    args: ['studio', '--trace', 'package.json', '--export', 'a.html'],
    says: /no such file|is not a pcap or pcapng capture/,
  },
]);

test.run();
