/** Kinds of traffic by name, with their parameters: units, ranges and defaults stand here, and nowhere else. */
import seedrandom from 'seedrandom';
import { keyRequests } from './key-requests.js';
import { frameSource } from './packet-frame.js';
import { fixedTime, type PacketStream, type TimedPacket } from './packet-stream.js';
import type { PacketTemplate } from './packet-template.js';
import { UDP_ECHO_PORT } from './payload.js';
import { tcpConnections } from './tcp-connections.js';
import { TrafficError } from './traffic-error.js';
import { PROTOCOL_TCP, PROTOCOL_UDP } from './validate-template.js';
import { Zipf } from './zipf.js';

/** A numeric parameter of a traffic source. */
export interface SourceParameter {
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly standard: number;
  readonly isWhole: boolean;
  readonly describe: string;
}

/** Kind of a traffic source. */
export type SourceKind = 'background' | 'flows' | 'cache' | 'keys' | 'tcp' | 'synflood';
type Values = Readonly<Record<string, number>>;

/** A kind of generated traffic with its parameters. */
export interface TrafficSource {
  readonly describe: string;
  readonly parameters: Readonly<Record<string, SourceParameter>>;
  /** @param random numbers from 0 to below 1 @param flowKey decides which addresses and ports flows have */
  readonly stream: (values: Values, random: () => number, flowKey: number) => PacketStream;
}

const whole = (
  unit: string,
  minimum: number,
  maximum: number,
  standard: number,
  describe: string,
): SourceParameter => ({
  unit,
  minimum,
  maximum,
  standard,
  isWhole: true,
  describe,
});
const real = (...given: Parameters<typeof whole>): SourceParameter => ({ ...whole(...given), isWhole: false });

const MAX_PORT = 511;
const RATE = real('packets/s', 0.001, 1e9, 10_000, 'fixed, evenly spaced');
const BYTES = whole('bytes', 60, 9000, 250, 'each frame, without frame check sequence');
const PORT = whole('port', 0, MAX_PORT, 0, 'switch port that the packets arrive at');
const EXPONENT = real('', 0, 4, 1, "Zipf's exponent; 0: all alike");
const DESTINATION = whole('UDP port', 0, 65535, UDP_ECHO_PORT, 'of the receivers');

const ECN = whole('', 0, 3, 0, 'ECN of the senders; 0: not capable, 1 and 2: capable, 3: marked');

const MAC = { destination: 0x020000000301, source: 0x020000000302 } as const;
/** A network of senders, whose low bits differ, and one receiver. */
const SENDERS = { base: 0x0a000000, hostMask: 0xff } as const;
const EVERYWHERE = { base: 0xc0000000, hostMask: 0x0fffffff } as const;
const RECEIVER = { base: 0x0a000005, hostMask: 0 } as const;
const FAR_RECEIVER = { base: 0xac100009, hostMask: 0 } as const;

const common = (port: number, bytes: number, flows: number) => ({
  ingressPort: port,
  ethernet: MAC,
  flows,
  frameBytes: { minimum: bytes, maximum: bytes },
});

/** A value that {@link trafficStream} has put in. */
const value = (values: Values, name: string): number => values[name] as number;

/** Frames at a fixed rate, each chosen on its own. */
function* atRate(packetsPerSecond: number, port: number, next: () => Uint8Array): Generator<TimedPacket, undefined> {
  for (let i = 0; ; i++) yield { nanoseconds: fixedTime(i, packetsPerSecond), ingressPort: port, bytes: next() };
}

const MAX_KEYS = 4096;
const CACHE_BYTES = 66;
const OP = { read: 1, write: 2 } as const;
const UNCACHED_KEY = 0x01000000;
const BITS_OF_MEGABIT = 1e6;

