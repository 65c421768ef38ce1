/**
 * Widths of texts in Helvetica, and in fonts with its metrics such as Arial. Vega takes 0.8 of the font size for each
 * character where it has no canvas, a third too much. Source: Adobe Core 14 AFM files, Helvetica.
 */

/** Characters by their width in thousandths of the font size. */
const CHARACTERS: Readonly<Record<number, string>> = {
  191: "'",
  222: 'ijl',
  260: '|',
  278: ' !,./:;I[\\]ft',
  333: '()-`r',
  334: '{}',
  355: '"',
  389: '*',
  469: '^',
  500: 'Jckvsxyz',
  556: '#$0123456789?L_abdeghnopquµ–',
  584: '+<=>~×',
  611: 'FTZ',
  667: '&ABEKPSVXY',
  722: 'CDHNRUw',
  778: 'GOQ',
  833: 'Mm',
  889: '%',
  944: 'W',
  1015: '@',
};

const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries(CHARACTERS).flatMap(([width, characters]) => [...characters].map((each) => [each, Number(width)])),
);
/** Of a character that is not in the table. */
const OTHER = 667;
/** Bold characters to regular ones, about. */
const BOLD = 1.08;

/** @returns width in pixels, for a font size in pixels */
export function textWidth(text: string, fontSize: number, isBold = false): number {
  const thousandths = [...text].reduce((sum, character) => sum + (WIDTHS.get(character) ?? OTHER), 0);
  return (thousandths * fontSize * (isBold ? BOLD : 1)) / 1000;
}
