/** The names of keys in Redis, and what stands there. */

/** Prefix and what comes after it. */
export class QueueKeys {
  /** Hash by key of a cell: the text that is equal for equal keys. */
  readonly results: string;
  /** Hash by key of a cell: times. */
  readonly times: string;
  /** Hash by key of a cell: why it failed; forgotten when a controller asks for the cell again. */
  readonly failures: string;
  /** Hash by key of a cell: another result than the first one. */
  readonly defects: string;
  /** Hash by key of a cell: how often it was begun without a result. */
  readonly starts: string;
  /** Stream of the keys of cells that ended. */
  readonly ended: string;
  /** Set of the ids of workers. */
  readonly workers: string;
  /** Hash by id of a sweep: {@link SweepNote}. */
  readonly sweeps: string;
  /** Set of the ids of sweeps that were cancelled. */
  readonly cancelled: string;

  constructor(private readonly prefix: string) {
    this.results = this.name('results');
    this.times = this.name('times');
    this.failures = this.name('failures');
    this.defects = this.name('defects');
    this.starts = this.name('starts');
    this.ended = this.name('ended');
    this.workers = this.name('workers');
    this.sweeps = this.name('sweeps');
    this.cancelled = this.name('cancelled');
  }

  /** What a worker does: {@link WorkerNote}, for as long as it is alive. */
  worker(id: string): string {
    return this.name(`worker:${id}`);
  }

  /** Keys of the cells of a sweep, as bytes one after another. */
  cellsOf(sweep: string): string {
    return this.name(`cells-of:${sweep}`);
  }

  /** Set of the hashes of the files of a sweep. */
  filesOf(sweep: string): string {
    return this.name(`files-of:${sweep}`);
  }

  /** Contents of a file. */
  file(hash: string): string {
    return this.name(`file:${hash}`);
  }

  /** All names, for SCAN. */
  get pattern(): string {
    return this.name('*');
  }

  private name(end: string): string {
    return `${this.prefix}:${end}`;
  }
}

/** Queues: of cells that anybody with the code computes, and of those with modules of users. */
export const QUEUE_KINDS = ['cells', 'modules'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** A worker of other code looks at other queues. */
export const queueName = (kind: QueueKind, code: string): string => `${kind}-${code}`;

/** A file of a cell, by hash. */
export interface SentFile {
  readonly hash: string;
  readonly bytes: number;
  /** Where it is on the machine of the controller. */
  readonly path: string;
}

/** What a worker is sent. */
export interface CellJob {
  readonly key: string;
  /** Which code computes it. */
  readonly kind: string;
  readonly cell: unknown;
  /** In words, for displays. */
  readonly text: string;
  readonly files: Readonly<Record<string, SentFile>>;
  readonly code: string;
  /** Id of the sweep that sent it. */
  readonly sweep: string;
}

/** A worker as it describes itself. */
export interface WorkerNote {
  readonly id: string;
  readonly version: string;
  readonly code: string;
  readonly threads: number;
  readonly takesModules: boolean;
  readonly done: number;
  readonly doing: readonly string[];
}

/** A sweep as its controller describes it. */
export interface SweepNote {
  readonly id: string;
  /** Name of its file. */
  readonly name: string;
  readonly cells: number;
  readonly done: number;
  readonly failed: number;
  readonly version: string;
  readonly code: string;
  /** Time of the last change, ISO 8601. */
  readonly at: string;
}

/** Longer files do not travel: they have to lie on workers under the same path. */
export const MAX_SENT_BYTES = 32 * 1024 * 1024;
