/** The forms of the compiler as text for people. */
import { formatSource } from '../../language/format.js';
import type { Form, PassName, PassObserver } from '../forms.js';
import { entriesText } from './print-entries.js';
import { placementText, rowsText } from './print-rows.js';
import { programText, tokensText } from './print-source.js';
import { branchesText, stepsText } from './print-steps.js';

/** The text of a form; each line has a line end. */
export function formText(form: Form): string {
  return linesOf(form)
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function linesOf(form: Form): string[] {
  switch (form.kind) {
    case 'tokens':
      return tokensText(form.tokens);
    case 'syntax':
      return formatSource(form.syntax).trimEnd().split('\n');
    case 'programs':
      return form.programs.flatMap(programText);
    case 'steps':
      return stepsText(form);
    case 'branches':
      return branchesText(form.branches);
    case 'rows':
      return rowsText(form);
    case 'placement':
      return placementText(form);
    case 'entries':
      return entriesText(form.compiled, form.dataPlane);
  }
}

/** The name of the program of a form; undefined for forms of a whole source. */
export function programOf(form: Form): string | undefined {
  switch (form.kind) {
    case 'tokens':
    case 'syntax':
    case 'programs':
      return undefined;
    case 'steps':
    case 'branches':
      return form.program.name;
    case 'rows':
    case 'placement':
      return form.lowered.program.name;
    case 'entries':
      return form.compiled.program;
  }
}

/** Prints the forms after some passes, each after a line with the names of the pass and the program. */
export class PassPrinter {
  private readonly sections: string[] = [];
  private program: string | undefined;
  private last = '';

  /** @param wanted the passes whose forms are printed */
  constructor(private readonly wanted: ReadonlySet<PassName>) {}

  readonly observe: PassObserver = (pass, form) => {
    const program = form === undefined ? this.program : programOf(form);
    if (program !== this.program) this.last = '';
    this.program = program;
    if (!this.wanted.has(pass)) return;
    if (form === undefined) {
      this.section(pass, '(left out: with it, the program would not fit an empty switch)\n');
      return;
    }
    const text = formText(form);
    this.section(pass, text === this.last ? '(unchanged)\n' : text);
    this.last = text;
  };

  /** What was printed so far. */
  text(): string {
    return this.sections.join('\n');
  }

  private section(pass: PassName, text: string): void {
    const of = this.program === undefined ? '' : `, program ${this.program}`;
    this.sections.push(`==== after ${pass}${of}\n${text}`);
  }
}
