/** Wireshark's own opinion of a capture. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCapture } from '../../bench/verify/replay/captured-packets.js';
import { addTo } from '../../compiler/data-plane/counting.js';
import { type ExternalProgram, isOnPath } from '../external.js';
import { itemAt } from '../item-at.js';

export const TSHARK: ExternalProgram = { name: 'tshark', isInstalled: isOnPath('tshark') };

const BAD =
  'ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad" || ' +
  'icmpv6.checksum.status == "Bad" || _ws.malformed';

const CHECKS = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);

/** Numbers of the packets, from 1, that are malformed or have a wrong checksum. */
function badPackets(file: string): number[] {
  return lines(['-r', file, ...CHECKS, '-Y', BAD, '-T', 'fields', '-e', 'frame.number']).map(Number);
}

/**
 * The bad packets of pcapng captures, as `FILE: NUMBER`. tshark looks at all of them as one capture, since a start of it
 * takes far longer than a thousand packets.
 */
export async function badPacketsOf(folder: string, captures: readonly string[]): Promise<string[]> {
  const together = join(folder, 'together.pcapng');
  writeFileSync(together, Buffer.concat(captures.map((file) => readFileSync(file))));
  const packets: string[] = [];
  for (const file of captures) {
    const { length } = await readCapture(file);
    for (let number = 1; number <= length; number++) packets.push(`${file}: ${number}`);
  }
  return badPackets(together).map((number) => itemAt(packets, number - 1));
}

/** How often each of some fields has each of its values. */
export function fieldCounts(file: string, fields: readonly string[]): ReadonlyMap<string, number>[] {
  const named = fields.flatMap((field) => ['-e', field]);
  const rows = lines(['-r', file, ...CHECKS, '-T', 'fields', ...named]).map((line) => line.split('\t'));
  return fields.map((_, column) => {
    const counts = new Map<string, number>();
    for (const row of rows) addTo(counts, row[column] ?? '');
    return counts;
  });
}

function lines(options: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync('tshark', ['-n', ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}
