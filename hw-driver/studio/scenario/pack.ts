/**
 * A scenario as bytes, for a file or a link: the length of a JSON document, the document, and the packets, all of it
 * compressed (RFC 1951). Equal scenarios give equal bytes, in a page and in Node.
 */
import { deflateSync, Inflate } from 'fflate';
import { base64UrlOf, bytesOfBase64Url } from './base64url.js';
import { bytesOfPackets, packetsOfBytes } from './packet-bytes.js';
import type { Scenario } from './scenario.js';
import { documentOf, scenarioOf } from './scenario-document.js';
import { ScenarioError } from './scenario-error.js';

const LENGTH_BYTES = 4;
const LEVEL = 6;
/** Packed bytes that are unpacked at once, so that a small text of a huge scenario is refused before it fills memory. */
const CHUNK_BYTES = 2 ** 14;

/** A scenario unpacked has at most this number of bytes. */
export const MAX_UNPACKED_BYTES = 2 ** 30;

export function packScenario(scenario: Scenario): Uint8Array {
  const document = new TextEncoder().encode(JSON.stringify(documentOf(scenario)));
  const packets = bytesOfPackets(scenario.packets);
  const bytes = new Uint8Array(LENGTH_BYTES + document.length + packets.length);
  new DataView(bytes.buffer).setUint32(0, document.length, true);
  bytes.set(document, LENGTH_BYTES);
  bytes.set(packets, LENGTH_BYTES + document.length);
  return deflateSync(bytes, { level: LEVEL });
}

/** @param most bytes of it unpacked @throws {ScenarioError} for bytes that are none */
export function unpackScenario(packed: Uint8Array, most = MAX_UNPACKED_BYTES): Scenario {
  const bytes = inflated(packed, most);
  if (bytes.length < LENGTH_BYTES) return noScenario();
  const packetsAt = LENGTH_BYTES + new DataView(bytes.buffer).getUint32(0, true);
  if (packetsAt > bytes.length) return noScenario();
  const document = jsonOf(bytes.subarray(LENGTH_BYTES, packetsAt));
  // An older or newer version may have packets that this one cannot read: its document is looked at first.
  return scenarioOf(document, () => packetsOfBytes(bytes.subarray(packetsAt)));
}

/** The text of a scenario in a link or a page. */
export const textOfScenario = (scenario: Scenario): string => base64UrlOf(packScenario(scenario));

/** @throws {ScenarioError} for a text that is none */
export function scenarioOfText(text: string, most = MAX_UNPACKED_BYTES): Scenario {
  const packed = bytesOfBase64Url(text);
  return packed === undefined ? noScenario() : unpackScenario(packed, most);
}

function noScenario(): never {
  throw new ScenarioError('not-a-scenario', 'this is no scenario of the studio, or only a part of one');
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return noScenario();
  }
}

function inflated(packed: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let hasEnded = false;
  const inflate = new Inflate((chunk, isLast) => {
    chunks.push(chunk);
    total += chunk.length;
    hasEnded ||= isLast;
    if (total > most)
      throw new ScenarioError('too-large', `the scenario has more than ${most.toLocaleString('en')} bytes`);
  });
  try {
    for (let at = 0; at < packed.length; at += CHUNK_BYTES) {
      inflate.push(packed.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= packed.length);
    }
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    return noScenario();
  }
  if (!hasEnded) return noScenario();
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
