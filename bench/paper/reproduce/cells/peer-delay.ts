/** Time that ActiveRMT's allocator takes for each of a number of arrivals. */
import { ActiveRmt, type BooksKind, COMPARED_SETTING } from '../../../peers/activermt/activermt.js';
import { enumeratingSource, type MutantSource } from '../../../peers/activermt/mutants.js';
import { type PeerWorkload, peerArrivals } from './peer-fill.js';

export interface PeerDelayCell {
  readonly kind: 'peer-delay';
  readonly workload: PeerWorkload;
  /** Memory of each inelastic access in bytes. */
  readonly memoryBytes: number;
  /** Blocks of a stage. */
  readonly blocks: number;
  readonly books: BooksKind;
  /** Number of arrivals; fewer if one is refused before. */
  readonly arrivals: number;
  readonly seed: string;
  readonly repeat: number;
}

/** Times in µs by arrival. */
export interface PeerDelayResult {
  /** To enumerate the mutants. */
  readonly enumerationUs: readonly number[];
  /** To choose a mutant and to place it. */
  readonly choiceUs: readonly number[];
}

/** Number of arrivals before the measurement, since the code of a new process is not compiled yet. */
const WARM_UP = 100;

export async function measurePeerDelay(cell: PeerDelayCell): Promise<PeerDelayResult> {
  delays({ ...cell, arrivals: Math.min(WARM_UP, cell.arrivals) });
  return delays(cell);
}

function delays(cell: PeerDelayCell): PeerDelayResult {
  let enumerationMs = 0;
  const enumerate = enumeratingSource('lc');
  const mutants: MutantSource = (program) => {
    const start = performance.now();
    const found = enumerate(program);
    enumerationMs = performance.now() - start;
    return found;
  };
  const peer = new ActiveRmt({ ...COMPARED_SETTING, blocks: cell.blocks, books: cell.books, mutants });
  const programOf = peerArrivals(cell, cell);
  const [enumerationUs, choiceUs]: [number[], number[]] = [[], []];
  for (let id = 0; id < cell.arrivals; id++) {
    const program = programOf(id);
    const start = performance.now();
    const answer = peer.admit({ id, program });
    const totalMs = performance.now() - start;
    if (answer.kind === 'refused') break;
    enumerationUs.push(microseconds(enumerationMs));
    choiceUs.push(microseconds(totalMs - enumerationMs));
  }
  return { enumerationUs, choiceUs };
}

const microseconds = (ms: number): number => Math.round(ms * 1e4) / 10;
