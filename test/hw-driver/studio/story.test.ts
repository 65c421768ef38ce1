/**
 * A whole story in the page: ten programs and a capture; the packet that wrote a word is found, another case is made
 * before it, the run goes on in another way, and all of it is exported and opened from the disk without a network.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse, defaultDataPlane, must } from '../../../compiler/index.js';
import type { StudioFiles } from '../../../hw-driver/studio/server/studio-server.js';
import { madePacket } from '../../../sim/made-packet/index.js';
import { trafficForProgram } from '../../../sim/made-packet/matching-traffic.js';
import {
  appendPacketBytes,
  createCaptureWriter,
  createPacketBatch,
  createTrafficGenerator,
} from '../../../traces/index.js';
import { sampleSource } from '../../compiler/support.js';
import { testInBrowser, withoutNetwork, withStudio } from './browser.js';

/** Counts the flows of some hosts to web servers, and sends their packets another way. */
const watch = (hosts: readonly string[]): string => `@seen 16
program watch(<hdr.tcp.dst_port, 80, 0xffff>) {
    EXTRACT(hdr.ipv4.src, har);
    LOADI(sar, 1);
    BRANCH:
${hosts.map((host) => `    case(<har, ${host}, 255.255.255.255>) {\n        HASH_5_TUPLE_MEM(seen);\n        MEMADD(seen);\n        FORWARD(2);\n    }\n`).join('')}    ;
    FORWARD(1);
}
`;

const HOSTS = ['192.168.3.131', '10.0.2.15'];
const BEFORE = watch(HOSTS);
const OTHERS = ['cache', 'nc', 'calc', 'acc', 'lb', 'cms', 'hh', 'bf', 'sf'];
const PROGRAMS = [
  { name: 'watch.p4runpro', text: BEFORE },
  ...OTHERS.map((name) => ({ name: `${name}.p4runpro`, text: sampleSource(name) })),
];

/** Requests of three hosts to web servers, half of them of the first, among packets of the other programs. */
function writeTrace(path: string): number {
  const dataPlane = defaultDataPlane();
  const targets = OTHERS.map((name, i) =>
    trafficForProgram(must(analyse(sampleSource(name), dataPlane).programs[0], name), dataPlane, i),
  );
  const generator = createTrafficGenerator({ targets, seed: 'story', packetsPerSecond: 1000 });
  const batch = createPacketBatch(4096, 2 ** 20);
  for (let i = 0; i < 1200; i++) {
    if (i % 4 !== 0) {
      generator.generateInto(batch, i, 1);
      continue;
    }
    const host = [HOSTS[0], ...HOSTS, '10.9.8.7'][(i / 4) % 4];
    const text = `ipv4.src=${host} ipv4.dst=72.14.213.138 tcp.src_port=${50_000 + (Math.floor(i / 16) % 3)} tcp.dst_port=80`;
    appendPacketBytes(batch, madePacket(text, dataPlane).bytes, 0, i);
  }
  const writer = createCaptureWriter(path);
  writer.writeBatch(batch);
  writer.close();
  return batch.count;
}

const pane = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

/** The moment, as the line of time says it. */
async function momentOf(page: Page): Promise<number> {
  return Number(await page.getByRole('slider', { name: 'Moment of the run' }).getAttribute('aria-valuenow'));
}

/** The bucket that was written most, by its text. */
async function hottestBucket(page: Page): Promise<number> {
  const grid = page.getByRole('slider', { name: 'Buckets of watch.seen' });
  await grid.focus();
  await page.keyboard.press('Home');
  let best = { bucket: 0, writes: 0 };
  for (let bucket = 0; bucket < 16; bucket++) {
    const text = must(await grid.getAttribute('aria-valuetext'), 'text of a bucket');
    const writes = Number(/(\d+) writes?$/.exec(text)?.[1]);
    if (writes > best.writes) best = { bucket, writes };
    await page.keyboard.press('ArrowRight');
  }
  return best.bucket;
}

const wordLine = (page: Page): Locator => page.locator('.word-line');

/** Writes the case of the first host out of the program, and changes it on the switch. */
async function changeCases(page: Page): Promise<void> {
  await page.getByLabel('File', { exact: true }).selectOption({ label: 'watch.p4runpro' });
  await page.locator('.cm-content').filter({ hasText: 'program watch' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(watch(HOSTS.slice(1)));
  await page.getByRole('button', { name: 'Change cases watch' }).click();
  await pane(page, 'Time').getByText('11 events').waitFor();
}

async function story(page: Page, packets: number, file: string): Promise<{ moment: number; word: string }> {
  await pane(page, 'Time')
    .getByText(`of ${packets.toLocaleString('en')}, 10 events`)
    .waitFor();
  await page.getByRole('slider', { name: 'Moment of the run' }).focus();
  await page.keyboard.press('End');
  await pane(page, 'Programs')
    .press('5')
    .catch(() => undefined);
  await page.locator('#pane-memory').waitFor();
  const bucket = await hottestBucket(page);
  await page.getByLabel('Bucket', { exact: true }).fill(String(bucket));
  await page.getByLabel('Bucket', { exact: true }).press('Enter');
  await wordLine(page).getByText(`watch.seen[${bucket}]`).waitFor();
  const before = await wordLine(page).innerText();

  await page.getByRole('button', { name: 'Who wrote it' }).click();
  await pane(page, 'One packet').getByText('forwarded by port 2').waitFor();
  const writer = await momentOf(page);
  assert.ok(writer > 0 && writer < packets);

  await changeCases(page);
  assert.is(await momentOf(page), writer);
  await pane(page, 'One packet').getByText('forwarded by port 1').waitFor();

  await page.getByRole('slider', { name: 'Moment of the run' }).focus();
  await page.keyboard.press('End');
  await page.locator('.write-buttons').getByText('Next write ▶').waitFor();
  const after = await wordLine(page).innerText();
  assert.is.not(after, before, 'the packet that wrote it last writes it no more');

  await page.getByRole('tab', { name: 'Share' }).click();
  await page.getByLabel('Title').fill('Who wrote it');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export one file' }).click();
  await (await download).saveAs(file);
  return { moment: await momentOf(page), word: after };
}

testInBrowser(
  'who wrote a word, another case before it, the difference, and all of it in a file without a network',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'story-'));
    try {
      const path = join(folder, 'story.pcapng');
      const file = join(folder, 'story.html');
      const packets = writeTrace(path);
      const trace = { path, name: 'story.pcapng', bytes: statSync(path).size };
      const files: StudioFiles = { dataPlane: 'default', programs: PROGRAMS, trace };
      let seen: { moment: number; word: string } | undefined;
      await withStudio(files, {}, async ({ page }) => {
        seen = await story(page, packets, file);
      });
      await withoutNetwork(async (page) => {
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url().slice(0, 40)));
        await page.goto(pathToFileURL(file).href);
        await pane(page, 'Time')
          .getByText(`of ${packets.toLocaleString('en')}, 11 events`)
          .waitFor();
        assert.is(await page.title(), 'Who wrote it – P4runpro studio');
        assert.is(await momentOf(page), seen?.moment);
        await page.getByRole('tab', { name: 'Memory' }).click();
        await wordLine(page).getByText('=').waitFor();
        assert.is(await wordLine(page).innerText(), seen?.word);
        await page.locator('.cm-content').filter({ hasText: 'program watch' }).waitFor();
        assert.equal(
          asked.filter((url) => !/^(?:file|blob|data):/.test(url)),
          [],
        );
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test.run();
