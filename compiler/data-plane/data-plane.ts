/**
 * A data plane for the rest of the system: a validated {@link DataPlaneDescription} with resolved names.
 * Immutable; two data planes with the same hash are the same.
 */
import { sha256OfText } from '#platform/sha256';
import { MAX_NUMBER_BITS } from './bits.js';
import {
  type CrcDescription,
  type DataPlaneDescription,
  type Gress,
  type HeaderDescription,
  partsOf,
  REGISTERS,
  type Register,
  wordName,
} from './description.js';
import { type ActionParameter, compactFieldName } from './instructions/instruction.js';
import {
  actionParameters,
  directEffect,
  effectOfAction,
  type Instruction,
  instructionOf,
} from './instructions/table.js';
import { REPLICATION_ID } from './intrinsics.js';
import { type LogicalRpb, passOf, rpbNumberOf } from './logical-rpb.js';
import { memberTable } from './member-table.js';
import { must } from './must.js';
import { DataPlaneError, descriptionProblems } from './validate.js';

/** A field of a header in the packet. */
export interface HeaderField {
  readonly kind: 'header';
  readonly name: string;
  readonly width: number;
  /** Index into {@link DataPlane.headers}. */
  readonly header: number;
  /** Bits from the start of the header. */
  readonly bitOffset: number;
  /** Of a part of a field: the full name of that field, which is one of the layout. */
  readonly partOf?: string;
}

/** A field of intrinsic metadata, which the switch supplies. */
export interface IntrinsicField {
  readonly kind: 'intrinsic';
  readonly name: string;
  readonly width: number;
  readonly gress: Gress;
}

export type Field = HeaderField | IntrinsicField;

/** Whether two fields have bits in common: one is the other, or a part of it. */
export const overlap = (a: Field, b: Field): boolean =>
  a.name === b.name ||
  (a.kind === 'header' &&
    b.kind === 'header' &&
    a.header === b.header &&
    a.bitOffset < b.bitOffset + b.width &&
    b.bitOffset < a.bitOffset + a.width);

/** A field as a program spells it. */
export interface FieldReference {
  readonly field: Field;
  /** The IP protocol that the spelling implies (hdr.tcp.dst_port: 6). */
  readonly protocol: number | undefined;
}

export interface Header {
  readonly name: string;
  readonly index: number;
  /** Bytes without options. */
  readonly bytes: number;
  readonly description: HeaderDescription;
}

/** An action of an RPB. */
export interface Action extends Instruction {
  readonly parameters: readonly ActionParameter[];
  /** Its name as the driver sends it, e.g. SwitchIngress.rpb3.loadi_mar */
  readonly control: string;
}

export interface Rpb {
  /** From 1: as in table names for those of one switch, and on from there along a chain of switches. */
  readonly number: number;
  /** From 0, as in arrays. */
  readonly index: number;
  /** Its switch in a chain, from 0; 0 without one. */
  readonly member: number;
  readonly gress: Gress;
  readonly stage: number;
  readonly entries: number;
  readonly buckets: number;
  /** Words in a bucket: 2 in an array of pairs. */
  readonly words: 1 | 2;
  readonly hash: CrcDescription;
  readonly actions: ReadonlyMap<string, Action>;
  /** Names as the driver sends them, e.g. SwitchIngress.rpb3 */
  readonly control: string;
  /** In a chain, see {@link memberTable}. */
  readonly table: string;
  readonly registerArray: string;
}

export interface FilterTable {
  readonly index: number;
  readonly table: string;
  readonly path: string;
  /** Index of the header that a packet must have. */
  readonly requires: number;
  readonly keys: readonly Field[];
  readonly entries: number;
  readonly unreachable: string | undefined;
}

/** The key fields of every RPB table, as the driver names them. */
export const RPB_KEYS = {
  program: 'hdr.meta.id.flow_id',
  branch: 'hdr.meta.id.branch_id',
  recirculation: 'hdr.meta.rec.iterations',
  mar: 'hdr.meta.reg.mar',
  sar: 'hdr.meta.reg.sar',
  har: 'hdr.meta.reg.har',
} as const;

/** Bits of a register, and of a word of a wide field. */
const WORD_BITS = 32;

const CONTROL: Record<Gress, string> = { ingress: 'SwitchIngress', egress: 'SwitchEgress' };

/** Tables and actions outside the RPBs, as the driver names them. */
export const FIXED_NAMES = {
  forwardTable: 'SwitchIngress.init.tb_forward',
  forwardKey: 'ig_intr_md.ingress_port',
  forward: 'SwitchIngress.init.forward',
  forwardDrop: 'SwitchIngress.init.drop',
  setProgram: 'SwitchIngress.init.set_flow_id',
  programParameter: 'flow_id',
  recirculationTable: 'SwitchIngress.rec.tb_recirculation',
  firstRecirculate: 'SwitchIngress.rec.first_recirculate',
  middleRecirculate: 'SwitchIngress.rec.middle_recirculate',
  lastRecirculate: 'SwitchIngress.rec.last_recirculate',
  setEgressPort: 'SwitchIngress.rec.set_egress_port',
} as const;

