/** The fifteen programs on `tofino1`: each compiles for an empty switch and does what its text says. */
import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { type, withFolder } from '../command-line.js';

const programs = packageFile('bench', 'programs');
const files = readdirSync(programs).filter((name) => name.endsWith('.p4runpro'));

interface Checked {
  readonly files: readonly { readonly file: string; readonly verification: readonly { readonly kind: string }[] }[];
}

test('all fifteen programs compile for tofino1, and their entries do what they say', async () => {
  await withFolder(async (folder) => {
    const args = ['check', '--verify', '--packets', '200', '--dataplane', 'tofino1', '--json'];
    const outcome = await type('p4runpro', [...args, ...files.map((name) => `${programs}/${name}`)], { folder });
    assert.is(outcome.status, 0, outcome.stderr);
    const { files: checked } = JSON.parse(outcome.stdout) as Checked;
    assert.is(checked.length, 15);
    for (const { file, verification } of checked) {
      assert.ok(verification.length > 0 && verification.every(({ kind }) => kind === 'verified'), file);
    }
  });
});

test.run();
