/** What becomes of a cell. */

/** The result of a cell as two JSON texts. */
export interface CellResult {
  /** Equal, byte for byte, for cells of equal keys. */
  readonly fixed: string;
  /** Times, which differ from run to run. */
  readonly times: string;
}

/** A cell that failed each time it was tried. */
export interface CellFailure {
  readonly tries: number;
  /** One sentence. */
  readonly message: string;
}

/** How often a cell that fails is tried. */
export const MAX_TRIES = 3;
