/** Passes bytes between a client and a server, until it cuts the connection. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class CuttingProxy {
  wasCut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private left: number,
  ) {}

  /** @param chunks pieces of data in one direction that pass before the cut */
  static async start(to: number, way: 'to the switch' | 'from the switch', chunks: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, chunks);
    server.on('connection', (client) => {
      const upstream = connect(to, '127.0.0.1');
      proxy.join(client, upstream, way === 'to the switch');
      proxy.join(upstream, client, way === 'from the switch');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on everything passes. */
  heal(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(from: Socket, to: Socket, counts: boolean): void {
    this.sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
    from.on('data', (chunk) => {
      if (counts && this.left-- <= 0) {
        this.wasCut = true;
        from.destroy();
        to.destroy();
      } else to.write(chunk);
    });
  }
}
