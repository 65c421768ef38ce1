/** `bench sweep status` and `bench sweep cancel`. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { EXIT } from '../../../hw-driver/index.js';
import type { QueueAddress } from '../../sweep/queue/queue-address.js';
import { cancelSweep, type QueueStatus, queueStatus } from '../../sweep/queue/queue-status.js';

/** Shows the sweeps and the workers of a queue. @throws {QueueError} */
export async function showQueue(address: QueueAddress, asJson: boolean): Promise<number> {
  const status = await queueStatus(address);
  process.stdout.write(asJson ? `${JSON.stringify(status, null, 1)}\n` : `${statusLines(status).join('\n')}\n`);
  return EXIT.done;
}

/** Ends a sweep. @throws {QueueError} */
export async function endSweep(address: QueueAddress, id: string): Promise<number> {
  const removed = await cancelSweep(address, id);
  if (removed === undefined) {
    process.stderr.write(`bench: there is no sweep '${id}' in ${address.shown}; bench sweep status lists them\n`);
    return EXIT.badInput;
  }
  process.stdout.write(`sweep ${id} is cancelled: ${counted(removed, 'cell')} taken out of the queue\n`);
  return EXIT.done;
}

function statusLines({ sweeps, workers }: QueueStatus): readonly string[] {
  const number = (value: number): string => value.toLocaleString('en-US');
  const lines = [counted(sweeps.length, 'sweep')];
  for (const { id, name, cells, done, failed, at, code, isCancelled } of sweeps) {
    const parts = [`${number(done)} of ${counted(cells, 'cell')} done`];
    if (failed > 0) parts.push(`${number(failed)} failed`);
    if (isCancelled) parts.push('cancelled');
    lines.push(`  ${id}  ${name}: ${parts.join(', ')}; code ${code}, ${at}`);
  }
  lines.push(counted(workers.length, 'worker'));
  for (const { id, version, code, threads, takesModules, done, doing } of workers) {
    const modules = takesModules ? ', takes modules' : '';
    lines.push(
      `  ${id}: ${counted(threads, 'thread')}${modules}, ${counted(done, 'cell')} done; ${version}, code ${code}`,
    );
    for (const text of doing) lines.push(`    ${text}`);
  }
  return lines;
}
