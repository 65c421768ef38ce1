/** Inlay hints: the RPB and pass of each statement, shown after it. */
import type { ServiceDocument } from './document.js';
import type { StatementPlace } from './placements.js';
import type { TextRange } from './text-lines.js';

export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  readonly tooltip: string;
}

/** Hints of the statements that end in a range, in text order; none for a text with errors. */
export function inlayHints(document: ServiceDocument, { start, end }: TextRange): InlayHint[] {
  return document.placements
    .flatMap((placement): InlayHint[] => {
      if (placement.kind !== 'placed') return [];
      return [...placement.statements].flatMap(([statement, places]): InlayHint[] => {
        const offset = statementEnd(document, statement);
        if (offset < start || offset > end) return [];
        const recirculates = placement.passes > 1;
        return [{ offset, label: placesText(places, recirculates), tooltip: tooltip(places) }];
      });
    })
    .sort((a, b) => a.offset - b.offset);
}

/** The offset after the `;` of a primitive, or after the `:` of a BRANCH. */
function statementEnd(document: ServiceDocument, start: number): number {
  const { tokens } = document.structure;
  const first = document.tokenFrom(start);
  const wanted = tokens[first]?.text === 'BRANCH' ? ':' : ';';
  let at = first;
  while (at < tokens.length - 1 && tokens[at]?.text !== wanted) at++;
  return tokens[at]?.span.end ?? start;
}

/** `RPB 3`, `RPB 2, 4`; `RPB 1:3` (pass and RPB) if the program recirculates. */
export function placesText(places: readonly StatementPlace[], recirculates: boolean): string {
  return `RPB ${places.map(({ rpb, pass }) => (recirculates ? `${pass}:${rpb}` : `${rpb}`)).join(', ')}`;
}

const tooltip = (places: readonly StatementPlace[]): string =>
  places.map(({ rpb, pass, gress }) => `RPB ${rpb} (${gress}) in pass ${pass}`).join('\n');
