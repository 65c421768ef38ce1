/** A worker: computes cells of its own code from a queue, until it is stopped. */
import { hostname } from 'node:os';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Piscina } from 'piscina';
import { messageOf } from '../local/run-on-threads.js';
import { type CellResult, MAX_TRIES } from '../results/cell-result.js';
import { FileCache, LostFile } from './file-exchange.js';
import { moduleIn } from './module-names.js';
import { connect, queuePackages, redisSays } from './packages.js';
import type { QueueAddress } from './queue-address.js';
import { type CellJob, QUEUE_KINDS, QueueKeys, queueName, type SweepNote, type WorkerNote } from './queue-keys.js';
import { writeFailure, writeOnce } from './write-once.js';

export interface WorkerOptions {
  readonly address: QueueAddress;
  readonly threads: number;
  /** Time after which the cell of a worker that is gone is taken over. */
  readonly lockMs: number;
  readonly takesModules: boolean;
  readonly code: string;
  readonly version: string;
  /** Modules that compute cells, by kind of cell. */
  readonly runners: Readonly<Record<string, URL>>;
  readonly signal: AbortSignal;
  readonly onChange: (note: WorkerNote) => void;
  /** A line for the person who started the worker. */
  readonly onNotice: (text: string) => void;
}

const HEARTBEAT_MS = 1000;
const HEARTBEATS_KEPT = 10;
/** A cell that was begun this many times and never ended is taken to end its workers. */
const MAX_STARTS = 50;

/** @throws {QueueError} if the queue cannot be reached at the start */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const packages = await queuePackages();
  const redis = await connect(packages, options.address);
  const worker = new QueueWorker(redis, options);
  const kinds = options.takesModules ? QUEUE_KINDS : (['cells'] as const);
  const workers = kinds.map(
    (kind) =>
      new packages.Worker<CellJob>(queueName(kind, options.code), (job) => worker.compute(job), {
        connection: options.address.connection,
        prefix: options.address.prefix,
        concurrency: options.threads,
        lockDuration: options.lockMs,
        stalledInterval: options.lockMs,
        // Workers may be killed as often as they like; what kills them is counted by starts.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      }),
  );
  // Lost connections and cells that somebody else ended meanwhile: both mend themselves.
  for (const each of workers) each.on('error', () => undefined);
  try {
    await worker.live(options.signal);
  } finally {
    await close(workers, worker, redis);
  }
}

async function close(workers: readonly Worker[], worker: QueueWorker, redis: Redis): Promise<void> {
  await Promise.race([
    Promise.allSettled(workers.map((each) => each.close(true))),
    new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS).unref()),
  ]);
  await worker.close();
  redis.disconnect();
}

class QueueWorker {
  private readonly keys: QueueKeys;
  private readonly files: FileCache;
  private readonly pool: Piscina;
  private readonly doing = new Map<string, string>();
  private readonly refused = new Set<string>();
  private done = 0;
  private shownTrouble = '';
  private readonly id = `${hostname()}-${process.pid}`;

  constructor(
    private readonly redis: Redis,
    private readonly options: WorkerOptions,
  ) {
    this.keys = new QueueKeys(options.address.prefix);
    this.files = new FileCache(redis, this.keys);
    this.pool = new Piscina({ minThreads: options.threads, maxThreads: options.threads });
  }

  /** Computes a cell, unless it is done; what it throws is a failed try. */
  async compute({ data, attemptsMade }: Job<CellJob>): Promise<void> {
    const { key, text } = data;
    const { redis, keys } = this;
    if ((await redis.hexists(keys.results, key)) === 1) return;
    if ((await redis.hincrby(keys.starts, key, 1)) > MAX_STARTS) {
      await writeFailure(redis, keys, key, `it was begun ${MAX_STARTS} times, and each time its worker was lost`);
      return;
    }
    this.doing.set(key, text);
    this.changed();
    try {
      const result = await this.resultOf(data).catch((error: unknown) => this.failed(error, data, attemptsMade));
      if (result === undefined) return;
      const written = await this.untilWritten(() => writeOnce(redis, keys, key, result));
      if (written === 'differs') this.options.onNotice(`${text}: another result than before: a defect`);
      this.done++;
    } finally {
      this.doing.delete(key);
      this.changed();
    }
  }

