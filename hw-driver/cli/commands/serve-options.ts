/** Options of `p4runpro serve`, apart from what serves: that loads gRPC. */
import type { Argv } from 'yargs';
import { BF_RUNTIME_PORT, P4_NAME } from '../../bfruntime/table-schema.js';
import { GRPC_OPTIONS, type GrpcArguments } from './grpc-options.js';
import { TLS_OPTIONS, type TlsArguments } from './tls-options.js';

export const serveOptions = (yargs: Argv) =>
  yargs
    .option('port', { type: 'string', default: String(BF_RUNTIME_PORT), describe: 'Of BF Runtime; 0: any free one' })
    .option('host', {
      type: 'string',
      default: '127.0.0.1',
      describe: 'Address to listen on; without --tls-ca, whoever reaches it controls the switch',
    })
    .option('dataplane', { type: 'string', default: 'default', describe: 'Data plane: a name, or a JSON file' })
    .option('p4-name', { type: 'string', default: P4_NAME, describe: 'Name of the program that clients bind' })
    .option('http', { type: 'string', describe: 'Port for frames by HTTP: POST /packets, GET /ports' })
    .option('udp', { type: 'string', describe: 'Port for frames by UDP: two bytes of port, then the frame' })
    .option('pcap-dir', {
      type: 'string',
      describe: 'Folder: captures put into DIR/in are run, and come out in DIR/out',
    })
    .option('pipes', {
      type: 'string',
      default: '1',
      describe: 'Pipes of the switch, each with registers of its own; a port belongs to pipe (port / 128)',
    })
    .option('forward', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'IN:OUT, where packets go that no program forwards (repeatable)',
    })
    .options(GRPC_OPTIONS)
    .options(TLS_OPTIONS)
    .requiresArg(['port', 'host', 'dataplane', 'p4-name', 'http', 'udp', 'pcap-dir', 'pipes', 'forward'])
    .epilogue(
      'It serves until SIGINT, SIGTERM or SIGHUP, or, started by npx, until npx has ended. Ports of 0 are any free ones; standard output says which. TLS is for BF Runtime: it ' +
        'takes a certificate and its key; with --tls-ca, clients need a certificate too.',
    )
    .example('$0 serve --http 8080 --forward 1:2', 'A switch to deploy to, and a frame to send: POST /packets')
    .example('$0 serve --pcap-dir ports', 'Runs captures');

export interface ServeArguments extends GrpcArguments, TlsArguments {
  readonly port: string;
  readonly host: string;
  readonly dataplane: string;
  readonly p4Name: string;
  readonly http: string | undefined;
  readonly udp: string | undefined;
  readonly pcapDir: string | undefined;
  readonly pipes: string;
  readonly forward: readonly string[];
}
