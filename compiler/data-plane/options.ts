/** Options of functions and classes for scripts, held against what they may be before anything is done with them. */
import { DomainError } from './domain-error.js';
import { valueText } from './thrown-text.js';

/** A script called a function with an argument or an option that it does not take; the message names both. */
export class OptionError extends DomainError {
  override readonly name = 'OptionError';
  readonly code = 'wrong-option';
  readonly ends = 'bad-input';
}

/** What a value may be. */
export interface Expected {
  /** For one sentence: `a whole number from 1 to 32,768`. */
  readonly text: string;
  readonly accepts: (value: unknown) => boolean;
}

/** @param least, most the limits, both included */
export const wholeNumberIn = (least: number, most: number): Expected => ({
  text: `a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`,
  accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
});

export const oneOf = (names: readonly string[]): Expected => ({
  text: `one of ${names.join(', ')}`,
  accepts: (value) => typeof value === 'string' && names.includes(value),
});

export const TEXT: Expected = { text: 'a text', accepts: (value) => typeof value === 'string' };

/** @param text as in `a DataPlane` */
export const instanceOf = (kind: abstract new (...args: never) => unknown, text: string): Expected => ({
  text,
  accepts: (value) => value instanceof kind,
});

export const eitherOf = (...kinds: readonly Expected[]): Expected => ({
  text: kinds.map(({ text }) => text).join(' or '),
  accepts: (value) => kinds.some(({ accepts }) => accepts(value)),
});

/** An object with these functions. @param text as in `an allocator { name, place }` */
export const objectWith = (functions: readonly string[], text: string): Expected => ({
  text,
  accepts: (value) => {
    if (typeof value !== 'object' || value === null) return false;
    return functions.every((name) => typeof Reflect.get(value, name) === 'function');
  },
});

/** @param what names it: `program text of deploy()` @throws {OptionError} */
export function requireArgument(what: string, value: unknown, { text, accepts }: Expected): void {
  if (!accepts(value)) throw new OptionError(`${what} is ${valueText(value)}, where ${text} was expected`);
}

/**
 * An option that is undefined is left out.
 * @param call what is called, as `simulate`
 * @param options what was given
 * @param known what each option may be
 * @param required names of options that cannot be left out
 * @throws {OptionError} for the first that is wrong, and for one that is not known
 */
export function requireOptions(
  call: string,
  options: unknown,
  known: Readonly<Record<string, Expected>>,
  required: readonly string[] = [],
): void {
  const names = Object.keys(known);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new OptionError(`${call} was given ${valueText(options)}, where an object of options was expected`);
  }
  const given = new Map<string, unknown>(Object.entries(options));
  for (const name of required) {
    if (given.get(name) === undefined) throw new OptionError(`${call} needs the option ${name}`);
  }
  for (const [name, value] of given) {
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expected === undefined) {
      throw new OptionError(`${call} has no option '${name}'; its options are ${names.join(', ')}`);
    }
    if (value !== undefined) requireArgument(`option ${name} of ${call}`, value, expected);
  }
}
