/** A run without WebAssembly and without generated code has the results of one with both. */
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { withFolder } from '../command-line.js';

const RUN = ['run', '--programs', '15', '--workload', 'all-mixed', '--packets', '3000', '--json'];

test('the same state and output', async () => {
  await withFolder(async (folder) => {
    const hashes = (...flags: string[]): unknown => {
      const command = [...flags, packageFile('dist/bench/cli/cli.js'), ...RUN, '--out', folder];
      const text = execFileSync(process.execPath, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      // V8 prints a warning about the flag before the document.
      const { stateHash, outputHash } = JSON.parse(text.slice(text.indexOf('{')));
      assert.match(outputHash, /^[0-9a-f]{64}$/);
      return { stateHash, outputHash };
    };
    assert.equal(hashes('--jitless'), hashes());
  });
});

test.run();
