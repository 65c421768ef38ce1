/** What the paper's figure 13 shows; see results/published/README.md. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../hw-driver/package-root.js';
import type { StudyName } from './study.js';

/** The published value of a quantity of a study; undefined where the figure gives none. */
export function publishedFindings(): (study: StudyName, quantity: string) => number | undefined {
  const [, ...lines] = readFileSync(packageFile('results', 'published', 'case-studies.csv'), 'utf8')
    .trim()
    .split('\n');
  const values = new Map<string, number>();
  for (const line of lines) {
    const [study = '', quantity = '', value, unit] = line.split(',');
    const name = unit === 'Mbit/s' ? `${quantity}, ${unit}` : quantity;
    values.set(`${study} ${name}`, Number(value));
  }
  return (study, quantity) => values.get(`13${study} ${quantity}`);
}
