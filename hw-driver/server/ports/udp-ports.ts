/**
 * The ports of an emulated switch by UDP: a datagram has the port in two bytes, most significant first, and a frame. A
 * frame that leaves is sent to the last sender of a frame by that port or, if there is none, to the sender of this
 * frame.
 */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { FrameError, type SwitchPorts } from './switch-ports.js';

const PORT_BYTES = 2;

export interface UdpPorts {
  readonly port: number;
  close(): Promise<void>;
}

export async function serveUdp(ports: SwitchPorts, host: string, port: number): Promise<UdpPorts> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const peers = new Map<number, RemoteInfo>();
  socket.on('message', (datagram, sender) => {
    if (datagram.length <= PORT_BYTES) return;
    const ingress = datagram.readUInt16BE(0);
    try {
      for (const { port: egress, bytes } of ports.send({ port: ingress, bytes: datagram.subarray(PORT_BYTES) }).left) {
        const peer = peers.get(egress) ?? sender;
        const head = Buffer.alloc(PORT_BYTES);
        head.writeUInt16BE(egress);
        socket.send(Buffer.concat([head, bytes]), peer.port, peer.address);
      }
      peers.set(ingress, sender);
    } catch (error) {
      // As on a wire, an invalid frame gets no answer.
      if (!(error instanceof FrameError)) throw error;
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, resolve);
  });
  return { port: socket.address().port, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}
