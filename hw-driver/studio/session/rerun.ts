/** The run once more without a record, on the fastest engine: its hashes, and the packets that left. */
import type { History } from '../../../sim/history/index.js';
import { digestPackets, OutputDigest, Switch, stateDigest } from '../../../sim/index.js';
import { type CaptureSink, writeCapture } from '../../../traces/captures/capture-writer.js';
import { clearPacketBatch, createPacketBatch, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { leftOf } from '../../../traces/packets/packet-copies.js';
import { SessionError } from './failure.js';
import type { AnswerOf, AskOf, EngineChoice, RunDigests } from './protocol.js';
import { breathe, type Working } from './working.js';

const BATCH = { packets: 8192, bytes: 2 ** 21 } as const;

/** Takes all packets that have run, and the events between them, through a new switch. @returns it at the end */
async function runAgain(
  history: History,
  engine: EngineChoice['engine'],
  working: Working,
  seen: (batch: PacketBatch, first: number) => void,
): Promise<Switch> {
  const { installed, seed } = history.run.setting;
  const emulator = new Switch(history.dataPlane, { engine, seed });
  for (const operation of installed) emulator.apply(operation);
  const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
  let events = 0;
  const makeDue = (packet: number): void => {
    for (
      let event = history.events[events];
      event !== undefined && event.packet <= packet;
      event = history.events[++events]
    ) {
      for (const { rpb, base, values } of event.change.memory) {
        const words = emulator.memory.wordsIn(rpb - 1);
        emulator.memory.range(rpb, base, Math.ceil(values.length / words)).set(values);
      }
      for (const operation of event.change.operations) emulator.apply(operation);
      emulator.forgetRetiredBranchIds();
    }
  };
  makeDue(0);
  for (let packet = 0; packet < history.count; ) {
    clearPacketBatch(batch);
    const end = Math.min(history.count, history.events[events]?.packet ?? history.count);
    const copied = history.packets.copyTo(batch, packet, end);
    emulator.process(batch);
    digestPackets(batch, 0, copied, 0, 1);
    seen(batch, packet);
    packet += copied;
    makeDue(packet);
    await breathe(working, { done: packet, total: history.count, unit: 'packets' });
  }
  return emulator;
}

/** As `bench run` prints them for the same packets and programs. */
export async function digestsOf(history: History, { engine }: EngineChoice, working: Working): Promise<RunDigests> {
  const output = new OutputDigest();
  const emulator = await runAgain(history, engine, working, (batch) => output.update(batch));
  return {
    packets: history.count,
    stateHash: stateDigest(emulator.memory.words),
    outputHash: output.finish(),
    counters: { ...emulator.counters },
  };
}

/** Keeps the bytes of a capture in memory. */
class BytesSink implements CaptureSink {
  private readonly parts: Uint8Array[] = [];

  write(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
  }

  close(): void {}

  discard(): void {
    this.parts.length = 0;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

/**
 * Packets as a capture, as they arrived or as those that have run left, copies among them.
 * @throws {SessionError} `bad-question`, `cancelled`
 */
export async function captureOf(
  history: History,
  { which, format, from = 0, to = history.packets.count }: AskOf<'capture'>,
  { engine }: EngineChoice,
  working: Working,
): Promise<AnswerOf<'capture'>> {
  if (!Number.isInteger(from) || from < 0 || !(to >= from)) {
    throw new SessionError('bad-question', `packets ${from} to ${to} were asked for as a capture`);
  }
  const sink = new BytesSink();
  const writer = writeCapture(`packets.${format}`, sink, { format, ports: which === 'left' ? 'egress' : 'ingress' });
  if (which === 'left') {
    await runAgain(history, engine, working, (batch, first) => {
      for (let i = Math.max(0, from - first); i < Math.min(batch.count, to - first); i++) {
        for (const { packets, place } of leftOf(batch, i)) writer.write(packets, place);
      }
    });
  } else {
    const batch = createPacketBatch(BATCH.packets, BATCH.bytes);
    for (let packet = from; packet < Math.min(to, history.packets.count); ) {
      clearPacketBatch(batch);
      packet += history.packets.copyTo(batch, packet, Math.min(to, history.packets.count));
      writer.writeBatch(batch);
      await breathe(working, { done: packet - from, total: to - from, unit: 'packets' });
    }
  }
  writer.close();
  return { bytes: sink.bytes(), packets: writer.packetsWritten };
}
