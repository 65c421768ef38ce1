/** Warnings, on stderr, of groups that the switch does not have and to which running programs copy packets. */
import { wrap } from '../../../compiler/explain/text-wrap.js';
import type { Controller } from '../../control/controller.js';
import type { NamedGroup } from '../../control/deployment/groups.js';
import { textWidth } from '../kit/text-width.js';

/** @param programs all running ones if left out */
export async function warnOfMissingGroups(
  controller: Controller,
  programs?: readonly string[],
): Promise<readonly NamedGroup[]> {
  const all = await controller.missingGroups();
  const missing = all.filter(({ program }) => programs === undefined || programs.includes(program));
  warnOf(missing);
  return missing;
}

export function warnOf(missing: readonly NamedGroup[]): void {
  for (const { program, group } of missing) {
    const text =
      `warning: program ${program} copies packets to group ${group}, which the switch does not have: they are ` +
      `dropped until p4runpro group add ${group} adds it`;
    process.stderr.write(`${wrap(text, textWidth(process.stderr), '', '  ').join('\n')}\n`);
  }
}
