/**
 * The paper's way: its model, solved by Z3 (the npm package `z3-solver`, the official WebAssembly build). Slow beside
 * the greedy, which finds the same optimum; it is the oracle in tests and the other side of delay measurements.
 *
 * Z3 answers later, an allocator at once: Z3 runs in a thread of its own, and the caller's thread sleeps until it is
 * done. Thread and package are loaded by the first placement, once, and do not keep the process alive.
 */
import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type CommandEnd, DomainError } from '../data-plane/domain-error.js';
import type { Allocator, FreeResources, Placement, PlacementResult } from './allocator.js';
import { greedyAllocator } from './greedy.js';
import type { PaperObjective } from './objectives.js';
import type { PlacementProblem } from './problem.js';
import { smtModel } from './smt-model.js';
import { trustedAllocator } from './trusted-allocators.js';
import type { SolverAnswer, SolverStart } from './z3-protocol.js';

/** Z3 is not installed, or gave no answer. */
export class SolverError extends DomainError {
  override readonly name = 'SolverError';
  readonly ends: CommandEnd;

  constructor(
    readonly code: 'not-installed' | 'no-answer',
    message: string,
  ) {
    super(message);
    this.ends = code === 'not-installed' ? 'bad-input' : 'failed';
  }
}

/** Models take tens of milliseconds, the worst known two seconds; loading takes one. */
const PATIENCE_MS = 300_000;

/**
 * An optimal placement; which one among equally good ones is Z3's choice, but always the same. Its `place` blocks the
 * thread.
 * @throws {SolverError} if the package is not installed; from `place`, if Z3 fails
 */
export function z3Allocator(objective: PaperObjective): Allocator {
  requirePackage();
  return trustedAllocator({
    name: 'z3',
    isSlow: true,
    place: (problem, free) => place(problem, free, objective),
  });
}

function place(problem: PlacementProblem, free: FreeResources, objective: PaperObjective): PlacementResult {
  if (problem.rows.length === 0) return { kind: 'placed', placement: [] };
  solver ??= new Solver();
  const answer = solver.solve(smtModel(problem, free, objective));
  if (answer.kind === 'failed') throw new SolverError('no-answer', `Z3 fails: ${answer.message}`);
  if (answer.kind === 'solved') return { kind: 'placed', placement: readPlacement(answer.values, problem.rows.length) };
  // Z3 does not say what is lacking; the greedy does.
  const reason = greedyAllocator(objective).place(problem, free);
  if (reason.kind === 'doesNotFit') return reason;
  throw new SolverError('no-answer', `Z3 finds no placement, but there is one: ${reason.placement.join(' ')}`);
}

function readPlacement(values: string, rowCount: number): Placement {
  const byRow = new Map<number, number>();
  for (const [, row, x] of values.matchAll(/^x(\d+) -> (\d+)$/gm)) byRow.set(Number(row), Number(x));
  return Array.from({ length: rowCount }, (_, row) => {
    const x = byRow.get(row);
    if (x === undefined) throw new SolverError('no-answer', `Z3 gives no place for row ${row}: ${values}`);
    return x;
  });
}

function requirePackage(): void {
  try {
    createRequire(import.meta.url).resolve('z3-solver');
  } catch {
    throw new SolverError(
      'not-installed',
      'allocator z3 needs the optional package z3-solver, which is not installed: npm install z3-solver',
    );
  }
}

/** Z3 in its thread. */
class Solver {
  private readonly worker: Worker;
  private readonly answers: MessagePort;
  private readonly answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor() {
    const { port1, port2 } = new MessageChannel();
    const workerData: SolverStart = { answers: port2, answered: this.answered.buffer as SharedArrayBuffer };
    this.worker = new Worker(new URL('./z3-worker.js', import.meta.url), { workerData, transferList: [port2] });
    this.worker.unref();
    this.answers = port1;
    this.answers.unref();
  }

  /** @throws {SolverError} */
  solve(text: string): SolverAnswer {
    const before = Atomics.load(this.answered, 0);
    this.worker.postMessage(text);
    if (Atomics.wait(this.answered, 0, before, PATIENCE_MS) === 'timed-out') {
      // Its answer may yet come: to the next question another thread answers.
      solver = undefined;
      void this.worker.terminate();
      throw new SolverError('no-answer', `Z3 has not answered in ${PATIENCE_MS / 1000} s`);
    }
    const answer = receiveMessageOnPort(this.answers)?.message as SolverAnswer | undefined;
    if (answer === undefined) throw new SolverError('no-answer', 'Z3 has sent no answer');
    return answer;
  }
}

let solver: Solver | undefined;
