/**
 * A controller: sends cells to a queue and collects their results. The list of cells is the sweep's own, and results are
 * on this machine's disk: what Redis forgets is sent again.
 */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { counted } from '../../../compiler/data-plane/counting.js';
import { must } from '../../../compiler/data-plane/must.js';
import { DomainError } from '../../../compiler/index.js';
import type { CellFailure, CellResult } from '../results/cell-result.js';
import { MAX_TRIES } from '../results/cell-result.js';
import { sendFiles } from './file-exchange.js';
import { listSweep } from './kept.js';
import { connect, type QueuePackages, queuePackages, redisSays } from './packages.js';
import type { QueueAddress } from './queue-address.js';
import { type CellJob, QueueKeys, type QueueKind, queueName, type SweepNote } from './queue-keys.js';
import { workersOf } from './queue-status.js';
import { pause, untilAborted } from './queue-worker.js';

/** A cell to be computed somewhere. */
export interface QueuedCell extends CellJob {
  /** Whether it has modules of users. */
  readonly hasModules: boolean;
}

export interface QueueRun {
  readonly address: QueueAddress;
  readonly cells: readonly QueuedCell[];
  /** Whether results that the queue has of these cells are forgotten. */
  readonly isFresh: boolean;
  /** Keys of all cells of the sweep, of which {@link cells} are those that are missing. */
  readonly keys: readonly string[];
  /** Hashes of the files that all its cells name. */
  readonly fileHashes: readonly string[];
  readonly sweep: Pick<SweepNote, 'id' | 'name' | 'version' | 'code'>;
  readonly signal: AbortSignal;
  readonly onDone: (key: string, result: CellResult) => void;
  readonly onFailed: (key: string, failure: CellFailure) => void;
  /** Workers in words, or that Redis is away. */
  readonly onWorkers: (text: string) => void;
  readonly onNotice: (text: string) => void;
}

/** How a run ended; `defects` are keys with two results. */
export interface QueueOutcome {
  readonly isCancelled: boolean;
  readonly defects: readonly string[];
}

const POLL_MS = 50;
const LOOK_MS = 1000;
const CHUNK = 500;

/** Resolves when all cells ended, or at the signal. @throws {QueueError} if the queue cannot be reached at the start */
export async function runThroughQueue(run: QueueRun): Promise<QueueOutcome> {
  const packages = await queuePackages();
  const redis = await connect(packages, run.address);
  const controller = new QueueController(packages, redis, run);
  try {
    return await controller.run();
  } finally {
    redis.removeAllListeners('close');
    await controller.close();
    redis.disconnect();
  }
}

class QueueController {
  private readonly keys: QueueKeys;
  private readonly queues: Readonly<Record<QueueKind, Queue>>;
  private readonly waiting: Map<string, QueuedCell>;
  private readonly refusing = new Set<string>();
  private last = '$';
  private failed = 0;
  private isStarted = false;

  constructor(
    { Queue }: QueuePackages,
    private readonly redis: Redis,
    private readonly options: QueueRun,
  ) {
    const { address, cells, sweep } = options;
    this.keys = new QueueKeys(address.prefix);
    this.waiting = new Map(cells.map((cell) => [cell.key, cell]));
    const queue = (kind: QueueKind) => {
      const made = new Queue(queueName(kind, sweep.code), {
        connection: address.connection,
        prefix: address.prefix,
      });
      made.on('error', () => undefined);
      return made;
    };
    redis.on('close', () => options.onWorkers('Redis is away'));
    this.queues = { cells: queue('cells'), modules: queue('modules') };
  }

