/** The commands of code lenses: verify, as `p4runpro check --verify`, and explain, as `p4runpro explain`. */
import { explainedText, explainPrograms } from '../../compiler/explain/index.js';
import { SwitchState } from '../../compiler/index.js';
import type { ServiceDocument } from '../../compiler/service/index.js';
import { verificationText, verifyPrograms } from '../../sim/validation/index.js';
import type { ServerHost } from './host.js';
import type { Workspace } from './workspace.js';

export const COMMANDS = { verify: 'p4runpro.verify', explain: 'p4runpro.explain' } as const;
export type CommandName = keyof typeof COMMANDS;

/** The result of a command, as text. */
export interface CommandResult {
  readonly text: string;
  /** Whether the program was verified, or fits the switch. */
  readonly isGood: boolean;
}

/** Packets for the verification of a program. */
const PACKETS = 1000;
/** Columns of explanations. */
const WIDTH = 100;

/** The reason why a command cannot run on a text; undefined if it can. */
export function obstacle({ analysis }: ServiceDocument, program: string): string | undefined {
  if (analysis.hasErrors) return 'the text has errors: mend them first';
  return analysis.programs.some(({ name }) => name === program)
    ? undefined
    : `there is no program ${program} in the text`;
}

/** @param document without an {@link obstacle} */
export function runCommand(
  name: CommandName,
  document: ServiceDocument,
  program: string,
  workspace: Workspace,
  host: ServerHost,
): CommandResult {
  return name === 'verify' ? verify(document, program, workspace, host) : explain(document, program, workspace);
}

function verify({ analysis }: ServiceDocument, program: string, workspace: Workspace, host: ServerHost): CommandResult {
  const { sourceHash } = analysis;
  const programs = analysis.programs.filter(({ name }) => name === program);
  const { recirculations } = workspace.options;
  const results = verifyPrograms({ programs, sourceHash }, workspace.dataPlane, {
    packets: PACKETS,
    recirculations,
    randomOf: host.randomOf,
  });
  return {
    text: results.map(verificationText).join('\n'),
    isGood: results.every(({ kind }) => kind === 'verified'),
  };
}

/** On the switch of the settings, without running versions of the programs of the text. */
function explain({ analysis }: ServiceDocument, program: string, workspace: Workspace): CommandResult {
  const { dataPlane, options, running } = workspace;
  const state = new SwitchState(dataPlane);
  for (const compiled of running) {
    if (!analysis.programs.some(({ name }) => name === compiled.program)) state.commit(compiled);
  }
  const results = explainPrograms(analysis, dataPlane, state, options);
  const asked = results.filter((result) => result.program === program);
  return {
    text: asked.map((result) => explainedText(result, dataPlane, options.recirculations, WIDTH)).join('\n'),
    isGood: asked.every(({ fits }) => fits),
  };
}
