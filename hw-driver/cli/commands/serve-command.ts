/** `p4runpro serve`: an emulated switch behind BF Runtime, with ports by HTTP, UDP and captures. */
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { type DataPlane, defaultForwardEntry, type TableEntry, TOFINO_1 } from '../../../compiler/index.js';
import { Switch } from '../../../sim/index.js';
import { interruptible } from '../../../traces/system/index.js';
import { watchCaptures } from '../../server/ports/capture-folder.js';
import { serveUntil, thisLaunch } from '../../server/ports/launch.js';
import { serveHttp } from '../../server/ports/packet-http.js';
import { SwitchPorts } from '../../server/ports/switch-ports.js';
import { serveUdp } from '../../server/ports/udp-ports.js';
import { serveBfRuntime } from '../../server/server.js';
import { EXIT, loadDataPlane, UsageError, wholeNumber } from '../kit/command-line.js';
import { grpcFrom } from './grpc-options.js';
import type { ServeArguments } from './serve-options.js';
import { tlsFrom } from './tls-options.js';

const MOST_PORT = 65_535;

export async function serve(args: ServeArguments): Promise<number> {
  // What goes wrong with a connection is said once, below.
  setLogVerbosity(logVerbosity.NONE);
  const dataPlane = loadDataPlane(args.dataplane);
  const tls = tlsFrom(args);
  if (tls !== undefined && tls.key === undefined)
    throw new UsageError('--tls-ca needs --tls-certificate and --tls-key');
  const grpc = grpcFrom(args);
  const emulator = new Switch(dataPlane, { pipes: wholeNumber('--pipes', args.pipes, 1, TOFINO_1.pipes) });
  for (const entry of forwardings(args.forward, dataPlane)) emulator.apply({ kind: 'insertEntry', entry });
  const ports = new SwitchPorts(emulator);
  const running: { close(): Promise<void> }[] = [];
  const say = (message: string): void => void process.stdout.write(`${message}\n`);
  // Said when all of them are open: whoever waits for the first line may use the others too.
  const open: string[] = [];
  const start = async <Running extends { readonly port: number; close(): Promise<void> }>(
    what: string,
    listen: Promise<Running>,
  ): Promise<void> => {
    const server = await listen.catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`cannot listen on ${args.host} for ${what}: ${error.code ?? error.message}`);
    });
    running.push(server);
    open.push(`${what} on ${args.host}:${server.port}`);
  };
  try {
    const port = portOf('--port', args.port);
    const options = { host: args.host, port, p4Name: args.p4Name, tls, ...grpc, ports: ports.ports };
    await start(`BF Runtime (data plane ${dataPlane.name}, program ${args.p4Name})`, serveBfRuntime(emulator, options));
    if (args.http !== undefined) await start('HTTP', serveHttp(ports, args.host, portOf('--http', args.http)));
    if (args.udp !== undefined) await start('UDP', serveUdp(ports, args.host, portOf('--udp', args.udp)));
    if (args.pcapDir !== undefined) {
      running.push(watchFolder(ports, args.pcapDir, say));
      open.push(`captures in ${args.pcapDir}`);
    }
    for (const line of open) say(line);
    await interruptible((signal) => serveUntil(signal, thisLaunch()));
  } finally {
    for (const server of running.reverse()) await server.close();
  }
  say('stopped');
  return EXIT.done;
}

function watchFolder(ports: SwitchPorts, folder: string, say: (message: string) => void) {
  try {
    return watchCaptures(ports, folder, say);
  } catch (error) {
    throw new UsageError(`cannot use ${folder} for captures: ${(error as NodeJS.ErrnoException).code}`);
  }
}

const portOf = (option: string, text: string): number => wholeNumber(option, text, 0, MOST_PORT);

/** Default forwarding, once for a port. @throws {UsageError} */
function forwardings(pairs: readonly string[], dataPlane: DataPlane): TableEntry[] {
  const chosen = new Map<number, string>();
  return pairs.map((pair) => {
    const { entry, from } = forwarding(pair, dataPlane);
    const other = chosen.get(from);
    if (other !== undefined) throw new UsageError(`--forward ${other} and --forward ${pair} are of one port`);
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
