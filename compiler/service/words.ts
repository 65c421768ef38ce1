/** The words of the language that are no names. */
import { REGISTERS, type Register } from '../data-plane/description.js';

export const KEYWORDS: readonly string[] = ['program', 'case', 'BRANCH'];

export const isRegister = (text: string): text is Register => REGISTERS.some((register) => register === text);