  async run(): Promise<QueueOutcome> {
    const { signal } = this.options;
    let nextLook = 0;
    let isCancelled = false;
    const aborted = untilAborted(signal);
    while (this.waiting.size > 0 && !signal.aborted && !isCancelled) {
      const now = performance.now();
      const work = now >= nextLook ? this.look() : this.collectEnded().then(() => false);
      if (now >= nextLook) nextLook = now + LOOK_MS;
      // A Redis that is away answers nothing until it is back; an interrupt does not wait for that.
      isCancelled = await Promise.race([work.catch((error: unknown) => this.isRefused(error)), aborted]);
      await pause(POLL_MS, signal);
    }
    const defects = await Promise.race([isCancelled ? [] : this.end(), aborted.then(() => [])]);
    return { isCancelled, defects };
  }

  async close(): Promise<void> {
    const closing = Promise.allSettled(Object.values(this.queues).map((queue) => queue.close()));
    await Promise.race([closing, pause(LOOK_MS, undefined)]);
  }

  /** Shows what Redis says, which may go on later: it is full, or read only. @throws what is wrong on this machine */
  private isRefused(error: unknown): false {
    if (error instanceof DomainError) throw error;
    // What is still asked when the work is over is answered by its end.
    if (!this.options.signal.aborted) this.options.onWorkers(redisSays(error));
    return false;
  }

  /** Looks at everything; true if the sweep was cancelled. */
  private async look(): Promise<boolean> {
    const { redis, keys, options } = this;
    if (!this.isStarted) await this.begin();
    await listSweep(redis, keys, options);
    let nextNote = performance.now();
    for (const chunk of [[], ...this.chunks()]) {
      if ((await redis.sismember(keys.cancelled, options.sweep.id)) === 1) return this.takeOut();
      await this.collect(chunk);
      await this.send(chunk.filter((key) => this.waiting.has(key)));
      // A million cells take minutes to send.
      if (performance.now() < nextNote) continue;
      nextNote = performance.now() + LOOK_MS;
      await this.collectEnded();
      await this.note();
      await this.showWorkers();
    }
    return false;
  }

  /** Forgets what is to be computed again: cells that failed before, and with `isFresh` all. */
  private async begin(): Promise<void> {
    const { redis, keys, options } = this;
    await redis.srem(keys.cancelled, options.sweep.id);
    await this.note();
    const forgotten = options.isFresh ? [keys.failures, keys.results, keys.times, keys.defects] : [keys.failures];
    for (const chunk of this.chunks()) {
      for (const hash of forgotten) await redis.hdel(hash, ...chunk);
    }
    this.isStarted = true;
  }

  /** Takes out what this controller may have sent after the sweep was cancelled; what runs ends by itself. */
  private async takeOut(): Promise<true> {
    for (const chunk of this.chunks()) {
      const cells = chunk.map((key) => must(this.waiting.get(key), `cell ${key}`));
      await Promise.all(cells.map(({ key, hasModules }) => this.queues[hasModules ? 'modules' : 'cells'].remove(key)));
    }
    return true;
  }

  private *chunks(): Iterable<string[]> {
    const all = [...this.waiting.keys()];
    for (let i = 0; i < all.length; i += CHUNK) yield all.slice(i, i + CHUNK);
  }

  /** Sends the cells that Redis does not know. */
  private async send(names: readonly string[]): Promise<void> {
    const cells = names.map((key) => must(this.waiting.get(key), `cell ${key}`));
    for (const kind of ['cells', 'modules'] as const) {
      const own = cells.filter(({ hasModules }) => (hasModules ? 'modules' : 'cells') === kind);
      if (own.length === 0) continue;
      const queue = this.queues[kind];
      const asked = this.redis.pipeline();
      for (const { key } of own) asked.exists(queue.toKey(key));
      const known = await asked.exec();
      const missing = own.filter((_, i) => known?.[i]?.[1] !== 1);
      if (missing.length === 0) continue;
      await sendFiles(
        this.redis,
        this.keys,
        missing.flatMap(({ files }) => Object.values(files)),
      );
      await queue.addBulk(
        missing.map(({ hasModules: _, ...data }) => ({
          name: 'cell',
          data,
          opts: { jobId: data.key, attempts: MAX_TRIES, removeOnComplete: true, removeOnFail: true },
        })),
      );
    }
  }

