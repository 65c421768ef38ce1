/** The changes of a chain of switches as changes of its members. */

import { memberTable, tableOfMember } from '../../compiler/data-plane/member-table.js';
import { must } from '../../compiler/data-plane/must.js';
import type { DataPlane, Operation, TableEntry } from '../../compiler/for-switches.js';
import { TargetError } from './target.js';

/** A change of one member, with the names that it has there. */
export interface MemberOperation {
  /** From 0. */
  readonly member: number;
  readonly operation: Operation;
}

/** An entry of a chain, as its member has it. */
export function entryOfMember<Entry extends Pick<TableEntry, 'table'>>(
  entry: Entry,
): { readonly member: number; readonly entry: Entry } {
  const { member, table } = tableOfMember(entry.table);
  return { member, entry: member === 0 ? entry : { ...entry, table } };
}

/** An entry of a member, as the chain has it. @param member from 0 */
export const entryOfChain = (entry: TableEntry, member: number): TableEntry =>
  member === 0 ? entry : { ...entry, table: memberTable(entry.table, member) };

/** An RPB of a chain, as its member has it. @param rpb number from 1, along the chain @throws {TargetError} unknown-table */
export function rpbOfMember(rpb: number, chain: DataPlane): { readonly member: number; readonly rpb: number } {
  const found = chain.rpbs[rpb - 1];
  if (found === undefined) throw new TargetError('unknown-table', `there is no RPB ${rpb}`);
  return { member: found.member, rpb: rpb - found.member * chain.rpbsPerSwitch };
}

/**
 * The changes of members that a change of a chain is, first switch first: groups are those of the last, which makes the
 * copies; all members drain.
 * @throws {TargetError} unknown-table, for a switch that the chain does not have
 */
export function memberOperations(operation: Operation, chain: DataPlane): readonly MemberOperation[] {
  const { switches } = chain;
  const inAll = (of: (member: number) => Operation): MemberOperation[] =>
    Array.from({ length: switches }, (_, member) => ({ member, operation: of(member) }));
  switch (operation.kind) {
    case 'insertEntry':
    case 'deleteEntry': {
      const { member, entry } = entryOfMember(operation.entry);
      return [{ member: knownMember(member, chain, operation.entry.table), operation: { ...operation, entry } }];
    }
    case 'replaceEntry': {
      const { member, entry } = entryOfMember(operation.entry);
      const before = entryOfMember(operation.before).entry;
      return [
        { member: knownMember(member, chain, operation.entry.table), operation: { ...operation, before, entry } },
      ];
    }
    case 'resetMemory': {
      const { member, rpb } = rpbOfMember(operation.rpb, chain);
      return [{ member, operation: { ...operation, rpb } }];
    }
    case 'declareMemory': {
      const blocks = operation.blocks.map((block) => ({ block, ...rpbOfMember(block.rpb, chain) }));
      return inAll((member) => ({
        ...operation,
        blocks: blocks.filter((own) => own.member === member).map(({ block, rpb }) => ({ ...block, rpb })),
      }));
    }
    case 'drain':
      return inAll(() => operation);
    case 'insertGroup':
    case 'deleteGroup':
      return [{ member: switches - 1, operation }];
  }
}

function knownMember(member: number, { switches, name }: DataPlane, table: string): number {
  if (member < switches) return member;
  throw new TargetError('unknown-table', `there is no table ${table} (data plane ${name})`);
}

/** The member that has a table of the chain. @throws {TargetError} unknown-table */
export function memberOfTable(table: string, chain: DataPlane): { readonly member: number; readonly table: string } {
  const found = tableOfMember(table);
  knownMember(found.member, chain, table);
  return found;
}

/** The member at a place of a chain. */
export const memberAt = <Member>(members: readonly Member[], member: number): Member =>
  must(members[member], `switch ${member + 1} of a chain`);
