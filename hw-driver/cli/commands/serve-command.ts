/** `p4runpro serve`: an emulated switch behind BF Runtime, with ports by HTTP, UDP and captures. */

import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import type { Argv } from 'yargs';
import { chipOf, type DataPlane, defaultForwardEntry, type TableEntry } from '../../../compiler/index.js';
import { Switch, seedOfText } from '../../../sim/index.js';
import { interruptible } from '../../../traces/system/index.js';
import { errorCode } from '../../../traces/system/reason.js';
import { BF_RUNTIME_PORT, P4_NAME } from '../../bfruntime/table-schema.js';
import { readNetwork } from '../../network/index.js';
import { linkedSwitches } from '../../server/linked-switches.js';
import { serveMetrics } from '../../server/metrics/metrics-http.js';
import { SwitchMetrics } from '../../server/metrics/switch-metrics.js';
import { watchCaptures } from '../../server/ports/capture-folder.js';
import { serveUntil, thisLaunch } from '../../server/ports/launch.js';
import { serveHttp } from '../../server/ports/packet-http.js';
import { SwitchPorts } from '../../server/ports/switch-ports.js';
import { serveUdp } from '../../server/ports/udp-ports.js';
import { serveBfRuntime } from '../../server/server.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { loadDataPlane, wholeNumber } from '../kit/inputs.js';
import { DATA_PLANE_OPTION } from '../kit/shared-options.js';
import { GRPC_OPTIONS, grpcFrom } from './grpc-options.js';
import { TLS_OPTIONS, tlsFrom } from './tls-options.js';

const MAX_PORT = 65_535;

const serveOptions = (yargs: Argv) =>
  yargs
    .option('port', {
      type: 'string',
      default: String(BF_RUNTIME_PORT),
      describe: 'TCP port of BF Runtime; 0 picks a free one',
    })
    .option('host', {
      type: 'string',
      default: '127.0.0.1',
      describe: 'Address to listen on; without --tls-ca, anyone who can connect to it controls the switch',
    })
    .options(DATA_PLANE_OPTION)
    .option('p4-name', { type: 'string', default: P4_NAME, describe: 'Name of the P4 program that clients bind' })
    .option('http', {
      type: 'string',
      describe: 'TCP port for frames by HTTP: POST /packets, GET /ports',
      defaultDescription: 'none',
    })
    .option('udp', {
      type: 'string',
      describe: 'UDP port for frames, each after two bytes with its port',
      defaultDescription: 'none',
    })
    .option('pcap-dir', {
      type: 'string',
      describe:
        'Folder DIR for captures, made if missing: those put into DIR/in are processed, what leaves is written to DIR/out',
    })
    .option('pipes', {
      type: 'string',
      default: '1',
      describe: 'Number of pipes, each with its own registers; port p belongs to pipe floor(p / 128)',
    })
    .option('seed', { type: 'string', default: '1', describe: 'Seed of the numbers that RANDOM draws' })
    .option('metrics', { type: 'string', describe: 'Port for Prometheus by HTTP: GET /metrics' })
    .option('count-hits', {
      type: 'boolean',
      default: false,
      describe: 'Count the packets that hit each entry: for p4runpro show --hits and GET /metrics?entries=1; slower',
    })
    .option('forward', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'none',
      describe: 'Default forwarding IN:OUT: packets of port IN that no program forwards go to port OUT (repeatable)',
    })
    .option('network', {
      type: 'string',
      describe:
        'Network file: all its switches run with their forwarding, the first at --port and --http, the others at the ' +
        'next ports; frames go over its links. Programs, hosts, delays and events are left out',
      defaultDescription: 'one switch',
    })
    .options(GRPC_OPTIONS)
    .options(TLS_OPTIONS)
    .epilogue(
      'The command runs until SIGINT, SIGTERM or SIGHUP or, if npx started it, until npx has ended. It prints the ports on ' +
        'which it listens to standard output. TLS protects BF Runtime alone: it ' +
        'needs --tls-certificate and --tls-key; with --tls-ca, clients need a certificate as well.',
    )
    .example(
      '$0 serve --http 8080 --forward 1:2',
      'A switch that takes programs by BF Runtime and frames by POST /packets',
    )
    .example('$0 serve --pcap-dir ports', 'A switch that processes captures put into ports/in');

