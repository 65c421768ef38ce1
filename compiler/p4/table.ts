/** A table as P4, from the data plane's list of tables. */

import { type Block, braces } from '../data-plane/p4-text.js';
import type { MatchTable } from '../data-plane/tables.js';
import type { PacketFields } from './fields.js';

/**
 * An action for packets that match nothing, and no others, makes the default action constant: then a table that is looked
 * up where this one misses can lie in the same stage, although both set the same field.
 */
export function tableDeclaration(table: MatchTable, fields: PacketFields): Block[] {
  const { stage, entries, keys, actions, defaultAction } = table;
  const keyLines = keys.map(({ name, match }) => {
    const expression = fields.expression(name);
    // The control interface shows the name of the description, also for a part of a field.
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
