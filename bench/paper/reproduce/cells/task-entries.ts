/** Entries that the deployment of a program writes. */
import { compiledAlone } from '../../../measure/updates/compiled-alone.js';
import type { PaperKey } from '../../../workloads/program-kind.js';
import { experimentPlane } from './fill.js';

export interface TaskEntriesCell {
  readonly kind: 'task-entries';
  readonly program: PaperKey;
}

export interface TaskEntries {
  /** In all tables, with 1,024 B of memory each. */
  readonly entries: number;
}

export async function taskEntries({ program }: TaskEntriesCell): Promise<TaskEntries> {
  return { entries: (await compiledAlone(program, experimentPlane())).entries.length };
}