type ServeArguments = ArgumentsOf<typeof serveOptions>;

/** Wall clock time in nanoseconds, which goes on steadily from when the command starts. */
function wallClock(): () => bigint {
  const start = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return () => start + process.hrtime.bigint();
}

async function serve(args: ServeArguments): Promise<number> {
  // Errors of a connection are reported once, below, and not by the gRPC library as well.
  setLogVerbosity(logVerbosity.NONE);
  if (args.network !== undefined) return serveNetwork(args, args.network);
  const dataPlane = loadDataPlane(args.dataplane);
  const tls = tlsFrom(args);
  if (tls !== undefined && tls.key === undefined)
    throw new UsageError('--tls-ca needs --tls-certificate and --tls-key');
  const grpc = grpcFrom(args);
  const emulator = new Switch(dataPlane, {
    pipes: wholeNumber('--pipes', args.pipes, 1, chipOf(dataPlane).pipes),
    countsHits: args.countHits,
    seed: seedOfText(args.seed),
  });
  for (const entry of forwardings(args.forward, dataPlane)) emulator.apply({ kind: 'insertEntry', entry });
  const ports = new SwitchPorts(emulator, undefined, wallClock());
  const metrics = new SwitchMetrics(emulator, ports);
  const listening = new Listening(args.host);
  const start = listening.start.bind(listening);
  try {
    const options = {
      host: args.host,
      p4Name: args.p4Name,
      tls,
      ...grpc,
      ports: ports.ports,
      onWrite: metrics.onWrite,
    };
    ports.onPacket = metrics.onPacket;
    const runtime = `BF Runtime (data plane ${dataPlane.name}, program ${args.p4Name})`;
    await start(runtime, portOf('--port', args.port), (port) => serveBfRuntime(emulator, { ...options, port }));
    if (args.http !== undefined) {
      await start('HTTP', portOf('--http', args.http), (port) => serveHttp(ports, args.host, port));
    }
    if (args.udp !== undefined) {
      await start('UDP', portOf('--udp', args.udp), (port) => serveUdp(ports, args.host, port));
    }
    if (args.metrics !== undefined) {
      await start('metrics by HTTP', portOf('--metrics', args.metrics), (port) =>
        serveMetrics(metrics, args.host, port),
      );
    }
    if (args.pcapDir !== undefined) {
      listening.add(watchFolder(ports, args.pcapDir, say), `captures in ${args.pcapDir}`);
    }
    await listening.untilEnd();
  } finally {
    await listening.close();
  }
  say('stopped');
  return EXIT.done;
}

/** @param path of the network file */
async function serveNetwork(args: ServeArguments, path: string): Promise<number> {
  const ofOneSwitch = { '--udp': args.udp, '--pcap-dir': args.pcapDir, '--metrics': args.metrics };
  for (const [option, given] of Object.entries(ofOneSwitch)) {
    if (given !== undefined) throw new UsageError(`${option} is for one switch, not for --network`);
  }
  if (args.pipes !== '1' || args.forward.length > 0) {
    throw new UsageError('--network cannot be combined with --pipes and --forward: the file has the forwarding');
  }
  const switches = await linkedSwitches(readNetwork(path), { countsHits: args.countHits, clock: wallClock() });
  const tls = tlsFrom(args);
  const grpc = grpcFrom(args);
  const listening = new Listening(args.host);
  // Each switch at the next port; 0 picks a free one for each.
  const next = (option: string, text: string, n: number): number => {
    const first = portOf(option, text);
    return first === 0 ? 0 : portOf(option, String(first + n));
  };
  try {
    for (const [n, { name, emulator, ports }] of switches.entries()) {
      const options = { host: args.host, p4Name: args.p4Name, tls, ...grpc, ports: ports.ports };
      const runtime = `BF Runtime of ${name} (data plane ${emulator.dataPlane.name}, program ${args.p4Name})`;
      await listening.start(runtime, next('--port', args.port, n), (port) =>
        serveBfRuntime(emulator, { ...options, port }),
      );
      if (args.http === undefined) continue;
      await listening.start(`HTTP of ${name}`, next('--http', args.http, n), (port) =>
        serveHttp(ports, args.host, port),
      );
    }
    await listening.untilEnd();
  } finally {
    await listening.close();
  }
  say('stopped');
  return EXIT.done;
}

