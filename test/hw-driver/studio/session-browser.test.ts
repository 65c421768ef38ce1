/** The session in a browser gives the hashes of `bench run`, with generated code and without. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StudioFiles } from '../../../hw-driver/studio/server/studio-server.js';
import type { EngineChoice, RunDigests } from '../../../hw-driver/studio/session/protocol.js';
import { packageFile } from '../../../traces/system/package-root.js';
import { type as typed, withFolder } from '../../command-line.js';
import { sampleSource } from '../../compiler/support.js';
import { testInBrowser, withContext, withStudio } from './browser.js';
import { openSessionPage, type SessionPageSettings } from './session-page.js';
import { sessionClient } from './session-support.js';

const CMS = sampleSource('cms');
const TRAFFIC = {
  packets: 3000,
  seed: '5',
  content: {
    kind: 'matching',
    programs: [
      { program: 'cms', text: CMS },
      { program: 'sf', text: sampleSource('sf') },
    ],
    packetsPerSecond: 1e6,
  },
} as const;
const DEPLOY = { packet: 0, kind: 'deploy', program: 'cms', text: CMS } as const;

interface PageRun {
  readonly engine: EngineChoice;
  readonly digests: RunDigests;
}

/** Runs the capture that the page can fetch, or generated packets, through the program. */
async function runInPage(
  context: BrowserContext,
  settings: SessionPageSettings,
  packets: 'fetched' | 'generated',
): Promise<PageRun> {
  const page = await openSessionPage(context, settings);
  const run = `(async () => {
    const { engine } = await client.ask('open', { dataPlane: 'default' });
    const origin = ${
      packets === 'generated'
        ? JSON.stringify({ kind: 'generated', traffic: TRAFFIC })
        : "{ kind: 'capture', name: 'file', blob: await (await fetch('file')).blob() }"
    };
    await client.ask('add-packets', { origin });
    await client.ask('make-event', { event: ${JSON.stringify(DEPLOY)} });
    await client.ask('run', {});
    return { engine, digests: await client.ask('digests', {}) };
  })()`;
  const result = (await page.evaluate(run)) as PageRun;
  await page.close();
  return result;
}

testInBrowser('hashes of the same packets are those of bench run, whatever the browser allows', () =>
  withFolder(async (folder) => {
    const node = sessionClient();
    await node.ask('open', { dataPlane: 'default' });
    await node.ask('add-packets', { origin: { kind: 'generated', traffic: TRAFFIC } });
    await node.ask('make-event', { event: DEPLOY });
    await node.ask('run', {});
    const digests = await node.ask('digests', {});
    const { bytes } = await node.ask('capture', { which: 'arrived', format: 'pcapng' });
    writeFileSync(join(folder, 'packets.pcapng'), bytes);
    writeFileSync(join(folder, 'cms.p4runpro'), CMS);
    const args = ['--workload', 'cms.p4runpro', '--programs', '1', '--trace', 'packets.pcapng', '--json'];
    const { stdout } = await typed('bench', ['run', ...args], { folder });
    const summary = JSON.parse(stdout) as { readonly stateHash: string; readonly outputHash: string };
    const expected = { stateHash: digests.stateHash, outputHash: digests.outputHash };
    assert.equal(expected, { stateHash: summary.stateHash, outputHash: summary.outputHash });
    await withContext(async (context) => {
      const file = bytes;
      const fast = await runInPage(context, { isIsolated: true, file }, 'fetched');
      assert.equal(fast, { engine: { engine: 'compiled', reason: null }, digests });
      const contentSecurityPolicy = "default-src 'self'";
      const strict = await runInPage(context, { isIsolated: true, contentSecurityPolicy, file }, 'fetched');
      assert.is(strict.engine.engine, 'interpreted');
      assert.match(strict.engine.reason ?? '', 'may not generate code');
      assert.equal(strict.digests, digests);
      const shared = await runInPage(context, { isIsolated: false }, 'generated');
      assert.match(shared.engine.reason ?? '', 'no shared memory');
      assert.equal(shared.digests, digests);
    });
  }),
);

testInBrowser('virtual time in the page: losses on slow lines, and the packet that comes at a time', () => {
  const path = packageFile('traces', 'golden', 'cms', 'trace.pcapng');
  const files: StudioFiles = {
    dataPlane: 'default',
    programs: [{ name: 'cms.p4runpro', text: CMS }],
    trace: { path, name: 'trace.pcapng', bytes: statSync(path).size },
  };
  return withStudio(files, {}, async ({ page }) => {
    await page.getByText('of 7, 1 event').waitFor();
    await page.keyboard.press('6');
    await page.keyboard.press('q');
    await page.getByLabel('Packets a second').fill('1,000,000');
    await page.getByRole('button', { name: 'Run in virtual time' }).click();
    await page.getByText('7 packets in', { exact: false }).first().waitFor();
    await page.getByText('packet 1 arrives at 0 ns and is', { exact: false }).waitFor();
    const plot = page.getByRole('img', { name: /^Queues and losses over virtual time: 7 packets in/ });
    const box = await plot.boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) - 80, (box?.y ?? 0) + 20);
    await page.getByText(/^packet [67] arrives at/).waitFor();
    await page.getByLabel('Gbit/s of a port').fill('nothing');
    await page.getByRole('button', { name: 'Run in virtual time' }).click();
    await page.getByText('Rates and sizes are numbers above 0').waitFor();
    await page.getByLabel('Gbit/s of a port').fill('0.001');
    await page.getByRole('button', { name: 'Run in virtual time' }).click();
    await page
      .getByText(/lost: \d before the pipe/)
      .first()
      .waitFor();
  });
});

test.run();
