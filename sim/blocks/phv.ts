/** The packet header vector: what the pipe carries along with one packet. One object serves all packets of a switch without time. */

/** Indices into {@link Phv.registers}; the saved copies follow the registers. */
export const HAR = 0;
export const SAR = 1;
export const MAR = 2;
export const SAVED = 3;

/** The egress port of a packet that nobody has forwarded yet, on data planes without a discard port. */
export const NO_PORT = -1;

/** From here on an egress port stands for a group to which the packet is copied: behind all numbers of ports. */
export const FIRST_GROUP = 2 ** 16;

export class Phv {
  /** The buffer that the packet lies in; headers are read and written in place. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The same buffer, for fields of several bytes. */
  view: DataView = new DataView(this.bytes.buffer);
  packetStart = 0;
  packetEnd = 0;
  /** By header index: where the header starts in {@link bytes}, or -1 for a header that the packet lacks. */
  readonly headerStart: Int32Array;
  /** har, sar, mar and their saved copies. */
  readonly registers = new Uint32Array(6);
  programId = 0;
  /** The branch id. */
  branch = 0;
  /** The recirculation id: 0 on the first pass. */
  pass = 0;
  physicalAddress = 0;
  saluFlag = 0;
  ingressPort = 0;
  /** Number of the packet among all that came in, modulo 2^32; the same on all passes. */
  arrival = 0;
  /** When it came to the port of this pass: nanoseconds, modulo 2^32. */
  timestamp = 0;
  /** Bytes that it had on the wire, modulo 2^16. */
  packetLength = 0;
  /** The egress port, {@link NO_PORT}, or {@link FIRST_GROUP} and the number of a group. */
  egressPort = NO_PORT;
  dropped = false;
  /** Whether the packet goes to the recirculation port after this ingress. */
  recirculates = false;
  /** Whether IPv4 header bytes changed, so that the deparser owes a checksum. */
  ipv4Changed = false;
  /** Sum of the 16-bit words of the IPv4 header, after less before. */
  ipv4Delta = 0;
  /** Sum of the 16-bit words that the transport checksum covers, after less before. */
  transportDelta = 0;
  /** Nanoseconds in the queue, and cells queued on arrival, as the egress sees them. */
  dequeueDelta = 0;
  queueDepth = 0;
  /** Of a copy: the replication id of its node, and its number among the copies of the packet. 0 for other packets. */
  replicationId = 0;
  copy = 0;

  constructor(headerCount: number) {
    this.headerStart = new Int32Array(headerCount).fill(-1);
  }

  /** Ready for a packet's first pass. */
  begin(bytes: Uint8Array, start: number, end: number, ingressPort: number): void {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.packetStart = start;
    this.packetEnd = end;
    const { registers } = this;
    for (let i = 0; i < registers.length; i++) registers[i] = 0;
    this.programId = 0;
    this.branch = 0;
    this.pass = 0;
    this.physicalAddress = 0;
    this.saluFlag = 0;
    this.ingressPort = ingressPort;
    this.egressPort = NO_PORT;
    this.dropped = false;
    this.recirculates = false;
    this.ipv4Changed = false;
    this.ipv4Delta = 0;
    this.transportDelta = 0;
    this.dequeueDelta = 0;
    this.queueDepth = 0;
    this.replicationId = 0;
    this.copy = 0;
  }

  /** As another packet is, whose bytes are also at `start` of `bytes`. */
  takeOver(other: Phv, bytes: Uint8Array, start: number): void {
    this.begin(bytes, start, start + other.packetEnd - other.packetStart, other.ingressPort);
    const moved = start - other.packetStart;
    const { headerStart, registers } = this;
    for (let i = 0; i < headerStart.length; i++) {
      const from = other.headerStart[i] as number;
      headerStart[i] = from < 0 ? from : from + moved;
    }
    for (let i = 0; i < registers.length; i++) registers[i] = other.registers[i] as number;
    this.arrival = other.arrival;
    this.timestamp = other.timestamp;
    this.packetLength = other.packetLength;
    this.programId = other.programId;
    this.branch = other.branch;
    this.pass = other.pass;
    this.physicalAddress = other.physicalAddress;
    this.saluFlag = other.saluFlag;
    this.ipv4Changed = other.ipv4Changed;
    this.ipv4Delta = other.ipv4Delta;
    this.transportDelta = other.transportDelta;
  }
}
