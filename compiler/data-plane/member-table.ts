/** Names of the tables of the switches in a chain. */
import { must } from './must.js';

const PREFIX = 'switch';
const NAMED = new RegExp(`^${PREFIX}(\\d+)\\.(.*)$`);

/**
 * The name of a table of a switch in a chain: `switch2.SwitchIngress.rpb3.tb_operation`. Tables of the first have the
 * names that they have without a chain. @param member from 0
 */
export const memberTable = (table: string, member: number): string =>
  member === 0 ? table : `${PREFIX}${member + 1}.${table}`;

/** The switch, from 0, and the name that a table has there. */
export function tableOfMember(name: string): { readonly member: number; readonly table: string } {
  const named = NAMED.exec(name);
  if (named === null) return { member: 0, table: name };
  return { member: Number(named[1]) - 1, table: must(named[2], 'name of a table') };
}
