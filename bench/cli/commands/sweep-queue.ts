/** `bench sweep status`, `cancel` and `forget`. */
import { counted } from '../../../compiler/data-plane/counting.js';
import { EXIT } from '../../../hw-driver/index.js';
import type { Kept } from '../../sweep/queue/kept.js';
import type { QueueAddress } from '../../sweep/queue/queue-address.js';
import { cancelSweep, forgetAll, forgetSweep, type QueueStatus, queueStatus } from '../../sweep/queue/queue-status.js';

/** Shows the sweeps and the workers of a queue. @throws {QueueError} */
export async function showQueue(address: QueueAddress, asJson: boolean): Promise<number> {
  const status = await queueStatus(address);
  process.stdout.write(asJson ? `${JSON.stringify(status, null, 1)}\n` : `${statusLines(status).join('\n')}\n`);
  return EXIT.done;
}

/** Ends a sweep. @throws {QueueError} */
export async function endSweep(address: QueueAddress, id: string): Promise<number> {
  const removed = await cancelSweep(address, id);
  if (removed === undefined) return noSuchSweep(address, id);
  process.stdout.write(`sweep ${id} is cancelled: ${counted(removed, 'cell')} taken out of the queue\n`);
  return EXIT.done;
}

/** Forgets a sweep, or all. @throws {QueueError} */
export async function forget(address: QueueAddress, id: string | undefined): Promise<number> {
  const results = id === undefined ? await forgetAll(address) : await forgetSweep(address, id);
  if (results === undefined) return noSuchSweep(address, id);
  const what = id === undefined ? 'all sweeps are' : `sweep ${id} is`;
  process.stdout.write(`${what} forgotten: ${counted(results, 'result')}\n`);
  return EXIT.done;
}

function noSuchSweep({ shown }: QueueAddress, id: string | undefined): number {
  process.stderr.write(`bench: there is no sweep '${id}' in ${shown}; bench sweep status lists them\n`);
  return EXIT.badInput;
}

const BYTES_PER_MB = 1e6;
const megabytes = (bytes: number): string =>
  `${(bytes / BYTES_PER_MB).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;

function keptLine({ results, resultBytes, files, fileBytes }: Kept): string {
  const memory = resultBytes === null ? '' : ` (${megabytes(resultBytes)})`;
  return `kept: ${counted(results, 'result')}${memory}, ${counted(files, 'file')} (${megabytes(fileBytes)})`;
}

function statusLines({ sweeps, workers, kept }: QueueStatus): readonly string[] {
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
  lines.push(keptLine(kept));
  return lines;
}
