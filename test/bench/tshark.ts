/** Wireshark's own opinion of a capture. */
import { spawnSync } from 'node:child_process';
import type { ExternalProgram } from '../external.js';

export const TSHARK: ExternalProgram = {
  name: 'tshark',
  isInstalled: spawnSync('tshark', ['--version']).status === 0,
};

const BAD =
  'ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad" || _ws.malformed';

/** Numbers of the packets, from 1, that are malformed or have a wrong checksum. */
export function badPackets(file: string): number[] {
  const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);
  const { status, stdout, stderr } = spawnSync(
    'tshark',
    ['-n', '-r', file, ...checks, '-Y', BAD, '-T', 'fields', '-e', 'frame.number'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}
