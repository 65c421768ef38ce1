/** The solver's thread: takes models as SMT-LIB 2 texts one by one and answers with their optimal values. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SolverAnswer, SolverStart } from './z3-protocol.js';

/** The used part of the package, which need not be installed when this project is built. Numbers are addresses. */
interface Z3Package {
  init(): Promise<{ readonly Z3: Z3 }>;
}

/**
 * Without eval_smtlib2_string, which does everything in one call: it gives Z3's thread a text that may be freed before
 * it is read (seen in 5.2.0: one answer in thousands is a syntax error, or wrong).
 */
interface Z3 {
  mk_config(): number;
  del_config(config: number): void;
  mk_context(config: number): number;
  del_context(context: number): void;
  get_error_code(context: number): number;
  get_error_msg(context: number, code: number): string;
  mk_optimize(context: number): number;
  optimize_inc_ref(context: number, optimize: number): void;
  optimize_dec_ref(context: number, optimize: number): void;
  optimize_from_string(context: number, optimize: number, text: string): void;
  optimize_check(context: number, optimize: number, assumptions: readonly number[]): Promise<number>;
  optimize_get_reason_unknown(context: number, optimize: number): string;
  optimize_get_model(context: number, optimize: number): number;
  model_to_string(context: number, model: number): string;
}

/** Results of optimize_check. */
const SATISFIABLE = 1;
const UNSATISFIABLE = -1;

const PACKAGE: string = 'z3-solver';
const { answers, answered } = workerData as SolverStart;
const count = new Int32Array(answered);
const loading = load();

async function load() {
  const { init } = (await import(PACKAGE)) as Z3Package;
  return (await init()).Z3;
}

/** Each model gets a separate context, so that the answer does not depend on earlier models. */
async function solve(text: string): Promise<SolverAnswer> {
  try {
    const Z3 = await loading;
    const config = Z3.mk_config();
    const context = Z3.mk_context(config);
    try {
      return await optimum(Z3, context, text);
    } finally {
      Z3.del_context(context);
      Z3.del_config(config);
    }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

async function optimum(Z3: Z3, context: number, text: string): Promise<SolverAnswer> {
  const optimize = Z3.mk_optimize(context);
  Z3.optimize_inc_ref(context, optimize);
  try {
    Z3.optimize_from_string(context, optimize, text);
    const error = Z3.get_error_code(context);
    if (error !== 0) return { kind: 'failed', message: Z3.get_error_msg(context, error) };
    const status = await Z3.optimize_check(context, optimize, []);
    if (status === UNSATISFIABLE) return { kind: 'unsatisfiable' };
    if (status !== SATISFIABLE) {
      return { kind: 'failed', message: Z3.optimize_get_reason_unknown(context, optimize) };
    }
    return { kind: 'solved', values: Z3.model_to_string(context, Z3.optimize_get_model(context, optimize)) };
  } finally {
    Z3.optimize_dec_ref(context, optimize);
  }
}

parentPort?.on('message', async (text: string) => {
  answers.postMessage(await solve(text));
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
});
