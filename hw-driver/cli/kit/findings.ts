/** What the compiler has to say about a user's text, on stderr. */
import { type Findings, renderDiagnostics } from '../../../compiler/index.js';

/** Writes the findings of a text, underlined, with an empty line behind; nothing if there are none. */
export function printFindings(findings: Findings, file: string, source: string): void {
  const text = renderDiagnostics(findings, file, source);
  if (text !== '') process.stderr.write(`${text}\n\n`);
}
