/** Figure 13 of the paper as data; see results/published/README.md. */
import { numberIn, publishedTable, textIn } from '../../../hw-driver/cli/kit/published-figures.js';
import type { StudyName } from './study.js';

/** The published value of a quantity of a study; undefined where the figure gives none. */
export function publishedFindings(): (study: StudyName, quantity: string) => number | undefined {
  const values = new Map<string, number>();
  for (const row of publishedTable('case-studies.csv')) {
    const [quantity, unit] = [textIn(row, 'quantity'), textIn(row, 'unit')];
    const name = unit === 'Mbit/s' ? `${quantity}, ${unit}` : quantity;
    values.set(`${textIn(row, 'study')} ${name}`, numberIn(row, 'value'));
  }
  return (study, quantity) => values.get(`13${study} ${quantity}`);
}
