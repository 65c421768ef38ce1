/** Why a program does not fit, and what would help, as text for a terminal. */
import type { EmptySwitch, Misfit } from './misfit.js';
import type { Proposal } from './proposals.js';
import { counted } from './step-text.js';
import { wrap } from './text-wrap.js';

/** @param recirculations that were allowed */
export function misfitText(misfit: Misfit, dataPlane: string, recirculations: number, width: number): string {
  const { emptySwitch, proposals } = misfit;
  const paragraph = (text: string): string[] => wrap(text, width, '  ', '  ');
  const lines = [...wrap(`program ${misfit.program} does not fit: ${misfit.why}`, width)];
  lines.push(...paragraph(emptySwitchText(emptySwitch, dataPlane, recirculations, misfit.why)));
  if (proposals.length > 0) {
    lines.push('  it fits, each of these tried:');
    lines.push(
      ...proposals.flatMap((proposal) => wrap(proposalText(proposal, recirculations), width, '    - ', '      ')),
    );
  } else lines.push(...paragraph(NOTHING));
  if (misfit.isCutShort) lines.push(...paragraph(`there was more to try than ${misfit.tries} tries`));
  return `${lines.join('\n')}\n`;
}

/** @param said what need not be said again */
export function emptySwitchText(empty: EmptySwitch, dataPlane: string, recirculations: number, said = ''): string {
  if (empty.fits) return 'an empty switch would hold it';
  const passes = empty.fitsWithMore
    ? `with ${counted(recirculations, 'recirculation')}`
    : 'with however many recirculations';
  const holds = empty.isProven
    ? `no empty switch of data plane ${dataPlane} can hold it ${passes}`
    : `no place was found on an empty switch of data plane ${dataPlane} either, ${passes}`;
  return empty.why === said ? holds : `${holds}: ${empty.why}`;
}

/** Programs that are named in a line. */
const MAX_NAMES = 12;
const NOTHING =
  'nothing that was tried makes it fit: FORWARD at the front, smaller memories, fewer cases, more recirculations, revoking programs';

export function proposalText(proposal: Proposal, recirculations: number): string {
  switch (proposal.kind) {
    case 'forward-first': {
      const { primitive, line, before } = proposal;
      const where =
        line === before
          ? `, in line ${line}, at the front of its statements`
          : ` of line ${line} before line ${before}`;
      return `with ${primitive}${where}: it does the same there`;
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
    case 'filter-priority':
      return `with --priority ${proposal.priority}: of filters that both match, the lower wins`;
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
