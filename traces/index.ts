/** Packets in batches, from capture files and from a generator, and back to capture files. */
export { CaptureError, type CaptureErrorCode } from './captures/capture-error.js';
export { type CaptureAccount, CaptureIntake, type CaptureOptions, portList } from './captures/capture-intake.js';
export type { CaptureReader, ReadOptions } from './captures/capture-reader.js';
export type { CaptureWriter, WriterOptions } from './captures/capture-writer.js';
export { createCaptureWriter } from './captures/create-capture-writer.js';
export type { LinkAddresses } from './captures/link-type.js';
export { openCapture } from './captures/open-capture.js';
export type { TimeBound } from './captures/time-selection.js';
export { dateText, decimalSeconds, epochNanoseconds, type TimeStamp } from './captures/time-stamp.js';
export { logarithm, power } from './generate/exact-functions.js';
export { type FrameSource, frameSource, packetFrame } from './generate/packet-frame.js';
export { mixedStream, type PacketStream, type TimedPacket } from './generate/packet-stream.js';
export type {
  AddressPattern,
  Ipv4Template,
  PacketTemplate,
  TcpTemplate,
  TrafficTarget,
  TransportPorts,
} from './generate/packet-template.js';
export { UDP_ECHO_PORT } from './generate/payload.js';
export { TrafficError, type TrafficErrorCode } from './generate/traffic-error.js';
export { createTrafficGenerator, type TrafficGenerator, type TrafficOptions } from './generate/traffic-generator.js';
export {
  type SourceKind,
  type SourceOptions,
  type SourceParameter,
  TRAFFIC_SOURCES,
  type TrafficSource,
  trafficStream,
} from './generate/traffic-sources.js';
export { requireTargets } from './generate/validate-template.js';
export { Zipf } from './generate/zipf.js';
export {
  allocatePacketBatchMemory,
  appendPacket,
  appendPacketBytes,
  COPIED,
  clearPacketBatch,
  createPacketBatch,
  DROPPED,
  gatherVerdicts,
  hasRoomFor,
  PACKET_MARKS,
  type PacketBatch,
  type PacketBatchMemory,
  type PacketCopies,
  packetBatchOver,
  packetBytes,
} from './packets/packet-batch.js';
export { forEachLeft, type LeftPacket } from './packets/packet-copies.js';
export { PacketStore } from './packets/packet-store.js';