/** All traffic sources by kind. */
export const TRAFFIC_SOURCES: Readonly<Record<SourceKind, TrafficSource>> = {
  background: {
    describe: 'UDP from 10.0.0.0/24 at a fixed bit rate, all flows alike',
    parameters: {
      mbps: real('Mbit/s', 0.001, 1e6, 100, 'of frames without frame check sequence and gaps'),
      bytes: BYTES,
      flows: whole('flows', 1, 65536, 4096, 'distinct 5-tuples'),
      destination: DESTINATION,
      port: PORT,
      ecn: ECN,
    },
    stream: (values, random, flowKey) => {
      const [bytes, flows, port] = [value(values, 'bytes'), value(values, 'flows'), value(values, 'port')];
      const frames = frameSource(udpTemplate(port, bytes, flows, values), flowKey);
      const rate = (value(values, 'mbps') * BITS_OF_MEGABIT) / (8 * frames.bytes);
      return atRate(rate, port, () => frames.frame(Math.floor(random() * flows)));
    },
  },
  flows: {
    describe: "UDP from 10.0.0.0/24, flow sizes by Zipf's law",
    parameters: {
      rate: RATE,
      flows: whole('flows', 1, 65536, 1000, 'distinct 5-tuples'),
      exponent: EXPONENT,
      bytes: BYTES,
      destination: DESTINATION,
      port: PORT,
      ecn: ECN,
    },
    stream: (values, random, flowKey) => {
      const [flows, port] = [value(values, 'flows'), value(values, 'port')];
      const template = udpTemplate(port, value(values, 'bytes'), flows, values);
      const frames = frameSource(template, flowKey);
      const sizes = new Zipf(flows, value(values, 'exponent'));
      return atRate(value(values, 'rate'), port, () => frames.frame(sizes.rankOf(random())));
    },
  },
  cache: {
    describe: 'Requests to a cache at 10.0.0.5, by UDP; 1 reads and 2 writes (key1, key2)',
    parameters: {
      rate: RATE,
      hitrate: real('share', 0, 1, 0.6, 'of requests for a cached key'),
      cached: whole('keys', 1, MAX_KEYS, 1, 'key1 from firstkey on'),
      uncached: whole('keys', 1, MAX_KEYS, 1000, `key1 from ${UNCACHED_KEY} on`),
      exponent: EXPONENT,
      writes: real('share', 0, 1, 0, 'of requests that write'),
      firstkey: whole('key', 1, UNCACHED_KEY - MAX_KEYS, 0x8888, 'the first cached key1; key2 is 0'),
      destination: whole('UDP port', 0, 65535, 7777, '7777: cache, 7778: NetCache'),
      clients: whole('flows', 1, 65536, 100, 'distinct 5-tuples, all alike'),
      port: PORT,
    },
    stream: cacheRequests,
  },
  keys: {
    describe: "Requests for keys by Zipf's law to key-value servers from 10.0.0.5 on, each with a share of the keys",
    parameters: {
      rate: RATE,
      keys: whole('keys', 1, 1_000_000, 10_000, 'key1 from firstkey on, the most popular first; key2 is 0'),
      exponent: EXPONENT,
      servers: whole('servers', 1, 250, 1, 'addresses; a hash of the key says which server has it'),
      writes: real('share', 0, 1, 0, 'of requests that write'),
      firstkey: whole('key', 1, 2 ** 31, 0x8888, 'the first key1'),
      destination: whole('UDP port', 0, 65535, 7777, '7777: cache, 7778: NetCache'),
      clients: whole('flows', 1, 65536, 100, 'distinct 5-tuples, all alike'),
      port: PORT,
    },
    stream: (values, random, flowKey) =>
      keyRequests(
        {
          packetsPerSecond: value(values, 'rate'),
          keys: value(values, 'keys'),
          exponent: value(values, 'exponent'),
          servers: value(values, 'servers'),
          writes: value(values, 'writes'),
          firstKey: value(values, 'firstkey'),
          template: {
            ...common(value(values, 'port'), CACHE_BYTES, value(values, 'clients')),
            udp: { destinationPort: value(values, 'destination') },
          },
          source: EVERYWHERE,
          firstServer: RECEIVER.base,
        },
        random,
        flowKey,
      ),
  },
  tcp: {
    describe: 'TCP connections of clients in 10.1.0.0/16 with a server outside, from handshake to close',
    parameters: {
      rate: real('connections/s', 0.001, 1e6, 100, 'opened, a Poisson process'),
      packets: whole('packets', 0, 10_000, 10, 'with data, of each connection, in turns'),
      rtt: real('µs', 2, 1e7, 1000, 'round trip; a packet every half of it'),
      bytes: BYTES,
      resets: real('share', 0, 1, 0, 'of connections that end by RST; others end by FIN of both sides'),
      port: { ...PORT, describe: 'switch port of the clients' },
      serverport: { ...PORT, standard: 1, describe: 'switch port of the server' },
    },
    stream: (values, random) =>
      tcpConnections(
        {
          connectionsPerSecond: value(values, 'rate'),
          packets: value(values, 'packets'),
          roundTripNanoseconds: value(values, 'rtt') * 1000,
          frameBytes: value(values, 'bytes'),
          resets: value(values, 'resets'),
          clientPort: value(values, 'port'),
          serverPort: value(values, 'serverport'),
        },
        random,
      ),
  },
  synflood: {
    describe: 'SYN packets of forged sources to 10.0.0.5, port 443',
    parameters: {
      rate: { ...RATE, standard: 100_000 },
      sources: whole('sources', 1, 2 ** 24, 100_000, 'forged addresses and ports, all alike'),
      port: PORT,
    },
    stream: (values, random, flowKey) => {
      const [flows, port] = [value(values, 'sources'), value(values, 'port')];
      const frames = frameSource(
        {
          ...common(port, BYTES.minimum, flows),
          ipv4: { source: EVERYWHERE, destination: RECEIVER, protocol: PROTOCOL_TCP },
          tcp: { destinationPort: 443, flags: 2 },
        },
        flowKey,
      );
      return atRate(value(values, 'rate'), port, () => frames.frame(Math.floor(random() * flows)));
    },
  },
};

