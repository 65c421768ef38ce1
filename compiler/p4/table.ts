/** A table as P4, from the data plane's list of tables. */
import { type MatchTable, NO_ACTION } from '../data-plane/tables.js';
import type { PacketFields } from './fields.js';
import { type Block, braces } from './text.js';

export interface TableOptions {
  /**
   * The default action can never be another one. Then a table that is looked up where this one misses can lie in the
   * same stage, although both set the same field.
   */
  readonly isDefaultFixed?: boolean;
}

export function tableDeclaration(table: MatchTable, fields: PacketFields, options: TableOptions = {}): Block[] {
  const { stage, entries, keys, actions, defaultAction } = table;
  const keyLines = keys.map(({ name, match }) => {
    const expression = fields.expression(name);
    // The control interface shows the name of the description, also for a part of a field.
    return `${expression} : ${match}${expression === name ? '' : ` @name("${name}")`};`;
  });
  const fixed = options.isDefaultFixed === true;
  const actionLines = actions.map(({ name }) => {
    const isDefault = fixed && name === NO_ACTION;
    return `${isDefault ? '@defaultonly ' : ''}${localName(name)};`;
  });
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
