/** What the compiler finds in the opened file. */
import { signal } from '@preact/signals';
import type { FindingWithFixes } from '../../../language/protocol.js';

/** The findings of one version of a text. */
export interface CheckedText {
  readonly text: string;
  readonly findings: readonly FindingWithFixes[];
}

/** Of the last text that was looked at. */
export const checked = signal<CheckedText>({ text: '', findings: [] });
