/** The programs of a text, each against its entries on an empty switch, and what came of it as text. */
import { counted } from '../../compiler/data-plane/counting.js';
import {
  type Analysis,
  type DataPlane,
  DoesNotFit,
  link,
  lower,
  type Program,
  SwitchState,
} from '../../compiler/index.js';
import { describeMismatch } from './mismatch.js';
import type { Random } from './random.js';
import { recompileAlone } from './recompile.js';
import { formatFailure } from './report.js';
import { type Validation, validateTranslation } from './validate.js';

/** A program's entries against its text, on an empty switch. */
export type Verification =
  | {
      readonly program: string;
      readonly kind: 'verified';
      readonly packets: number;
      readonly ran: number;
      readonly undefined: number;
      readonly statements: { readonly ran: number; readonly all: number };
    }
  | { readonly program: string; readonly kind: 'failed'; readonly reason: string; readonly report: string }
  /** No packet told anything. */
  | { readonly program: string; readonly kind: 'nothing-ran'; readonly packets: number; readonly reason: string }
  | { readonly program: string; readonly kind: 'does-not-fit'; readonly reason: string };

export interface VerifyOptions {
  /** For each program. */
  readonly packets: number;
  /** Maximum recirculations of a program. */
  readonly recirculations: number;
  /** The random numbers of a program, by its name: the same ones also beside other programs. */
  readonly randomOf: (program: string) => Random;
  /** Called with the number of packets tried so far. */
  readonly progress?: ((program: string, packets: number) => void) | undefined;
}

/** One for each program of a text without errors. */
export function verifyPrograms(
  { programs, sourceHash }: Pick<Analysis, 'programs' | 'sourceHash'>,
  dataPlane: DataPlane,
  { packets, recirculations, randomOf, progress }: VerifyOptions,
): Verification[] {
  return programs.map((program) => {
    try {
      const lowered = lower(program, dataPlane, recirculations);
      const compiled = link(lowered, new SwitchState(dataPlane), sourceHash);
      const result = validateTranslation({ program, compiled }, dataPlane, {
        packets,
        random: randomOf(program.name),
        progress: (tried) => progress?.(program.name, tried),
        recompile: (smaller: Program) => recompileAlone(smaller, dataPlane, recirculations),
      });
      if (result.kind === 'verified') return verdictOf(program.name, result);
      const { failure } = result;
      const reason = describeMismatch(failure.mismatch);
      return { program: program.name, kind: 'failed', reason, report: formatFailure(failure, dataPlane) };
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      return { program: program.name, kind: 'does-not-fit', reason: error.message };
    }
  });
}

/** Packets that the program did not run on say nothing of it. */
function verdictOf(program: string, result: Extract<Validation, { kind: 'verified' }>): Verification {
  if (result.ran > 0) return { program, ...result };
  const { packets, undefined: skipped } = result;
  const reason =
    skipped > 0
      ? `it leaves its memory on all of the ${counted(skipped, 'packet')} that it ran on`
      : `it ran on none of ${counted(packets, 'packet')} made to match its filters: no packet of its parsing path can match them`;
  return { program, kind: 'nothing-ran', packets, reason };
}

/** A line, or several where the entries do not do what the program says. */
export function verificationText(verified: Verification): string {
  const { program } = verified;
  switch (verified.kind) {
    case 'verified': {
      const { packets, ran, statements, undefined: skipped } = verified;
      const except = skipped === 0 ? '' : `; left out: ${counted(skipped, 'packet')} on which it leaves its memory`;
      return (
        `${program}: verified on ${counted(packets, 'packet')}; it ran on ${ran} of them ` +
        `and executed ${statements.ran} of ${counted(statements.all, 'statement')}${except}`
      );
    }
    case 'failed':
      return `${program}: its entries do not do what its source says\n\n${verified.report}\n`;
    case 'nothing-ran':
    case 'does-not-fit':
      return `${program}: not verified: ${verified.reason}`;
  }
}
