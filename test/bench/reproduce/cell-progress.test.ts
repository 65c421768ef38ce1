/** What `bench reproduce` writes to a pipe while it computes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cellProgress } from '../../../bench/cli/report/cell-progress.js';
import { CellStore } from '../../../bench/paper/reproduce/cell-store.js';
import type { Cell } from '../../../bench/paper/reproduce/cells/cell.js';
import { runCells } from '../../../bench/paper/reproduce/run-cells.js';
import { StatusLine } from '../../../hw-driver/index.js';
import { withFolder } from '../../command-line.js';

const DELAY = {
  kind: 'peer-delay',
  workload: 'lb',
  memoryBytes: 1024,
  blocks: 368,
  books: 'runs',
  arrivals: 2,
  seed: '1',
} as const;

test('a line for each cell: those that measure time come last, in their order', () =>
  withFolder(async (folder) => {
    let text = '';
    const write = (part: string): boolean => {
      text += part;
      return true;
    };
    const status = new StatusLine({ isTTY: false, write }, () => 0);
    const cells: readonly Cell[] = [
      { ...DELAY, repeat: 0 },
      { kind: 'sketch', dataPlane: 'default', flows: 64, buckets: 256, rows: 2, seed: '1' },
      { ...DELAY, repeat: 1 },
    ];
    const store = new CellStore(folder, 'code');
    const { signal } = new AbortController();
    await runCells({ cells, workers: 1, store, signal, onProgress: cellProgress(status) });
    status.stop();
    const words = 'peer-delay, workload lb, memoryBytes 1024, blocks 368, books runs, arrivals 2, seed 1';
    const sketch = 'sketch, dataPlane default, flows 64, buckets 256, rows 2, seed 1';
    assert.is(
      text,
      `1 of 3 cells: ${sketch}, after 0 s\n2 of 3 cells: ${words}, repeat 0, after 0 s\n3 of 3 cells: ${words}, repeat 1, after 0 s\n`,
    );
  }));

test.run();
