/** Code lenses: the cost of each program, and commands on it. */
import { counted } from '../data-plane/counting.js';
import type { ServiceDocument } from './document.js';
import type { ProgramPlacement } from './placements.js';
import type { TextRange } from './text-lines.js';

export interface CodeLens {
  readonly kind: 'cost' | 'verify' | 'explain';
  readonly title: string;
  readonly program: string;
  /** The program's name. */
  readonly range: TextRange;
}

/** In text order; none for a text with errors. Without cost if the allocator is slow. */
export function codeLenses({ analysis, placements, structure }: ServiceDocument): CodeLens[] {
  if (analysis.hasErrors) return [];
  const names = new Map(structure.programs.map(({ name }) => [name?.text, name]));
  const placed = new Map(placements.map((placement) => [placement.program.name, placement]));
  return analysis.programs.flatMap(({ name: program }): CodeLens[] => {
    const token = names.get(program);
    if (token === undefined) return [];
    const range = { start: token.span.start, end: token.span.end };
    const placement = placed.get(program);
    return [
      ...(placement === undefined ? [] : [{ kind: 'cost', title: costText(placement), program, range } as const]),
      { kind: 'verify', title: 'verify', program, range },
      { kind: 'explain', title: 'explain', program, range },
    ];
  });
}

/** `12 entries in 8 RPBs, 1 pass`, or the reason why the program does not fit. */
export function costText(placement: ProgramPlacement): string {
  if (placement.kind === 'does-not-fit') return placement.reason;
  const { entries, rpbs, passes } = placement;
  return `${counted(entries, 'entry')} in ${counted(rpbs, 'RPB')}, ${counted(passes, 'pass')}`;
}