  /** A file that is lost ends the job without a result, and the controller sends both again. @throws a failed try */
  private async failed(error: unknown, { key, files }: CellJob, attemptsMade: number): Promise<undefined> {
    if (error instanceof LostFile) return;
    const message = this.files.withNames(messageOf(error), files);
    if (attemptsMade + 1 >= MAX_TRIES) {
      await this.untilWritten(() => writeFailure(this.redis, this.keys, key, message));
    }
    throw error;
  }

  /** A Redis that is full or read only for some time costs no cell. */
  private async untilWritten<T>(write: () => Promise<T>): Promise<T> {
    const { signal } = this.options;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (signal.aborted) throw error;
        this.trouble(redisSays(error));
        await pause(HEARTBEAT_MS, signal);
      }
    }
  }

  /** Says once what keeps the worker from its work. */
  private trouble(text: string): void {
    if (text !== this.shownTrouble) this.options.onNotice(text);
    this.shownTrouble = text;
  }

  private async resultOf({ kind, cell, files, code }: CellJob): Promise<CellResult> {
    const { runners, code: own, version } = this.options;
    if (code !== own) throw new Error(`the cell is of code ${code}, and this worker has ${version}, code ${own}`);
    const runner = Object.hasOwn(runners, kind) ? runners[kind] : undefined;
    if (runner === undefined) throw new Error(`this worker computes no cells of kind ${kind}`);
    const { takesModules } = this.options;
    const places = await this.files.placesOf(files);
    const module = takesModules ? undefined : moduleIn(cell, places);
    if (module !== undefined) throw new Error(`${module} is a module, and this worker takes none`);
    return this.pool.run({ cell, places }, { filename: runner.href });
  }

  /** Says every second that it is alive, until the signal. */
  async live(signal: AbortSignal): Promise<void> {
    this.redis.on('close', () => {
      if (!signal.aborted) this.trouble('Redis is away; waiting for it');
    });
    const aborted = untilAborted(signal);
    while (!signal.aborted) {
      const beating = this.beat().then(
        () => this.isWell(),
        (error: unknown) => this.trouble(redisSays(error)),
      );
      // While Redis is away, so is everybody who could ask.
      await Promise.race([beating, aborted]);
      await pause(HEARTBEAT_MS, signal);
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
    this.files.close();
    await Promise.race([this.redis.del(this.keys.worker(this.id)), pause(HEARTBEAT_MS, undefined)]);
  }

  private get note(): WorkerNote {
    const { version, code, threads, takesModules } = this.options;
    return { id: this.id, version, code, threads, takesModules, done: this.done, doing: [...this.doing.values()] };
  }

  private changed(): void {
    this.options.onChange(this.note);
  }

  private async beat(): Promise<void> {
    const { redis, keys, id } = this;
    const seconds = (HEARTBEATS_KEPT * HEARTBEAT_MS) / 1000;
    await redis.set(keys.worker(id), JSON.stringify(this.note), 'EX', seconds);
    await redis.sadd(keys.workers, id);
    for (const text of await redis.hvals(keys.sweeps)) this.look(JSON.parse(text));
  }

  private isWell(): void {
    if (this.shownTrouble !== '') this.options.onNotice('Redis is back');
    this.shownTrouble = '';
  }

  /** Refuses a sweep of other code, with a line. */
  private look(sweep: SweepNote): void {
    const { code, version, onNotice } = this.options;
    if (sweep.code === code || sweep.done + sweep.failed >= sweep.cells || this.refused.has(sweep.code)) return;
    this.refused.add(sweep.code);
    onNotice(
      `refused: sweep ${sweep.name} is of version ${sweep.version}, code ${sweep.code}; ` +
        `this worker has version ${version}, code ${code}`,
    );
  }
}

/** Waits, or until the signal. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
    if (signal?.aborted === true) end();
  });
}

/** False, at the signal. */
export function untilAborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}
