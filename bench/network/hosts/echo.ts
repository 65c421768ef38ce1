/** A host that sends each packet back at once, with source and destination exchanged. */
import { must } from '../../../compiler/data-plane/must.js';
import type { HostOutlet } from '../../../sim/network/index.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import { turnRound } from './frame-addresses.js';
import { type HostType, Responder } from './host-type.js';

class Echo extends Responder {
  receive = (batch: PacketBatch, i: number, outlet: HostOutlet): void => {
    if (outlet.isOwn(batch, i)) return;
    turnRound(batch, i);
    outlet.answer(batch, i, must(batch.ingressPort[i], 'port of a packet'));
  };
}

export const ECHO: HostType = {
  describe: 'sends each packet back at once',
  parameters: {},
  make: () => new Echo(),
};
