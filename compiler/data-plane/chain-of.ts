/**
 * Switches in a row, as one data plane: packets pass the RPBs of all of them once. Each has tables, memory and hash
 * units of its own; the state header goes from one to the next through the port that recirculates in a single switch.
 * The first filters, the last takes the header off. Section 4.1.3 of the paper names this as the way to programs of more
 * steps than one pass has, without recirculation.
 */
import { DataPlane } from './data-plane.js';
import { DomainError } from './domain-error.js';
import { must } from './must.js';

/** Switches that can make no chain. */
export class ChainError extends DomainError {
  override readonly name = 'ChainError';
  readonly code = 'no-such-chain';
  readonly ends = 'bad-input';
}

const chains = new WeakMap<DataPlane, Map<number, DataPlane>>();

/** By chain. */
const singles = new WeakMap<DataPlane, DataPlane>();

/** The data plane of each switch of a chain; of a single switch its own. */
export function switchOf(chain: DataPlane): DataPlane {
  return chain.switches === 1 ? chain : must(singles.get(chain), 'data plane of the switches of a chain');
}

/** The most switches that the recirculation id, which counts them, can tell apart. */
export const maxSwitches = ({ description }: DataPlane): number => 2 ** description.state.recirculationIdBits;

/**
 * A chain of switches that all have this data plane; for one switch the data plane itself.
 * @param dataPlane of a single switch
 * @throws {ChainError} for more switches than the state header counts, or an init block that runs in each of them
 */
export function chainOf(dataPlane: DataPlane, switches: number): DataPlane {
  if (switches === 1) return dataPlane;
  const { name, description } = dataPlane;
  if (dataPlane.switches !== 1) throw new Error(`${name} is a chain already`);
  if (!Number.isInteger(switches) || switches < 1 || switches > maxSwitches(dataPlane)) {
    const most = maxSwitches(dataPlane);
    throw new ChainError(
      `a chain of data plane ${name} has 1 to ${most} switches, as many as its recirculation id counts, not ${switches}`,
    );
  }
  if (description.init.onEveryPass) {
    throw new ChainError(
      `data plane ${name} can make no chain: its init block runs on every pass, so a later switch would filter again`,
    );
  }
  const known = chains.get(dataPlane) ?? new Map<number, DataPlane>();
  chains.set(dataPlane, known);
  const chain = known.get(switches) ?? new DataPlane(description, switches);
  known.set(switches, chain);
  singles.set(chain, dataPlane);
  return chain;
}
