/** Who is connected: a client has an id of its own, and a program is bound by one client at a time. */
import { status } from '@grpc/grpc-js';
import { RpcError } from './rpc-error.js';

export class Sessions {
  /** By client id, what it has bound. */
  private readonly bound = new Map<number, string | undefined>();

  /** @param most clients at the same time */
  constructor(
    private readonly programs: readonly string[],
    private readonly most: number,
  ) {}

  /** @throws {RpcError} */
  subscribe(clientId: number): void {
    if (this.bound.has(clientId)) throw new RpcError(status.ALREADY_EXISTS, `client id ${clientId} is in use`);
    if (this.bound.size >= this.most) {
      throw new RpcError(status.RESOURCE_EXHAUSTED, `${this.most} clients are connected, which is as many as may be`);
    }
    this.bound.set(clientId, undefined);
  }

  end(clientId: number): void {
    this.bound.delete(clientId);
  }

  /** @throws {RpcError} */
  bind(clientId: number, program: string): void {
    this.requireSubscribed(clientId);
    if (!this.programs.includes(program)) throw new RpcError(status.NOT_FOUND, `there is no program ${program}`);
    for (const [other, binds] of this.bound) {
      if (other !== clientId && binds === program) {
        throw new RpcError(status.ALREADY_EXISTS, `program ${program} is bound by client ${other}`);
      }
    }
    this.bound.set(clientId, program);
  }

  /** @throws {RpcError} */
  requireSubscribed(clientId: number): void {
    if (!this.bound.has(clientId))
      throw new RpcError(status.FAILED_PRECONDITION, `client ${clientId} is not subscribed`);
  }

  /**
   * For who reads and writes: a client that has bound a program, or one that is independent: it has no stream, and names
   * the program in each of its requests.
   * @throws {RpcError}
   */
  requireAccess(clientId: number, program = ''): void {
    if (!this.bound.has(clientId) && this.programs.includes(program)) return;
    this.requireSubscribed(clientId);
    if (this.bound.get(clientId) === undefined) {
      throw new RpcError(status.FAILED_PRECONDITION, `client ${clientId} has not bound a program`);
    }
  }
}