const udpTemplate = (port: number, bytes: number, flows: number, values: Values): PacketTemplate => ({
  ...common(port, bytes, flows),
  ipv4: { source: SENDERS, destination: FAR_RECEIVER, protocol: PROTOCOL_UDP, ecn: value(values, 'ecn') },
  udp: { destinationPort: value(values, 'destination') },
});

function cacheRequests(values: Values, random: () => number, flowKey: number): PacketStream {
  const [port, clients] = [value(values, 'port'), value(values, 'clients')];
  const [cached, uncached] = [value(values, 'cached'), value(values, 'uncached')];
  const popularity = {
    cached: new Zipf(cached, value(values, 'exponent')),
    uncached: new Zipf(uncached, value(values, 'exponent')),
  };
  const framesOf = (op: number, key: number) =>
    frameSource(
      {
        ...common(port, CACHE_BYTES, clients),
        ipv4: { source: EVERYWHERE, destination: RECEIVER, protocol: PROTOCOL_UDP },
        udp: { destinationPort: value(values, 'destination') },
        applicationWords: [op, key, 0, 0],
      },
      flowKey,
    );
  const known = new Map<string, ReturnType<typeof framesOf>>();
  return atRate(value(values, 'rate'), port, () => {
    const isHit = random() < value(values, 'hitrate');
    const rank = popularity[isHit ? 'cached' : 'uncached'].rankOf(random());
    const key = (isHit ? value(values, 'firstkey') : UNCACHED_KEY) + rank;
    const op = random() < value(values, 'writes') ? OP.write : OP.read;
    const name = `${op} ${key}`;
    const frames = known.get(name) ?? framesOf(op, key);
    known.set(name, frames);
    return frames.frame(Math.floor(random() * clients));
  });
}

/** Options of a traffic source. */
export interface SourceOptions {
  readonly kind: SourceKind;
  /** Parameters that differ from their defaults. */
  readonly values: Values;
}

/**
 * Traffic of one kind: same seed, same packets.
 * @throws TrafficError 'out-of-range' naming the parameter, also for one that the kind does not have
 */
export function trafficStream({ kind, values }: SourceOptions, seed: string): PacketStream {
  const { parameters, stream } = TRAFFIC_SOURCES[kind];
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(parameters, name)) continue;
    throw new TrafficError('out-of-range', kind, `has no '${name}'; it has ${Object.keys(parameters).join(', ')}`);
  }
  const complete = Object.entries(parameters).map(([name, parameter]): [string, number] => {
    const given = values[name] ?? parameter.standard;
    const { minimum, maximum, isWhole, unit } = parameter;
    if (!(given >= minimum && given <= maximum) || (isWhole && !Number.isInteger(given))) {
      const what = isWhole ? 'a whole number' : 'a number';
      const range = `${what} from ${minimum} to ${maximum}${unit === '' ? '' : ` ${unit}`}`;
      throw new TrafficError('out-of-range', `${kind}:${name}`, `${given} is not ${range}`);
    }
    return [name, given];
  });
  const random = seedrandom.alea(`${seed}/${kind}`);
  return stream(Object.fromEntries(complete), () => random(), random.int32());
}
