/**
 * Operations as numbers, to send them to another thread. A structured clone of thousands of entries has a copy of each
 * name in each of them; here each name and each field of a key stands once, and the objects that are made of them again
 * share it, so that the tables of a worker take less memory.
 */
import {
  type KeyField,
  type MulticastGroup,
  must,
  type Operation,
  type TableEntry,
} from '../../../compiler/for-switches.js';

/** Operations in order. Everything that varies is a number. */
export interface PackedOperations {
  /** Names of tables, fields, actions, parameters and memories. */
  readonly names: readonly string[];
  /** The fields of keys, {@link FIELD} numbers each. */
  readonly fields: Float64Array;
  /** For each operation its kind, followed by its numbers. */
  readonly operations: Float64Array;
}

/** Numbers of a field: place of its name, 1 if it is ternary, value, mask. */
const FIELD = { name: 0, isTernary: 1, value: 2, mask: 3, length: 4 } as const;

const KINDS = [
  'insertEntry',
  'deleteEntry',
  'replaceEntry',
  'drain',
  'resetMemory',
  'declareMemory',
  'insertGroup',
  'deleteGroup',
] as const;
const KIND_NUMBER = Object.fromEntries(KINDS.map((kind, i) => [kind, i])) as Readonly<
  Record<Operation['kind'], number>
>;

export function packOperations(operations: readonly Operation[]): PackedOperations {
  const packer = new Packer();
  for (const operation of operations) packer.add(operation);
  return packer.packed();
}

class Packer {
  private readonly names = new Map<string, number>();
  private readonly places = new Map<KeyField, number>();
  private readonly fields: number[] = [];
  private readonly numbers: number[] = [];

  add(operation: Operation): void {
    const { numbers } = this;
    numbers.push(KIND_NUMBER[operation.kind]);
    switch (operation.kind) {
      case 'insertEntry':
      case 'deleteEntry':
        this.addEntry(operation.entry);
        return;
      case 'replaceEntry':
        this.addEntry(operation.before);
        this.addEntry(operation.entry);
        return;
      case 'drain':
        return;
      case 'resetMemory':
        numbers.push(operation.rpb, operation.base, operation.buckets);
        return;
      case 'declareMemory':
        numbers.push(operation.programId, operation.blocks.length);
        for (const { name, rpb, base, buckets } of operation.blocks) numbers.push(this.name(name), rpb, base, buckets);
        return;
      case 'insertGroup':
      case 'deleteGroup':
        numbers.push(operation.group.id, operation.group.nodes.length);
        for (const { id, replicationId, ports } of operation.group.nodes) {
          numbers.push(id, replicationId, ports.length, ...ports);
        }
    }
  }

  packed(): PackedOperations {
    return {
      names: [...this.names.keys()],
      fields: Float64Array.from(this.fields),
      operations: Float64Array.from(this.numbers),
    };
  }

  private addEntry({ table, key, priority, action, parameters }: TableEntry): void {
    const { numbers } = this;
    numbers.push(this.name(table), priority, this.name(action), key.length);
    for (const field of key) numbers.push(this.field(field));
    numbers.push(parameters.length);
    for (const { name, value } of parameters) numbers.push(this.name(name), value);
  }

  private name(text: string): number {
    const known = this.names.get(text) ?? this.names.size;
    this.names.set(text, known);
    return known;
  }

  private field(field: KeyField): number {
    const known = this.places.get(field);
    if (known !== undefined) return known;
    const place = this.places.size;
    this.places.set(field, place);
    const isTernary = field.match === 'ternary';
    this.fields.push(this.name(field.name), isTernary ? 1 : 0, field.value, isTernary ? field.mask : 0);
    return place;
  }
}

/** The operations again; what several entries have in common is one object. */
export function* unpackOperations(packed: PackedOperations): Generator<Operation> {
  const unpacker = new Unpacker(packed);
  while (unpacker.hasMore) yield unpacker.next();
}

class Unpacker {
  private readonly names: readonly string[];
  private readonly fields: readonly KeyField[];
  private readonly numbers: Float64Array;
  private at = 0;

  constructor({ names, fields, operations }: PackedOperations) {
    this.names = names;
    this.numbers = operations;
    this.fields = Array.from({ length: fields.length / FIELD.length }, (_, i): KeyField => {
      const at = i * FIELD.length;
      const name = this.nameAt(must(fields[at + FIELD.name], 'name of a field'));
      const value = compact(must(fields[at + FIELD.value], 'value of a field'));
      if (fields[at + FIELD.isTernary] === 0) return { name, match: 'exact', value };
      return { name, match: 'ternary', value, mask: compact(must(fields[at + FIELD.mask], 'mask of a field')) };
    });
  }

  get hasMore(): boolean {
    return this.at < this.numbers.length;
  }

  next(): Operation {
    const kind = must(KINDS[this.number()], 'kind of an operation');
    switch (kind) {
      case 'insertEntry':
      case 'deleteEntry':
        return { kind, entry: this.entry() };
      case 'replaceEntry': {
        const before = this.entry();
        return { kind, before, entry: this.entry() };
      }
      case 'drain':
        return { kind };
      case 'resetMemory':
        return { kind, rpb: this.number(), base: this.number(), buckets: this.number() };
      case 'declareMemory': {
        const programId = this.number();
        const blocks = this.list(() => ({
          name: this.name(),
          rpb: this.number(),
          base: this.number(),
          buckets: this.number(),
        }));
        return { kind, programId, blocks };
      }
      case 'insertGroup':
      case 'deleteGroup':
        return { kind, group: this.group() };
    }
  }

  private entry(): TableEntry {
    const table = this.name();
    const priority = this.number();
    const action = this.name();
    const key = this.list(() => must(this.fields[this.number()], 'field of a key'));
    const parameters = this.list(() => ({ name: this.name(), value: this.number() }));
    return { table, key, priority, action, parameters };
  }

  private group(): MulticastGroup {
    const id = this.number();
    const nodes = this.list(() => ({
      id: this.number(),
      replicationId: this.number(),
      ports: this.list(() => this.number()),
    }));
    return { id, nodes };
  }

  private list<Item>(read: () => Item): Item[] {
    return Array.from({ length: this.number() }, read);
  }

  private name(): string {
    return this.nameAt(this.number());
  }

  private nameAt(place: number): string {
    return must(this.names[place], 'name of an operation');
  }

  private number(): number {
    return compact(must(this.numbers[this.at++], 'number of an operation'));
  }
}

/** The same number, without memory of its own if it is small: what is read from an array of doubles has some. */
const compact = (value: number): number => ((value | 0) === value ? value | 0 : value);
