/** Modules that bundle-page.mjs makes. */

declare module '*.css';

declare module '*.html' {
  /** The text of the file. */
  const text: string;
  export default text;
}

declare module 'p4runpro:parser' {
  import type { LRParser } from '@lezer/lr';

  /** The parser of the language, generated from `hw-driver/editors/lezer-grammar.ts`. */
  export const parser: LRParser;
}

declare module 'p4runpro:shipped-programs' {
  /** The programs that the project ships, in the order of their paths. */
  const programs: readonly {
    /** From the folder of programs, without the ending: `cache`, `extended/syn`. */
    readonly name: string;
    readonly text: string;
  }[];
  export default programs;
}
