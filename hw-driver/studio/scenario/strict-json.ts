/** Reads values of JSON that somebody else wrote: each has to be what was expected, and nothing else may be there. */
import { ScenarioError } from './scenario-error.js';

/** As much of a wrong value as a sentence shows. */
const SHOWN_CHARACTERS = 40;

const shown = (value: unknown): string => {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
};

/** A value with the path that leads to it. */
export class JsonValue {
  constructor(
    private readonly value: unknown,
    private readonly path: string,
  ) {}

  /** @throws {ScenarioError} always */
  refuse(expected: string): never {
    throw new ScenarioError(
      'damaged',
      `the scenario is damaged: ${this.path} is ${shown(this.value)}, not ${expected}`,
    );
  }

  get isMissing(): boolean {
    return this.value === undefined;
  }

  get isText(): boolean {
    return typeof this.value === 'string';
  }

  /** The value itself, to be checked by its reader. */
  get raw(): unknown {
    return this.value;
  }

  /** @throws {ScenarioError} */
  text(mostCharacters: number): string {
    const { value } = this;
    if (typeof value !== 'string') return this.refuse('a text');
    if (value.length > mostCharacters) return this.refuse(`a text of at most ${mostCharacters} characters`);
    return value;
  }

  /** @throws {ScenarioError} */
  choice<Of extends string>(of: readonly Of[]): Of {
    const found = of.find((each) => each === this.value);
    return found === undefined ? this.refuse(`one of ${of.join(', ')}`) : found;
  }

  /** @throws {ScenarioError} */
  whole(least: number, most: number): number {
    const { value } = this;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.refuse(`a whole number from ${least} to ${most}`);
  }

  /** @throws {ScenarioError} */
  list<Item>(most: number, read: (item: JsonValue) => Item): Item[] {
    const { value, path } = this;
    if (!Array.isArray(value)) return this.refuse('a list');
    if (value.length > most) return this.refuse(`a list of at most ${most} items`);
    return value.map((item: unknown, i) => read(new JsonValue(item, `${path}[${i}]`)));
  }

  /**
   * Reads an object with these keys and no others.
   * @param optional keys that it may have
   * @returns the value of each of them
   * @throws {ScenarioError}
   */
  object(keys: readonly string[], optional: readonly string[] = []): (key: string) => JsonValue {
    const { value, path } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.refuse('an object');
    const known = [...keys, ...optional];
    const other = Object.keys(value).find((key) => !known.includes(key));
    if (other !== undefined) return this.refuse(`an object of ${known.join(', ')}, without ${shown(other)}`);
    return (key) => {
      const own: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
      return new JsonValue(own, path === '' ? key : `${path}.${key}`);
    };
  }
}
