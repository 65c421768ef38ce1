/** Errors and warnings about a user's source, on stderr. */
import { type Findings, renderDiagnostics } from '../../../compiler/index.js';

/** Writes the findings about a source, underlined, followed by an empty line; nothing if there are none. */
export function printFindings(findings: Findings, file: string, source: string): void {
  const text = renderDiagnostics(findings, file, source);
  if (text !== '') process.stderr.write(`${text}\n\n`);
}
