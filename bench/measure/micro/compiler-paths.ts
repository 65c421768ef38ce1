/** Code paths of the compiler. */
import { must } from '../../../compiler/data-plane/must.js';
import { analyse, defaultDataPlane, link, lower, SwitchState } from '../../../compiler/index.js';
import { PAPER_KEYS } from '../../workloads/program-kind.js';
import { loadWorkload } from '../../workloads/workload.js';
import type { HotPath } from './hot-path.js';

const RECIRCULATIONS = 1;

/** Its parts, for one program. */
export function compilerPaths(source: string): HotPath[] {
  const dataPlane = defaultDataPlane();
  const state = new SwitchState(dataPlane);
  const analysis = analyse(source, dataPlane);
  const [program] = analysis.programs;
  if (program === undefined) throw new Error('the load balancer does not compile');
  const lowered = lower(program, dataPlane, RECIRCULATIONS);
  return [
    { name: 'compiler: text to checked program', operations: 1, prepare: () => () => void analyse(source, dataPlane) },
    {
      name: 'compiler: checked program to steps',
      operations: 1,
      prepare: () => () => void lower(program, dataPlane, RECIRCULATIONS),
    },
    {
      name: 'compiler: placement and entries',
      operations: 1,
      prepare: () => () => void link(lowered, state, analysis.sourceHash),
    },
  ];
}

/** Instances of each program: each has another name, and other constants in its filter. */
const INSTANCES = 16;

/**
 * All fifteen programs in turn, so that the percentiles are those of the programs: each call compiles another text and
 * places it on an empty switch.
 */
export function allProgramsPath(): HotPath {
  const prepare = async () => {
    const dataPlane = defaultDataPlane();
    const state = new SwitchState(dataPlane);
    const workloads = await Promise.all(
      PAPER_KEYS.map((name) => loadWorkload({ name, memoryBytes: 1024, cases: 2, seed: '', dataPlane })),
    );
    const texts = Array.from({ length: INSTANCES * workloads.length }, (_, i) =>
      must(workloads[i % workloads.length], 'workload').arrival(i),
    );
    let next = 0;
    return () => {
      const { name, source } = must(texts[next++ % texts.length], 'text of a program');
      const { programs, sourceHash } = analyse(source, dataPlane);
      link(lower(must(programs[0], `program ${name}`), dataPlane, RECIRCULATIONS), state, sourceHash);
    };
  };
  return { name: 'compiler: text to entries, the fifteen programs in turn', operations: 1, prepare };
}
