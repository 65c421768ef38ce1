/** A type of hosts that answer, with its parameters; each has a file of its own. */
import type { HostProcess } from '../../../sim/network/index.js';
import type { SourceParameter } from '../../../traces/generate/traffic-sources.js';

export interface HostType {
  readonly describe: string;
  readonly parameters: Readonly<Record<string, SourceParameter>>;
  /** @param values all parameters @param seed 32 bits */
  make(values: Readonly<Record<string, number>>, seed: number): HostProcess;
}

const NEVER = Number.POSITIVE_INFINITY;

/** A process that never acts of itself. */
export abstract class Responder implements HostProcess {
  readonly nextPs = NEVER;
  abstract receive: HostProcess['receive'];

  act(): void {
    throw new Error('a host that only answers acts of itself');
  }
}
