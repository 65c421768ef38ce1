/** The articles about findings: what each code means, a text that has it, and the same text put right. */
import type { DataPlane } from '../data-plane/data-plane.js';
import { builtInDataPlane, defaultDataPlane } from '../data-plane/extend.js';
import { must } from '../data-plane/must.js';
import { DIAGNOSTIC_EXAMPLES, type DiagnosticExample } from '../language/diagnostic-examples.js';
import { DIAGNOSTIC_CODES, type DiagnosticCode } from '../language/diagnostics.js';
import { renderDiagnostics } from '../language/render.js';
import { analyse } from '../passes/compile.js';
import { type Article, factsOf } from './article.js';

export const isFindingCode = (word: string): word is DiagnosticCode => Object.hasOwn(DIAGNOSTIC_CODES, word);

/** One for each code, in the order of the checker's list. */
export const findingArticles = (): readonly Article[] =>
  Object.keys(DIAGNOSTIC_CODES).filter(isFindingCode).map(findingArticle);

export function findingArticle(code: DiagnosticCode): Article {
  const { meaning, fault, cure, dataPlane } = DIAGNOSTIC_EXAMPLES[code];
  return {
    kind: 'finding',
    title: code,
    meaning,
    facts: factsOf(
      ['severity', DIAGNOSTIC_CODES[code] === 'error' ? 'error: the program is not compiled' : 'warning'],
      ['data plane', dataPlane],
    ),
    example: withoutRepeats(fault.trimEnd()),
    cure: cure.trimEnd(),
  };
}

/** Equal lines one after another that an article shows; of more it shows the first and the last, and how many lie between. */
const MAX_EQUAL_LINES = 4;

/** A program with its long runs of equal lines shortened, for reading. */
export function withoutRepeats(text: string): string {
  const runs: { readonly line: string; count: number }[] = [];
  for (const line of text.split('\n')) {
    const run = runs.at(-1);
    if (run?.line === line) run.count++;
    else runs.push({ line, count: 1 });
  }
  return runs
    .flatMap(({ line, count }) => {
      if (count <= MAX_EQUAL_LINES) return Array.from({ length: count }, () => line);
      const indentation = line.slice(0, line.length - line.trimStart().length);
      return [line, `${indentation}// … ${count - 2} more of this line`, line];
    })
    .join('\n');
}

/** The text of an example with the name of its file. */
const FILE = 'example.p4runpro';

/** What `p4runpro check` prints of the example. */
export function exampleFindings(code: DiagnosticCode): string {
  const { fault, dataPlane } = DIAGNOSTIC_EXAMPLES[code];
  return renderDiagnostics(analyse(fault, planeOf(dataPlane)), FILE, fault);
}

const planeOf = (name: DiagnosticExample['dataPlane']): DataPlane =>
  name === undefined ? defaultDataPlane() : must(builtInDataPlane(name), `data plane ${name}`);
