/** P4 declarations of tables, from the data plane's list of tables. */

import { type Block, braces } from '../data-plane/p4-text.js';
import type { MatchTable } from '../data-plane/tables.js';
import type { PacketFields } from './fields.js';

/**
 * A table with an action for misses only has a constant default action: then a table that is looked
 * up after a miss of this one can be in the same stage, although both set the same field.
 */
export function tableDeclaration(table: MatchTable, fields: PacketFields): Block[] {
  const { stage, entries, keys, actions, defaultAction } = table;
  const keyLines = keys.map(({ name, match }) => {
    const expression = fields.expression(name);
    // In the control interface a part of a field has its name in the description, too.
    return `${expression} : ${match}${expression === name ? '' : ` @name("${name}")`};`;
  });
  const fixed = actions.some(({ defaultOnly }) => defaultOnly);
  const actionLines = actions.map(
    ({ name, defaultOnly }) => `${defaultOnly ? '@defaultonly ' : ''}${localName(name)};`,
  );
  return [
    `@pragma stage ${stage}`,
    ...braces(`table ${localName(table.name)}`, [
      ...braces('key =', keyLines),
      ...braces('actions =', actionLines),
      `${fixed ? 'const ' : ''}default_action = ${localName(defaultAction)}();`,
      `size = ${entries};`,
    ]),
  ];
}

/** A name without its control. */
export const localName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