/** Actions that read the replication id: copies are made by the last switch of a chain. */
const COPIES_READ = new RegExp(`^extract_${compactFieldName(REPLICATION_ID.name)}_`);

/** A data plane description, validated and resolved: names to tables, actions and fields. */
export class DataPlane {
  readonly name: string;
  /** SHA-256 of the description, hexadecimal: what compiled programs are bound to. */
  readonly hash: string;
  readonly headers: readonly Header[];
  /** Of a chain: those of all its switches, in the order in which packets meet them. */
  readonly rpbs: readonly Rpb[];
  /** RPBs of one pass; in a chain packets take one. */
  readonly rpbCount: number;
  /** RPBs of one switch. */
  readonly rpbsPerSwitch: number;
  /** The table of the recirculation block of each switch. */
  readonly recirculationTables: readonly string[];
  readonly filterTables: readonly FilterTable[];
  /** The port through whose egress unforwarded packets go; undefined where they end after the ingress. */
  readonly discardPort: number | undefined;
  private readonly fieldByName = new Map<string, Field>();
  private readonly layout: HeaderField[] = [];
  private readonly referenceBySpelling: ReadonlyMap<string, FieldReference>;
  private readonly holdersByAction = new Map<string, Uint8Array>();
  /** By primitive, field, and the numbers of the registers: see {@link directInstruction}. */
  private readonly direct = new Map<string, Map<Field | undefined, (Instruction | 'none' | undefined)[]>>();

  /**
   * @param switches in a row; more than one by {@link chainOf}
   * @throws {DataPlaneError} with every problem of the description
   */
  constructor(
    readonly description: DataPlaneDescription,
    readonly switches = 1,
  ) {
    const problems = descriptionProblems(description);
    if (problems.length > 0) throw new DataPlaneError(description.name, problems);
    this.name = switches === 1 ? description.name : `${description.name}, ${switches} switches in a row`;
    const hashed = switches === 1 ? description : { description, switches };
    this.hash = sha256OfText(canonicalJson(hashed));
    this.headers = this.resolveHeaders();
    for (const intrinsic of description.intrinsics) {
      this.fieldByName.set(intrinsic.name, { kind: 'intrinsic', ...intrinsic });
    }
    this.referenceBySpelling = this.resolveSpellings();
    this.rpbs = Array.from({ length: switches }, (_, member) => this.resolveRpbs(member)).flat();
    this.rpbCount = this.rpbs.length;
    this.rpbsPerSwitch = this.rpbCount / switches;
    this.recirculationTables = Array.from({ length: switches }, (_, member) =>
      memberTable(FIXED_NAMES.recirculationTable, member),
    );
    this.filterTables = this.resolveFilterTables();
    const { init, ports } = description;
    this.discardPort = init.unforwarded === 'egress' ? (ports.discard ?? ports.recirculation) : undefined;
  }

  /** The kind of a port by which no packet leaves; undefined for other ports. */
  inwardPort(port: number): 'recirculation' | 'discard' | undefined {
    if (port === this.description.ports.recirculation) return 'recirculation';
    return port === this.discardPort ? 'discard' : undefined;
  }

  /** All fields by their full names, in the order of the description; the parts of a header's fields follow the fields. */
  get fields(): ReadonlyMap<string, Field> {
    return this.fieldByName;
  }

  /** The fields of all headers in the order of their bits, without parts: each bit of a header is in one of them. */
  get layoutFields(): readonly HeaderField[] {
    return this.layout;
  }

  /** The field of the layout that has the bits of a field: the field itself, unless it is a part. */
  layoutField(field: HeaderField): HeaderField {
    return field.partOf === undefined ? field : this.headerField(field.partOf);
  }

  /** The field of this name or alias; undefined if there is none. */
  fieldReference(spelling: string): FieldReference | undefined {
    return this.referenceBySpelling.get(spelling);
  }

  /** A field by its full name. @throws Error if there is none, so only for names from the description itself */
  field(name: string): Field {
    const field = this.fieldByName.get(name);
    if (field === undefined) throw new Error(`data plane ${this.name} has no field ${name}`);
    return field;
  }

  /** A header field by its full name. @throws Error if there is none */
  headerField(name: string): HeaderField {
    const field = this.field(name);
    if (field.kind !== 'header') throw new Error(`${name} is not a field of a header`);
    return field;
  }

  /** The field, or the words of a field that no number holds, the most significant first. */
  wordsOf(field: Field): readonly Field[] {
    if (field.width <= MAX_NUMBER_BITS) return [field];
    return Array.from({ length: field.width / WORD_BITS }, (_, i) => this.field(wordName(field.name, i)));
  }

  headerIndex(name: string): number {
    return this.headers.findIndex((header) => header.name === name);
  }

  /** The RPB with this number, from 1. */
  rpb(number: number): Rpb {
    const rpb = this.rpbs[number - 1];
    if (rpb === undefined) throw new Error(`data plane ${this.name} has no RPB ${number}`);
    return rpb;
  }

