/** Wireshark's own opinion of a capture. */
import { spawnSync } from 'node:child_process';
import { addTo } from '../../compiler/data-plane/counting.js';
import type { ExternalProgram } from '../external.js';

export const TSHARK: ExternalProgram = {
  name: 'tshark',
  isInstalled: spawnSync('tshark', ['--version']).status === 0,
};

const BAD =
  'ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad" || ' +
  'icmpv6.checksum.status == "Bad" || _ws.malformed';

const CHECKS = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);

/** Numbers of the packets, from 1, that are malformed or have a wrong checksum. */
export function badPackets(file: string): number[] {
  return lines(['-r', file, ...CHECKS, '-Y', BAD, '-T', 'fields', '-e', 'frame.number']).map(Number);
}

/** How often a field has each of its values. */
export function fieldCounts(file: string, field: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines(['-r', file, ...CHECKS, '-T', 'fields', '-e', field])) addTo(counts, line);
  return counts;
}

function lines(options: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync('tshark', ['-n', ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}
