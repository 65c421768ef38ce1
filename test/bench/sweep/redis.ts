/** A Redis of the tests' own: loopback, a free port, nothing on disk. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket, createServer } from 'node:net';
import type { ExternalProgram } from '../../external.js';

const SERVERS = ['redis-server', 'valkey-server'];
const server = SERVERS.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);

export const REDIS: ExternalProgram = { name: 'redis-server', isInstalled: server !== undefined };

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server on loopback has a port');
  return address.port;
}

/** A server that is killed when the standard input closes, as it does when the test's process is killed. */
const UNTIL_CLOSED = '"$0" "$@" & read -r _; kill -9 $!; wait';

const ASK_MS = 20;
const PATIENCE_MS = 20_000;

export class TestRedis {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly options: readonly string[],
  ) {}

  static async start(...options: readonly string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), options);
    await redis.begin();
    return redis;
  }

  /** Starts it again at the same port; it has forgotten all. */
  async begin(): Promise<void> {
    const only = ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no'];
    const words = [String(server), ...only, ...this.options];
    this.process = spawn('sh', ['-c', UNTIL_CLOSED, ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
    const start = performance.now();
    while (!(await answers(this.port))) {
      if (performance.now() - start > PATIENCE_MS) throw new Error('redis-server does not answer');
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }

  async kill(): Promise<void> {
    const { process } = this;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    process.stdin?.end();
    await once(process, 'exit');
  }

  address(prefix: string, user = ''): string {
    return `redis://${user}127.0.0.1:${this.port}/${prefix}`;
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectSocket({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
