/** Where the values of a JSON text stand, which JSON.parse does not say. */

/** Keys and places of list items from the document down to a value. */
export type JsonPath = readonly (string | number)[];

export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const keyOf = (path: JsonPath): string => JSON.stringify(path);

export class JsonPlaces {
  private readonly starts = new Map<string, number>();
  /** Keys that an object has twice, of which JSON.parse takes the last. */
  readonly repeated: JsonPath[] = [];
  private at = 0;

  /** @param text of valid JSON */
  constructor(private readonly text: string) {
    this.skip();
    this.value([]);
  }

  /** Where a value stands, or else the nearest one around it: characters from the start. */
  offsetOf(path: JsonPath): number {
    for (let length = path.length; length > 0; length--) {
      const start = this.starts.get(keyOf(path.slice(0, length)));
      if (start !== undefined) return start;
    }
    return 0;
  }

  placeAt(offset: number): TextPlace {
    const before = this.text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  private value(path: JsonPath): void {
    if (!this.starts.has(keyOf(path))) this.starts.set(keyOf(path), this.at);
    const first = this.text[this.at];
    if (first === '{') this.object(path);
    else if (first === '[') this.list(path);
    else if (first === '"') this.string();
    else while (/[^,\]}\s]/.test(this.text[this.at] ?? ',')) this.at++;
    this.skip();
  }

  private object(path: JsonPath): void {
    const keys = new Set<string>();
    this.next();
    while (this.text[this.at] !== '}') {
      const start = this.at;
      const key = this.string();
      const below = [...path, key];
      if (keys.has(key)) this.repeated.push(below);
      keys.add(key);
      // A member stands where its key does.
      this.starts.set(keyOf(below), start);
      this.skip();
      this.next();
      this.value(below);
      if (this.text[this.at] === ',') this.next();
    }
    this.at++;
  }

  private list(path: JsonPath): void {
    this.next();
    for (let i = 0; this.text[this.at] !== ']'; i++) {
      this.value([...path, i]);
      if (this.text[this.at] === ',') this.next();
    }
    this.at++;
  }

  private string(): string {
    const start = this.at++;
    while (this.text[this.at] !== '"') this.at += this.text[this.at] === '\\' ? 2 : 1;
    this.at++;
    return String(JSON.parse(this.text.slice(start, this.at)));
  }

  private next(): void {
    this.at++;
    this.skip();
  }

  private skip(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }
}

/** A path as messages show it: `links[2].between[0]`. */
export const pathText = (path: JsonPath): string =>
  path
    .map((step, n) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w$]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return n === 0 ? step : `.${step}`;
    })
    .join('');