  /** The RPB of a logical RPB, and the pass in which packets meet it: in a chain, its switch. */
  placeOf(x: LogicalRpb | number): { readonly rpb: Rpb; readonly pass: number } {
    const rpb = this.rpb(rpbNumberOf(x, this.rpbCount));
    return { rpb, pass: passOf(x, this.rpbCount) + rpb.member };
  }

  /** By RPB index: 1 where the RPB has this action. */
  rpbsWith(action: string): Uint8Array {
    const known = this.holdersByAction.get(action);
    if (known !== undefined) return known;
    const holders = Uint8Array.from(this.rpbs, ({ actions }) => (actions.has(action) ? 1 : 0));
    this.holdersByAction.set(action, holders);
    return holders;
  }

  /** The action that alone implements a statement of the language, if there is one; this data plane need not have it. */
  directInstruction(
    primitive: string,
    registers: readonly Register[],
    field: Field | undefined,
  ): Instruction | undefined {
    let byField = this.direct.get(primitive);
    if (byField === undefined) {
      byField = new Map();
      this.direct.set(primitive, byField);
    }
    let byRegisters = byField.get(field);
    if (byRegisters === undefined) {
      byRegisters = [];
      byField.set(field, byRegisters);
    }
    const at = registerNumber(registers[0]) * (REGISTERS.length + 1) + registerNumber(registers[1]);
    let known = byRegisters[at];
    if (known === undefined) {
      const effect = directEffect({ primitive, registers, field: field?.name });
      known = effect === undefined ? 'none' : instructionOf(effect);
      byRegisters[at] = known;
    }
    return known === 'none' ? undefined : known;
  }

  private resolveHeaders(): Header[] {
    return Object.entries(this.description.headers).map(([name, description], index) => {
      let bitOffset = 0;
      for (const { name: fieldName, width } of description.fields) {
        const full = `hdr.${name}.${fieldName}`;
        const field: HeaderField = { kind: 'header', name: full, width, header: index, bitOffset };
        this.fieldByName.set(full, field);
        this.layout.push(field);
        bitOffset += width;
      }
      this.resolveParts(name, description);
      return { name, index, bytes: bitOffset / 8, description };
    });
  }

  private resolveParts(header: string, description: HeaderDescription): void {
    for (const [name, part] of partsOf(description)) {
      const whole = this.headerField(`hdr.${header}.${part.field}`);
      const full = `hdr.${header}.${name}`;
      const bitOffset = whole.bitOffset + part.bitOffset;
      this.fieldByName.set(full, { ...whole, name: full, width: part.width, bitOffset, partOf: whole.name });
    }
  }

  /** Names of fields, and their aliases, which hide names. */
  private resolveSpellings(): Map<string, FieldReference> {
    const references = new Map<string, FieldReference>();
    for (const [name, field] of this.fieldByName) references.set(name, { field, protocol: undefined });
    for (const [alias, { field, protocol }] of Object.entries(this.description.aliases)) {
      references.set(alias, { field: this.field(field), protocol });
    }
    return references;
  }

  private resolveRpbs(member: number): Rpb[] {
    const compactNames = new Map([...this.fieldByName.keys()].map((name) => [compactFieldName(name), name]));
    const bits = { branchId: this.description.state.branchIdBits, port: this.description.ports.width };
    /** Most actions are in several RPBs. */
    const known = new Map<string, Omit<Action, 'control'>>();
    return Object.entries(this.description.rpbs).map(([key, rpb], index) => {
      const control = `${CONTROL[rpb.gress]}.rpb${key}`;
      const actions = new Map<string, Action>();
      for (const name of rpb.actions) {
        if (member < this.switches - 1 && COPIES_READ.test(name)) continue;
        let action = known.get(name);
        if (action === undefined) {
          const effect = effectOfAction(name, compactNames);
          const described = must(effect, `action ${name}`);
          action = { ...instructionOf(described), parameters: actionParameters(described, bits) };
          known.set(name, action);
        }
        const { effect, effects, inlines, number, parameters } = action;
        actions.set(name, { effect, name, effects, inlines, number, parameters, control: `${control}.${name}` });
      }
      const place = member * Object.keys(this.description.rpbs).length + index;
      return {
        number: place + 1,
        index: place,
        member,
        gress: rpb.gress,
        stage: rpb.stage,
        entries: rpb.entries,
        buckets: rpb.buckets,
        words: rpb.words === 2 ? 2 : 1,
        hash: rpb.hash,
        actions,
        control,
        table: memberTable(`${control}.tb_operation`, member),
        registerArray: `${control}.rpb${key}_register`,
      };
    });
  }

  private resolveFilterTables(): FilterTable[] {
    return this.description.init.filters.map((filter, index) => ({
      index,
      table: `SwitchIngress.init.${filter.name}`,
      path: filter.path,
      requires: this.headerIndex(filter.requires),
      keys: filter.keys.map((key) => this.field(key)),
      entries: filter.entries,
      unreachable: filter.unreachable,
    }));
  }
}

/** From 1; 0 for none. */
const registerNumber = (register: Register | undefined): number =>
  register === undefined ? 0 : REGISTERS.indexOf(register) + 1;

/** JSON with the keys of every object in alphabetical order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
