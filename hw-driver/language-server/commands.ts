/** The commands of code lenses: a program verified as by `p4runpro check --verify`, and explained as by `p4runpro explain`. */
import { explainedText, explainPrograms, type ServiceDocument, SwitchState } from '../../compiler/index.js';
import { verificationText, verifyPrograms } from '../../sim/index.js';
import type { ServerHost } from './host.js';
import type { Workspace } from './workspace.js';

export const COMMANDS = { verify: 'p4runpro.verify', explain: 'p4runpro.explain' } as const;
export type CommandName = keyof typeof COMMANDS;

/** What a command came to: a text of one line or many. */
export interface CommandResult {
  readonly text: string;
  /** Whether the program is as it should be: verified, or fit for the switch. */
  readonly isGood: boolean;
}

/** Packets that verify a program. */
const PACKETS = 1000;
/** Columns of explanations. */
const WIDTH = 100;

/** Why a command cannot run on a text; undefined if it can. */
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

/** For the switch of the settings; versions of the text's programs that it runs are taken out first. */
function explain({ analysis }: ServiceDocument, program: string, workspace: Workspace): CommandResult {
  const { dataPlane, options, running } = workspace;
  const state = new SwitchState(dataPlane);
  for (const compiled of running) {
    if (!analysis.programs.some(({ name }) => name === compiled.program)) state.commit(compiled);
  }
  const results = explainPrograms(analysis, dataPlane, state, options);
  const asked = results.filter((result) => result.program === program);
  return {
    text: asked.map((result) => explainedText(result, dataPlane.name, options.recirculations, WIDTH)).join('\n'),
    isGood: asked.every(({ fits }) => fits),
  };
}