export const serveCommand = command(serveOptions, serve);

function watchFolder(ports: SwitchPorts, folder: string, say: (message: string) => void) {
  try {
    return watchCaptures(ports, folder, say);
  } catch (error) {
    throw new UsageError(`cannot use ${folder} for captures: ${errorCode(error)}`);
  }
}

const say = (message: string): void => void process.stdout.write(`${message}\n`);

/** Servers that have been opened, which end together. */
class Listening {
  private readonly running: { close(): Promise<void> }[] = [];
  private readonly opened: string[] = [];

  constructor(private readonly host: string) {}

  /** @throws {UsageError} if the port cannot be listened on */
  async start<Running extends { readonly port: number; close(): Promise<void> }>(
    what: string,
    port: number,
    listen: (port: number) => Promise<Running>,
  ): Promise<void> {
    const server = await listen(port).catch((error: Error) => {
      throw new UsageError(`cannot listen on ${this.host} for ${what}: ${listenProblem(error, port)}`);
    });
    this.add(server, `${what} on ${this.host}:${server.port}`);
  }

  /** @param line printed when all are open, so that a script that waits for the first can use the others too */
  add(server: { close(): Promise<void> }, line: string): void {
    this.running.push(server);
    this.opened.push(line);
  }

  async untilEnd(): Promise<void> {
    for (const line of this.opened) say(line);
    await interruptible((signal) => serveUntil(signal, thisLaunch()));
  }

  async close(): Promise<void> {
    for (const server of this.running.reverse()) await server.close();
  }
}

/** Why a server cannot listen; gRPC has the code of the system in its message only. */
function listenProblem(error: Error, port: number): string {
  const code = errorCode(error) ?? /\bE[A-Z]{3,}\b/.exec(error.message)?.[0];
  return code === 'EADDRINUSE' ? `port ${port} is in use` : (code ?? error.message);
}

const portOf = (option: string, text: string): number => wholeNumber(option, text, 0, MAX_PORT);

/** Entries of default forwarding, at most one for each ingress port. @throws {UsageError} */
function forwardings(pairs: readonly string[], dataPlane: DataPlane): TableEntry[] {
  const chosen = new Map<number, string>();
  return pairs.map((pair) => {
    const { entry, from } = forwarding(pair, dataPlane);
    const other = chosen.get(from);
    if (other !== undefined)
      throw new UsageError(`--forward ${other} and --forward ${pair} have the same ingress port: give one of them`);
    chosen.set(from, pair);
    return entry;
  });
}

function forwarding(pair: string, dataPlane: DataPlane): { readonly from: number; readonly entry: TableEntry } {
  const [, ingress, to] = /^(\d+):(\d+)$/.exec(pair) ?? [];
  if (ingress === undefined || to === undefined) throw new UsageError(`--forward takes IN:OUT, not '${pair}'`);
  const most = 2 ** dataPlane.description.ports.width - 1;
  const egress = wholeNumber('--forward', to, 0, most);
  const inward = dataPlane.inwardPort(egress);
  if (inward !== undefined) {
    throw new UsageError(`--forward ${pair}: port ${egress} is the ${inward} port, by which no packet leaves`);
  }
  const from = wholeNumber('--forward', ingress, 0, most);
  return { from, entry: defaultForwardEntry(dataPlane, from, egress) };
}
