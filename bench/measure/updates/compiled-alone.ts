/** A program of the paper compiled for an empty switch, with the memory and the cases of the evaluation. */
import {
  analyse,
  type CompiledProgram,
  type DataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  link,
  lower,
  SwitchState,
} from '../../../compiler/index.js';
import type { PaperKey } from '../../workloads/program-kind.js';
import { loadWorkload } from '../../workloads/workload.js';

const ELASTIC_CASES = 2;
const MEMORY_BYTES = 1024;

export async function compiledAlone(name: PaperKey, dataPlane: DataPlane): Promise<CompiledProgram> {
  const size = { memoryBytes: MEMORY_BYTES, cases: ELASTIC_CASES };
  const { source } = (await loadWorkload({ name, ...size, seed: '0', dataPlane })).arrival(0);
  const { programs, sourceHash } = analyse(source, dataPlane);
  const [program] = programs;
  if (program === undefined) throw new Error(`the text of ${name} holds no program`);
  const lowered = lower(program, dataPlane, DEFAULT_RECIRCULATIONS);
  return link(lowered, new SwitchState(dataPlane), sourceHash, DEFAULT_LINK_OPTIONS);
}
