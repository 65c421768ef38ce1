/** What tests of networks share: commands as users type them, files, captures. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { clearPacketBatch, createPacketBatch, openCapture } from '../../../traces/index.js';
import { type as typeCommand, withFolder as withEmptyFolder } from '../../command-line.js';
import { sourcePath } from '../../compiler/support.js';

/** Standard output of `bench`, which must end well. */
export async function type(words: readonly string[], folder: string): Promise<string> {
  const { status, stdout, stderr } = await typeCommand('bench', [...words], { folder });
  assert.is(status, 0, stderr);
  return stdout;
}

/** Work in a folder with the cache. */
export const withFolder = (work: (folder: string) => Promise<void>): Promise<void> =>
  withEmptyFolder(async (folder) => {
    cpSync(sourcePath('bench', 'programs', 'cache.p4runpro'), join(folder, 'cache.p4runpro'));
    await work(folder);
  });

export const write = (path: string, text: string): void => writeFileSync(path, text);
export const read = (path: string): string => readFileSync(path, 'utf8');

/** Number of packets of a capture, whose times must not fall. */
export async function readCapture(path: string): Promise<number> {
  const reader = await openCapture(path);
  const batch = createPacketBatch(1000, 1e6);
  let packets = 0;
  let last = 0;
  for (;;) {
    clearPacketBatch(batch);
    if ((await reader.readInto(batch)) === 0 && reader.ended) break;
    for (let i = 0; i < batch.count; i++) {
      const time = (batch.timeSeconds[i] ?? 0) * 1e9 + (batch.timeNanoseconds[i] ?? 0);
      assert.ok(time >= last);
      last = time;
    }
    packets += batch.count;
  }
  await reader.close();
  return packets;
}
