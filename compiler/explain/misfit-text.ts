/** The text for a terminal on why a program does not fit and what would make it fit. */
import { counted } from '../data-plane/counting.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import type { EmptySwitch, Misfit } from './misfit.js';
import type { Proposal } from './proposals.js';
import { wrap } from './text-wrap.js';

/** @param recirculations the allowed number @param width of the terminal in columns */
export function misfitText(misfit: Misfit, dataPlane: DataPlane, recirculations: number, width: number): string {
  const { emptySwitch, proposals } = misfit;
  const paragraph = (text: string): string[] => wrap(text, width, '  ', '  ');
  const lines = [...wrap(`program ${misfit.program} does not fit: ${misfit.why}`, width)];
  lines.push(...paragraph(emptySwitchText(emptySwitch, dataPlane, recirculations, misfit.why)));
  if (proposals.length > 0) {
    lines.push('  it fits with each of these changes (all were tried):');
    lines.push(
      ...proposals.flatMap((proposal) => wrap(proposalText(proposal, recirculations), width, '    - ', '      ')),
    );
  } else lines.push(...paragraph(misfit.tries === 0 && misfit.isCutShort ? UNTRIED : nothingText(dataPlane)));
  if (misfit.isCutShort && misfit.tries > 0) {
    const tries = misfit.tries.toLocaleString('en-US');
    lines.push(...paragraph(`the search ended after ${tries} tries and left some changes untried`));
  }
  return `${lines.join('\n')}\n`;
}

/** @param said the reason that has been printed already */
export function emptySwitchText(empty: EmptySwitch, dataPlane: DataPlane, recirculations: number, said = ''): string {
  if (empty.fits) return dataPlane.switches > 1 ? 'it fits empty switches' : 'it fits an empty switch';
  const { name, switches, description } = dataPlane;
  if (switches > 1) {
    const chain = `${switches} empty switches of data plane ${description.name} in a row`;
    const holds = empty.isProven ? `it cannot fit ${chain}` : `no placement was found on ${chain} either`;
    return empty.why === said ? holds : `${holds}: ${empty.why}`;
  }
  const passes = empty.fitsWithMore
    ? `with ${counted(recirculations, 'recirculation')}`
    : 'with any number of recirculations';
  const holds = empty.isProven
    ? `it cannot fit an empty switch of data plane ${name} ${passes}`
    : `no placement was found on an empty switch of data plane ${name} either, ${passes}`;
  return empty.why === said ? holds : `${holds}: ${empty.why}`;
}

/** Maximum number of programs named in a line. */
const MAX_NAMES = 12;
const UNTRIED =
  'no changes were tried, as the programs before it took as many tries as one text gets: explain it in a text of its own';
const nothingText = ({ switches }: DataPlane): string =>
  'it fits with none of the changes that were tried: FORWARD at the front, smaller memories, fewer cases, ' +
  `more ${switches > 1 ? 'switches' : 'recirculations'}, revoked programs`;

export function proposalText(proposal: Proposal, recirculations: number): string {
  switch (proposal.kind) {
    case 'forward-first': {
      const { primitive, line, before } = proposal;
      const where =
        line === before
          ? ` in line ${line} moved to the front of its statements`
          : ` of line ${line} moved before line ${before}`;
      return `with ${primitive}${where}, where it has the same effect`;
    }
    case 'smaller-memory': {
      const sizes = proposal.memories.map(({ name, from, to }) => `@${name} ${to} instead of ${from}`);
      return `with ${sizes.length === 1 ? 'a smaller memory' : 'smaller memories'}: ${sizes.join(', ')}`;
    }
    case 'fewer-cases': {
      const { line, from, to, memories } = proposal;
      const also = memories.length === 0 ? '' : `, and without the then unused ${memories.join(', ')}`;
      return `with the first ${to} of the ${from} cases of the BRANCH in line ${line}${also}`;
    }
    case 'more-recirculations':
      return `with --recirculations ${proposal.recirculations} instead of ${recirculations}`;
    case 'more-switches':
      return `with --switches ${proposal.switches}`;
    case 'filter-priority':
      return `with --priority ${proposal.priority}: the lower priority wins where filters overlap`;
    case 'revoke': {
      const { programs } = proposal;
      const more = programs.length - MAX_NAMES;
      const names = programs.slice(0, MAX_NAMES).join(', ');
      if (more > 0)
        return `without ${programs.length} programs that run now: ${names}, and ${more} more (--json has all)`;
      return `without ${names}, which run${programs.length === 1 ? 's' : ''} now`;
    }
  }
}
