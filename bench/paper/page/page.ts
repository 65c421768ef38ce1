/** A reproduction as one HTML page without external resources, for light and dark mode, small screens and print. */
import { LAYOUTS, type Layout } from '../../figures/panels.js';
import type { Comparison } from '../reproduce/experiment.js';
import {
  agreementCounts,
  type Environment,
  type ExperimentRecord,
  numbersOfPaper,
  type ReproductionDocument,
} from '../reproduce/reproduction.js';
import type { Agreement } from '../reproduce/value.js';
import { comparisonTables, plainTable } from './comparison-tables.js';
import { escaped, prose } from './html-text.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

/** SVG text of a figure for screens and for phones, by name. */
export type DrawnFigures = (name: string) => Readonly<Record<Layout, string>>;

export function reproductionPage(document: ReproductionDocument, svgOf: DrawnFigures): string {
  const { experiments } = document;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>P4runpro, reproduced</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>P4runpro, reproduced</h1>
<p>Every table and figure of the evaluation of “P4runpro: Enabling Runtime Programmability for RMT Programmable
Switches” (Yang et al., SIGCOMM 2024), run anew by p4runpro-sim.</p>
${summary(document)}
</header>
${navigation(experiments)}
<main>
${experiments.map((experiment) => section(experiment, document, svgOf)).join('\n')}
</main>
<div id="reading" role="status" aria-live="polite" hidden></div>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function navigation(experiments: readonly ExperimentRecord[]): string {
  const links = (isExtra: boolean, label: string): string => {
    const ids = experiments.filter((each) => each.isExtra === isExtra).map(({ id }) => `<a href="#${id}">${id}</a>`);
    return ids.length === 0 ? '' : `<span>${label}</span>\n${ids.join('\n')}\n`;
  };
  return `<nav aria-label="Experiments">${links(false, 'the paper')}${links(true, 'beyond it')}</nav>`;
}

function summary(document: ReproductionDocument): string {
  const { environment, experiments } = document;
  const comparisons = experiments.flatMap((experiment) => experiment.comparisons);
  const ofPaper = numbersOfPaper(experiments);
  const rows = (['reproduced', 'ours'] as const).flatMap((column) =>
    (['computed', 'measured'] as const).map((kind) => {
      const counts = agreementCounts(
        ofPaper.filter((each) => each.kind === kind),
        column,
      );
      return `<tr><th scope="row">${column}, ${kind}</th>${AGREEMENT_ORDER.map((verdict) => `<td>${counts[verdict] || '–'}</td>`).join('')}</tr>`;
    }),
  );
  return `<dl>
<dt>Command</dt><dd><code>${escaped(document.command)}</code></dd>
<dt>Scale, seed</dt><dd>${document.scale}, ${escaped(document.seed)}</dd>
<dt>Run on</dt><dd>${escaped(environment.cpu)}, ${environment.cores} cores, ${escaped(environment.platform)}, Node.js
${escaped(environment.node)}, in ${Math.round(document.wallSeconds)} s</dd>
<dt>Date</dt><dd>${escaped(environment.date)}</dd>
<dt>Code</dt><dd>${codeText(environment)}, fingerprint ${escaped(environment.code)}</dd>
<dt>Cite</dt><dd>${PAPER_CITATION}<br>
${codeText(environment)}, <code>${escaped(document.command)}</code>, ${escaped(environment.date.slice(0, 10))}.</dd>
</dl>
<div class="wide"><table class="counts">
<thead><tr><th>numbers of the paper</th>${AGREEMENT_ORDER.map((verdict) => `<th scope="col">${verdict}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody>
</table></div>
<p>${outsideText(comparisons, ofPaper.length)}</p>
<p><b>Published</b>: the paper and its authors’ logs. <b>Reproduced</b>: the shapes of the authors’ programs under the
paper’s constraints, or what else comes nearest to what they had. <b>Ours</b>: our programs, constraints that are sound,
our allocator. A figure in brackets is the range over repeats, or over what a rule leaves open.</p>`;
}

const PAPER_CITATION =
  'The paper: Yang et al., “P4runpro: Enabling Runtime Programmability for RMT Programmable Switches”, ACM SIGCOMM 2024, ' +
  'doi 10.1145/3651890.3672230. This reproduction:';

/** Digits of a commit that the page shows, and git prints for a short one in a large history. */
const COMMIT_DIGITS = 12;
const shortCommit = (commit: string): string => commit.replace(/[0-9a-f]+/, (digits) => digits.slice(0, COMMIT_DIGITS));

const codeText = ({ version, commit }: Environment): string =>
  `p4runpro-sim ${escaped(version)}${commit === null ? '' : `, commit ${escaped(shortCommit(commit))}`}`;

/** What the table of verdicts leaves out. */
function outsideText(comparisons: readonly Comparison[], ofPaper: number): string {
  const onlyPublished = comparisons.filter(({ kind }) => kind === 'published only').length;
  const count = (numbers: number): string => numbers.toLocaleString('en-US');
  return `Computed numbers are equal for equal code and seed; measured ones are times of this machine and get no verdict.
Not in this table: ${count(onlyPublished)} numbers that are only published, and
${count(comparisons.length - ofPaper - onlyPublished)} without a number of the paper beside them, or of experiments beyond the paper.`;
}

const AGREEMENT_ORDER: readonly Agreement[] = ['agrees', 'better', 'differs', 'not compared'];

const SCALE_TEXTS: Readonly<Record<ExperimentRecord['scale'], string>> = {
  quick: 'Quick run',
  full: 'Full run',
  either: 'Quick and full runs are the same',
};

function section(
  experiment: ExperimentRecord,
  { scale: asked, seed }: ReproductionDocument,
  svgOf: DrawnFigures,
): string {
  const { id, title, about, figures, comparisons, tables, columns, notes, series, isExtra, scale } = experiment;
  const drawn = figures.map(
    ({ name, caption }) =>
      `<figure tabindex="0" aria-label="${escaped(caption)}. Arrow keys read its values.">${drawings(name, svgOf)}
<figcaption>${escaped(caption)}. ${SCALE_TEXTS[scale]}. <a href="${name}.svg">SVG</a></figcaption></figure>`,
  );
  const files = series.map((name) => `<a href="${name}.csv">${name}.csv</a>`).join(', ');
  return `<section id="${id}">
<h2>${escaped(title)}${isExtra ? ' <small>beyond the paper</small>' : ''}</h2>
<p>${prose(about)}</p>
${drawn.join('\n')}
${tables.map(plainTable).join('\n')}
${comparisonTables(comparisons, columns)}
<ul>${notes.map((note) => `<li>${prose(note)}</li>`).join('')}<li>${SCALE_TEXTS[scale]}. Numbers: ${files}; again:
<code>npx bench reproduce ${id}${asked === 'quick' ? ' --quick' : ''} --seed ${escaped(seed)}</code></li></ul>
</section>`;
}

/** Both drawings of a figure, of which the style sheet shows one. */
function drawings(name: string, svgOf: DrawnFigures): string {
  const drawn = svgOf(name);
  return LAYOUTS.map(
    (layout) => `<div class="wide" data-layout="${layout}">${embedded(drawn[layout], `${name}-${layout}-`)}</div>`,
  ).join('');
}

/**
 * A drawing that tells the style sheet how wide it was drawn. Names in it get a prefix, as those in a drawing that is not
 * shown cannot be used by another one.
 */
const embedded = (svg: string, prefix: string): string =>
  svg
    .replace(/<svg ([^>]*?)width="([\d.]+)"/, '<svg style="--drawn: $2px" $1width="$2"')
    .replace(/ id="/g, ` id="${prefix}`)
    .replace(/url\(#/g, `url(#${prefix}`);
