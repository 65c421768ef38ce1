/** Random numbers that a seed determines. */
import seedrandom from 'seedrandom';

/** For each program numbers of its own, by its name. @param seed as `--seed` gives it */
export const randomNumbers =
  (seed: string) =>
  (program: string): (() => number) =>
    seedrandom.alea(`${seed}/${program}`);
