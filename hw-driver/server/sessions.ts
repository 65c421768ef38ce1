/** The sessions of a server: each client has an id, and a program is bound by one client at a time. */
import { status } from '@grpc/grpc-js';
import { RpcError } from '../bfruntime/rpc-error.js';

export class Sessions {
  /** The program bound by each client, by client id. */
  private readonly bound = new Map<number, string | undefined>();

  /**
   * @param maxClients maximum number of clients at the same time
   * @param lenient whether a client may bind a program again
   */
  constructor(
    private readonly programs: readonly string[],
    private readonly maxClients: number,
    private readonly lenient = false,
  ) {}

  /** @throws {RpcError} */
  subscribe(clientId: number): void {
    if (this.bound.has(clientId)) throw new RpcError(status.ALREADY_EXISTS, `client id ${clientId} is in use`);
    if (this.bound.size >= this.maxClients) {
      throw new RpcError(status.RESOURCE_EXHAUSTED, `${this.maxClients} clients are connected, which is the maximum`);
    }
    this.bound.set(clientId, undefined);
  }

  end(clientId: number): void {
    this.bound.delete(clientId);
  }

  /** @throws {RpcError} */
  bind(clientId: number, program: string): void {
    this.requireSubscribed(clientId);
    this.requireProgram(program);
    for (const [other, binds] of this.bound) {
      if (binds !== program || (other === clientId && this.lenient)) continue;
      throw new RpcError(status.ALREADY_EXISTS, `program ${program} is bound by client ${other}`);
    }
    this.bound.set(clientId, program);
  }

  /** @throws {RpcError} */
  requireSubscribed(clientId: number): void {
    if (!this.bound.has(clientId))
      throw new RpcError(status.FAILED_PRECONDITION, `client ${clientId} is not subscribed`);
  }

  /**
   * Checks access for reads and writes: of a client that names the program in its request, subscribed or not, or of one
   * that has bound a program.
   * @throws {RpcError}
   */
  requireAccess(clientId: number, program = ''): void {
    if (program !== '') return this.requireProgram(program);
    this.requireSubscribed(clientId);
    if (this.bound.get(clientId) !== undefined) return;
    throw new RpcError(
      status.FAILED_PRECONDITION,
      `client ${clientId} has neither bound a program nor named one in its request`,
    );
  }

  private requireProgram(program: string): void {
    if (!this.programs.includes(program)) throw new RpcError(status.NOT_FOUND, `there is no program ${program}`);
  }
}
