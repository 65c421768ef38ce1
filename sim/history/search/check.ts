/** Whether a condition holds for a packet: at once, where the record tells, or when the packet has run again. */
import type { RerunVisitor } from '../recording/past-switch.js';

/** A condition, ready for the packets of a run. */
export interface Check {
  /** What the record tells of a packet; undefined if it has to run again. */
  known(packet: number): boolean | undefined;
  /**
   * Of a packet that has run again since the last {@link forget}. Those of which {@link known} tells may be asked for too.
   */
  found(packet: number): boolean;
  /** What it has to see of packets that run again. */
  readonly visitors: readonly RerunVisitor[];
  /** Forgets what it has seen. */
  forget(): void;
}

const NOTHING_SEEN = { visitors: [], forget: () => undefined } as const;

/** A check that the record answers. */
export const recordCheck = (holds: (packet: number) => boolean): Check => ({
  ...NOTHING_SEEN,
  known: holds,
  found: holds,
});

/** The opposite of another. */
export const notCheck = (check: Check): Check => ({
  visitors: check.visitors,
  forget: () => check.forget(),
  known: (packet) => {
    const known = check.known(packet);
    return known === undefined ? undefined : !known;
  },
  found: (packet) => !check.found(packet),
});

/** Whether all others hold, or any. Those that the record answers are asked first. */
export function jointCheck(checks: readonly Check[], kind: 'all' | 'any'): Check {
  /** What one check says that decides it. */
  const decides = kind === 'any';
  return {
    visitors: checks.flatMap(({ visitors }) => visitors),
    forget: () => {
      for (const check of checks) check.forget();
    },
    known: (packet) => {
      let isOpen = false;
      for (const check of checks) {
        const known = check.known(packet);
        if (known === decides) return decides;
        if (known === undefined) isOpen = true;
      }
      return isOpen ? undefined : !decides;
    },
    found: (packet) => checks.some((check) => check.found(packet) === decides) === decides,
  };
}
