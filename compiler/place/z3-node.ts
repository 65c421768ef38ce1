/**
 * The paper's model, solved by Z3 (the npm package `z3-solver`, the official WebAssembly build). Slow compared with
 * the greedy allocator, which finds the same optimum; it is the oracle in tests and the reference in delay
 * measurements.
 *
 * Z3 is asynchronous and allocators are synchronous: Z3 runs in a separate thread, and the caller's thread waits until
 * it is done. The first placement starts the thread and loads the package; they do not keep the process alive.
 */
import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Allocator, FreeResources, Placement, PlacementResult } from './allocator.js';
import { greedyAllocator } from './greedy.js';
import type { PaperObjective } from './objectives.js';
import type { PlacementProblem } from './problem.js';
import { smtModel } from './smt-model.js';
import { SolverError } from './solver-error.js';
import { trustedAllocator } from './trusted-allocators.js';
import type { SolverAnswer, SolverStart } from './z3-protocol.js';

/** Timeout. Models take tens of milliseconds, the slowest known one two seconds; loading takes one second. */
const TIMEOUT_MS = 300_000;

/**
 * Finds an optimal placement; among equally good ones Z3 decides, always in the same way. Its `place` blocks the
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
  if (answer.kind === 'failed') throw new SolverError('no-answer', `Z3 failed: ${answer.message}`);
  if (answer.kind === 'solved') return { kind: 'placed', placement: readPlacement(answer.values, problem.rows.length) };
  // The greedy allocator finds the missing resource, which Z3 does not report.
  const reason = greedyAllocator(objective).place(problem, free);
  if (reason.kind === 'doesNotFit') return reason;
  throw new SolverError('no-answer', `Z3 found no placement, but there is one: ${reason.placement.join(' ')}`);
}

function readPlacement(values: string, rowCount: number): Placement {
  const byRow = new Map<number, number>();
  for (const [, row, x] of values.matchAll(/^x(\d+) -> (\d+)$/gm)) byRow.set(Number(row), Number(x));
  return Array.from({ length: rowCount }, (_, row) => {
    const x = byRow.get(row);
    if (x === undefined) throw new SolverError('no-answer', `Z3 gave no place for row ${row}: ${values}`);
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
    if (Atomics.wait(this.answered, 0, before, TIMEOUT_MS) === 'timed-out') {
      // Its answer may still come, so another thread takes the next model.
      solver = undefined;
      void this.worker.terminate();
      throw new SolverError('no-answer', `Z3 has not answered in ${TIMEOUT_MS / 1000} s`);
    }
    const answer = receiveMessageOnPort(this.answers)?.message as SolverAnswer | undefined;
    if (answer === undefined) throw new SolverError('no-answer', 'Z3 sent no answer');
    return answer;
  }
}

let solver: Solver | undefined;
