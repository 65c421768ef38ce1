/** What the page is started with: the files that the command line names, as its server tells them. */
/** A program's file: its name and its text. */
export interface StartProgram {
  readonly name: string;
  readonly text: string;
}

/** The document at {@link START_PATH}. */
export interface StartDocument {
  readonly schema: 'p4runpro/studio-start@1';
  /** The name of a data plane that ships, or what a file says of another one. */
  readonly dataPlane: string | object;
  readonly programs: readonly StartProgram[];
  /** A capture; its bytes are at {@link TRACE_PATH}. */
  readonly trace?: { readonly name: string; readonly bytes: number };
}

export const START_PATH = 'start.json';
export const TRACE_PATH = 'trace';
