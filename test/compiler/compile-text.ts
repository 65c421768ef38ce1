/** A text through the whole compiler and its explanation, onto an empty switch that has room for tens of thousands of entries and branches. */

import { explain, explanationText } from '../../compiler/explain/index.js';
import {
  analyse,
  DataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  DoesNotFit,
  defaultDataPlane,
  formatSource,
  lower,
  SwitchState,
} from '../../compiler/index.js';

function largeDataPlane(): DataPlane {
  const { description } = defaultDataPlane();
  const rpbs = Object.entries(description.rpbs).map(([key, rpb]) => [key, { ...rpb, entries: 100_000 }] as const);
  const state = { ...description.state, branchIdBits: 16, programIdBits: 16 };
  return new DataPlane({ ...description, name: 'large', state, rpbs: Object.fromEntries(rpbs) });
}

const dataPlane = largeDataPlane();
const TEXT_WIDTH = 100;

/** The code of the first error, or of what does not fit, or how many entries there are. */
export function compileText(text: string): string {
  const { programs, diagnostics, hasErrors, syntax, sourceHash } = analyse(text, dataPlane);
  formatSource(syntax);
  if (hasErrors) return `error: ${diagnostics.find(({ severity }) => severity === 'error')?.code}`;
  const state = new SwitchState(dataPlane);
  let entries = 0;
  try {
    for (const program of programs) {
      const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
      const { compiled, explanation } = explain(lowered, state, sourceHash, DEFAULT_LINK_OPTIONS);
      explanationText(explanation, TEXT_WIDTH);
      state.commit(compiled);
      entries += compiled.entries.length;
    }
  } catch (error) {
    if (!(error instanceof DoesNotFit)) throw error;
    return `does not fit: ${error.reason.kind}`;
  }
  return `${entries} entries`;
}
