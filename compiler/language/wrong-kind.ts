/** What is said of an argument of another kind than a primitive takes. */
import type { Advice, Diagnostics } from './diagnostics.js';
import type { PrimitiveRow } from './primitives.js';
import type { ArgumentSyntax } from './syntax.js';

export const usage = (row: PrimitiveRow): string =>
  `${row.name}${row.arguments.length > 0 ? `(${row.arguments.join(', ')})` : ''}: ${row.summary}`;

/** Reports it. @param meant what to write instead, if that can be told */
export function wrongKind(
  argument: ArgumentSyntax,
  wanted: string,
  row: PrimitiveRow,
  diagnostics: Diagnostics,
  meant?: () => string | Advice | undefined,
): undefined {
  diagnostics.report('wrong-argument-kind', argument.span, `expected ${wanted}`, () => meant?.() ?? usage(row));
}
