/** A sweep through a queue. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { must } from '../../../compiler/data-plane/must.js';
import { packageVersion } from '../../../traces/system/package-root.js';
import { cellText } from '../cell/cell.js';
import { packagesOf } from '../cell/module-bundle.js';
import type { KeyedCell, PlannedSweep } from '../cell/sweep-cells.js';
import type { LocalSweep } from '../local/run-sweep.js';
import { type QueueAddress, QueueError } from './queue-address.js';
import { type QueuedCell, type QueueOutcome, type QueueRun, runThroughQueue } from './queue-controller.js';
import type { SentFile } from './queue-keys.js';

export interface QueuedSweep
  extends Omit<LocalSweep, 'workers' | 'onStart'>,
    Pick<QueueRun, 'isFresh' | 'onWorkers' | 'onNotice'> {
  readonly address: QueueAddress;
  /** Of the sweep file. */
  readonly path: string;
  readonly code: string;
}

/** The kind of cells that sweeps send; a worker has the module that computes them. */
export const SWEEP_KIND = 'sweep';

const ID_CHARACTERS = 12;

/** The id of a list of cells: two controllers of one sweep have the same. */
export const sweepId = (keys: readonly string[]): string =>
  createHash('sha256')
    .update([...keys].sort().join('\n'))
    .digest('hex')
    .slice(0, ID_CHARACTERS);

/** Computes the cells that the store does not have on the workers of a queue. @throws {QueueError} */
export function runQueuedSweep(run: QueuedSweep): Promise<QueueOutcome> {
  const { sweep, store, code, address, path, signal, isFresh, onDone, onFailed, onWorkers, onNotice } = run;
  refusePackages(sweep);
  const id = sweepId(sweep.cells.map(({ key }) => key));
  const byKey = new Map(sweep.cells.map((each) => [each.key, each]));
  const cellOf = (key: string): KeyedCell => must(byKey.get(key), `cell ${key}`);
  return runThroughQueue({
    address,
    isFresh,
    keys: sweep.cells.map(({ key }) => key),
    fileHashes: [...sweep.files.values()].map(({ hash }) => hash),
    cells: sweep.cells.filter(({ key }) => store.get(key) === undefined).map((each) => queued(each, sweep, code, id)),
    sweep: { id, name: basename(path), version: packageVersion, code },
    signal,
    onDone: (key, result) => {
      store.put(key, result);
      onDone(cellOf(key));
    },
    onFailed: (key, failure) => onFailed(cellOf(key), failure),
    onWorkers,
    onNotice,
  });
}

function queued({ key, cell }: KeyedCell, { axes, files }: PlannedSweep, code: string, sweep: string): QueuedCell {
  const named = Object.keys(cell.files).map((name) => ({ name, file: must(files.get(name), `file ${name}`) }));
  const sent = named.map(({ name, file: { hash, bytes, path } }): [string, SentFile] => [name, { hash, bytes, path }]);
  return {
    key,
    kind: SWEEP_KIND,
    cell,
    text: cellText(cell, axes),
    files: Object.fromEntries(sent),
    code,
    sweep,
    hasModules: named.some(({ file }) => file.isModule),
  };
}

/** What a module imports by relative paths travels with it, and packages do not. @throws {QueueError} before anything is sent */
function refusePackages({ files }: PlannedSweep): void {
  for (const [name, { path, isModule }] of files) {
    const [packageName] = isModule ? packagesOf(path) : [];
    if (packageName === undefined) continue;
    throw new QueueError(
      `${name} imports the package ${packageName}, and packages do not travel to workers: bundle it into the module, ` +
        'as esbuild --bundle does',
    );
  }
}
