/** Compiles a checked program again, by way of its text: for programs that were cut down. */
import {
  analyse,
  type DataPlane,
  DoesNotFit,
  link,
  lower,
  type Program,
  programSource,
  SwitchState,
} from '../../compiler/index.js';
import type { Translation } from './failure.js';

/** For a switch that runs nothing else; undefined for a program with errors, or one that does not fit. */
export function recompileAlone(
  program: Program,
  dataPlane: DataPlane,
  recirculations: number,
): Translation | undefined {
  const { programs, hasErrors, sourceHash } = analyse(programSource(program), dataPlane);
  const [again] = programs;
  if (hasErrors || again === undefined) return undefined;
  try {
    const compiled = link(lower(again, dataPlane, recirculations), new SwitchState(dataPlane), sourceHash);
    return { program: again, compiled };
  } catch (error) {
    if (error instanceof DoesNotFit) return undefined;
    throw error;
  }
}
