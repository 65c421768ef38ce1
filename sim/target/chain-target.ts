/**
 * Several switches in a row as one target: a controller of it has one transaction over all of them, whose operations come
 * to the members in their order. Members may be emulated ones in this process or switches behind BF Runtime.
 */
import {
  type DataPlane,
  type MulticastGroup,
  type Operation,
  switchOf,
  type TableEntry,
} from '../../compiler/for-switches.js';
import {
  entryOfChain,
  type MemberOperation,
  memberAt,
  memberOfTable,
  memberOperations,
  rpbOfMember,
} from './chain-operations.js';
import { type EntryHits, type SwitchTarget, TargetError } from './target.js';

/** Several switches in a row as one target. */
export class ChainTarget implements SwitchTarget {
  /**
   * @param dataPlane of the chain
   * @param members in the order in which packets pass them, each with the data plane of one switch
   * @throws Error for another number of switches, or one with another data plane
   */
  constructor(
    readonly dataPlane: DataPlane,
    private readonly members: readonly SwitchTarget[],
  ) {
    const single = switchOf(dataPlane);
    if (members.length !== dataPlane.switches) {
      throw new Error(`a chain of ${dataPlane.switches} switches has as many targets, not ${members.length}`);
    }
    for (const [i, member] of members.entries()) {
      if (member.dataPlane.hash === single.hash) continue;
      throw new Error(`switch ${i + 1} of the chain runs data plane '${member.dataPlane.name}', not '${single.name}'`);
    }
  }

  /** An operation on a table that no switch has is refused before any other is made. */
  async apply(operations: readonly Operation[]): Promise<void> {
    const parts = operations.map((operation) => memberOperations(operation, this.dataPlane));
    for (let at = 0; at < parts.length; ) {
      const here = memberAt(parts, at);
      if (here.length > 1) {
        for (const { member, operation } of here) await this.applyTo(member, [operation], () => at);
        at++;
        continue;
      }
      const { member } = memberAt(here, 0);
      const to = endOfRun(parts, at, member);
      const run = parts.slice(at, to).map((part) => memberAt(part, 0).operation);
      const from = at;
      await this.applyTo(member, run, (applied) => from + applied);
      at = to;
    }
  }

  async readMemory(rpb: number, base: number, buckets: number): Promise<readonly Uint32Array[]> {
    const own = rpbOfMember(rpb, this.dataPlane);
    return memberAt(this.members, own.member).readMemory(own.rpb, base, buckets);
  }

  async writeMemory(rpb: number, base: number, values: ArrayLike<number>): Promise<void> {
    const own = rpbOfMember(rpb, this.dataPlane);
    await memberAt(this.members, own.member).writeMemory(own.rpb, base, values);
  }

  async entryCount(name: string): Promise<number> {
    const { member, table } = memberOfTable(name, this.dataPlane);
    return memberAt(this.members, member).entryCount(table);
  }

  async entries(): Promise<readonly TableEntry[]> {
    const all = await Promise.all(this.members.map((member) => member.entries()));
    return all.flatMap((entries, member) => entries.map((entry) => entryOfChain(entry, member)));
  }

  async groups(): Promise<readonly MulticastGroup[]> {
    return memberAt(this.members, this.members.length - 1).groups();
  }

  async hits(): Promise<readonly EntryHits[] | undefined> {
    const all = await Promise.all(this.members.map((member) => member.hits()));
    if (all.some((hits) => hits === undefined)) return undefined;
    return all.flatMap((hits = [], member) =>
      hits.map(({ entry, packets }) => ({ entry: entryOfChain(entry, member), packets })),
    );
  }

  /** @param appliedOf the operations of the chain that were made, by those of the member that were */
  private async applyTo(
    member: number,
    operations: readonly Operation[],
    appliedOf: (applied: number) => number,
  ): Promise<void> {
    try {
      await memberAt(this.members, member).apply(operations);
    } catch (error) {
      if (error instanceof TargetError) error.applied = appliedOf(error.applied);
      throw error;
    }
  }
}

/** Behind the operations from one on that a single member makes, so that they go to it in one call. */
function endOfRun(parts: readonly (readonly MemberOperation[])[], from: number, member: number): number {
  let to = from + 1;
  while (to < parts.length && parts[to]?.length === 1 && parts[to]?.[0]?.member === member) to++;
  return to;
}
