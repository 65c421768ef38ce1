/** Captures of links: a pcapng file for each, with an interface for each direction. */
import { must } from '../../compiler/data-plane/must.js';
import type { LinkSpec } from '../../sim/network/index.js';
import { createCaptureWriter } from '../../traces/captures/create-capture-writer.js';
import { appendPacket, clearPacketBatch, createPacketBatch } from '../../traces/packets/packet-batch.js';
import { endName } from './network-summary.js';
import type { CapturedPackets } from './node-statistics.js';
import type { NetworkResult } from './run-network.js';

const MAX_PACKET_BYTES = 2 ** 18;
const PS_PER_SECOND = 1e12;
const PS_PER_NS = 1000;
const NOTHING: CapturedPackets = { timesPs: [], packets: [], originalLengths: [] };

/** A file for each captured link, by its name; those that would be one file are numbered. */
export function captureFiles(links: readonly LinkSpec[], captured: readonly number[]): ReadonlyMap<number, string> {
  const files = new Map<number, string>();
  const taken = new Set<string>();
  for (const link of captured) {
    if (files.has(link)) continue;
    const name = must(links[link], `link ${link}`).name.replaceAll(/[^\w.-]|^\.+/g, '_');
    let file = `${name}.pcapng`;
    // File systems may not tell capitals from small letters.
    for (let n = 2; taken.has(file.toLowerCase()); n++) file = `${name}-${n}.pcapng`;
    taken.add(file.toLowerCase());
    files.set(link, file);
  }
  return files;
}

/** @param path of the file for a link @throws {CaptureError} */
export function writeLinkCapture(result: NetworkResult, link: number, path: string): void {
  const name = (from: 0 | 1): string => `${endName(result, link, from)} > ${endName(result, link, from === 0 ? 1 : 0)}`;
  const writer = createCaptureWriter(path, { format: 'pcapng', nameOfPort: (port) => name(port === 0 ? 0 : 1) });
  const [first = NOTHING, second = NOTHING] = ([0, 1] as const).map(
    (from) => result.directions.find((each) => each.link === link && each.from === from)?.captured,
  );
  const batch = createPacketBatch(1, MAX_PACKET_BYTES);
  try {
    for (let [a, b] = [0, 0]; a < first.packets.length || b < second.packets.length; ) {
      const isFirst = (first.timesPs[a] ?? Number.POSITIVE_INFINITY) <= (second.timesPs[b] ?? Number.POSITIVE_INFINITY);
      const [from, n] = isFirst ? [first, a++] : [second, b++];
      clearPacketBatch(batch);
      appendCaptured(batch, from, n, isFirst ? 0 : 1);
      writer.write(batch, 0);
    }
    writer.close();
  } catch (error) {
    writer.abort();
    throw error;
  }
}

function appendCaptured(
  batch: ReturnType<typeof createPacketBatch>,
  { timesPs, packets, originalLengths }: CapturedPackets,
  n: number,
  port: number,
): void {
  const timePs = must(timesPs[n], 'time of a captured packet');
  const bytes = must(packets[n], 'captured packet');
  const length = must(originalLengths[n], 'length of a captured packet');
  const seconds = Math.floor(timePs / PS_PER_SECOND);
  const nanoseconds = Math.floor((timePs - seconds * PS_PER_SECOND) / PS_PER_NS);
  batch.bytes.set(bytes, appendPacket(batch, bytes.length, length, port, seconds, nanoseconds));
}