  /** Collects what has ended since the last time. */
  private async collectEnded(): Promise<void> {
    const streams = await this.redis.xread('COUNT', CHUNK, 'STREAMS', this.keys.ended, this.last);
    if (streams === null) return;
    const entries = streams.flatMap(([, own]) => own);
    const ended = entries.flatMap(([id, [, key]]) => {
      this.last = id;
      return key !== undefined && this.waiting.has(key) ? [key] : [];
    });
    if (ended.length > 0) await this.collect([...new Set(ended)]);
    if (entries.length === CHUNK) await this.collectEnded();
  }

  private async collect(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    if (this.last === '$') {
      const [newest] = await this.redis.xrevrange(this.keys.ended, '+', '-', 'COUNT', 1);
      this.last = newest?.[0] ?? '0';
    }
    const { results, times, failures } = this.keys;
    const [fixed, timed, failed] = await Promise.all(
      [results, times, failures].map((hash) => this.redis.hmget(hash, ...names)),
    );
    for (const [i, key] of names.entries()) {
      const [result, time, message] = [fixed?.[i], timed?.[i], failed?.[i]];
      if (typeof result === 'string') {
        this.waiting.delete(key);
        this.options.onDone(key, { fixed: result, times: time ?? '{}' });
      } else if (typeof message === 'string') {
        this.waiting.delete(key);
        this.failed++;
        this.options.onFailed(key, { tries: MAX_TRIES, message });
      }
    }
  }

  /** Says what this sweep is. */
  private async note(): Promise<void> {
    const { keys: all, sweep } = this.options;
    const done = all.length - this.waiting.size - this.failed;
    const note: SweepNote = { ...sweep, cells: all.length, done, failed: this.failed, at: new Date().toISOString() };
    await this.redis.hset(this.keys.sweeps, sweep.id, JSON.stringify(note));
  }

  private async showWorkers(): Promise<void> {
    const { sweep, onWorkers, onNotice } = this.options;
    const workers = await workersOf(this.redis, this.keys);
    const own = workers.filter(({ code }) => code === sweep.code);
    for (const { id, version, code } of workers) {
      if (code === sweep.code || this.refusing.has(id)) continue;
      this.refusing.add(id);
      onNotice(`worker ${id} has version ${version}, code ${code}, and refuses cells of code ${sweep.code}`);
    }
    const needsModules = [...this.waiting.values()].some(({ hasModules }) => hasModules);
    if (needsModules && own.length > 0 && !own.some(({ takesModules }) => takesModules)) {
      onWorkers('no worker takes modules of users: bench worker --allow-modules');
      return;
    }
    const running = own.reduce((sum, { doing }) => sum + doing.length, 0);
    onWorkers(own.length === 0 ? 'no worker' : `${counted(own.length, 'worker')}, ${counted(running, 'cell')} running`);
  }

  /** What is to be said in the end, for which a Redis that is away is waited for. */
  private async end(): Promise<readonly string[]> {
    const { signal } = this.options;
    for (;;) {
      try {
        const defects = await this.defects();
        // A Redis that is full keeps no notes.
        await this.note().catch((error: unknown) => this.isRefused(error));
        return defects;
      } catch (error) {
        this.isRefused(error);
        await pause(LOOK_MS, signal);
        if (signal.aborted) return [];
      }
    }
  }

  private async defects(): Promise<readonly string[]> {
    const names = this.options.cells.map(({ key }) => key);
    const found: string[] = [];
    for (let i = 0; i < names.length; i += CHUNK) {
      const chunk = names.slice(i, i + CHUNK);
      const others = await this.redis.hmget(this.keys.defects, ...chunk);
      found.push(...chunk.filter((_, n) => typeof others[n] === 'string'));
    }
    return found;
  }
}
