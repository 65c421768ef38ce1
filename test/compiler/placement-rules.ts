/**
 * The constraints of a placement, checked from the compiled document and the statements alone: none of this shares
 * code with the compiler's own passes.
 */
import * as assert from 'uvu/assert';
import {
  type CompiledProgram,
  type DataPlane,
  FIXED_NAMES,
  type PlacedStep,
  type Program,
  RPB_KEYS,
  type Rpb,
  type Statement,
  type TableEntry,
} from '../../compiler/index.js';
import { isFilterEntry } from './model.js';

/** One step of one path, as the entries say: where it runs and what it does. */
interface Ran {
  readonly rpb: Rpb;
  readonly pass: number;
  readonly action: string;
  readonly parameters: readonly number[];
}

const keyValue = (entry: TableEntry, name: string): number =>
  entry.key.find((field) => field.name === name)?.value ?? -1;

/** Whether packets of this branch id can match an entry. */
const matchesBranch = (entry: TableEntry, branch: number): boolean => {
  const field = entry.key.find(({ name }) => name === RPB_KEYS.branch);
  const mask = field?.match === 'ternary' ? field.mask : -1;
  return ((field?.value ?? -1) & mask) === (branch & mask);
};

const BRANCH_ACTION = 'set_branch_id';
const FORWARDING = new Set(['forward', 'rt', 'report']);

/** Every way that a packet can take through the entries of a program. */
function entryPaths(document: CompiledProgram, dataPlane: DataPlane): Ran[][] {
  const places = Array.from({ length: document.passes }, (_, pass) =>
    dataPlane.rpbs.map((rpb) => ({ rpb, pass })),
  ).flat();
  const here = new Map<string, TableEntry[]>();
  for (const entry of document.entries) {
    const key = [entry.table, keyValue(entry, RPB_KEYS.recirculation)].join();
    here.set(key, [...(here.get(key) ?? []), entry]);
  }
  const hasConditions = ({ key }: TableEntry): boolean =>
    key.some((field) => field.match === 'ternary' && field.name !== RPB_KEYS.branch && field.mask !== 0);
  const walk = (at: number, branch: number): Ran[][] => {
    const place = places[at];
    if (place === undefined) return [[]];
    const { rpb, pass } = place;
    const entries = (here.get([rpb.table, pass].join()) ?? []).filter((entry) => matchesBranch(entry, branch));
    assert.equal(
      entries.map(({ priority }) => priority),
      [...entries.keys()],
      'one entry matches first, for any registers',
    );
    const paths = entries.flatMap((entry, i): Ran[][] => {
      assert.ok(hasConditions(entry) || i === entries.length - 1, 'no entry hides another');
      const action = entry.action.slice(rpb.control.length + 1);
      const parameters = entry.parameters.map(({ value }) => value);
      if (action === BRANCH_ACTION) return walk(at + 1, parameters[0] ?? -1);
      return walk(at + 1, branch).map((rest) => [{ rpb, pass, action, parameters }, ...rest]);
    });
    const last = entries.at(-1);
    return last !== undefined && !hasConditions(last) ? paths : [...paths, ...walk(at + 1, branch)];
  };
  return walk(0, 0);
}

/** The memories in the order in which each path of a program uses them. */
function memoryUses(statements: readonly Statement[]): string[][] {
  const uses: string[] = [];
  for (const [i, statement] of statements.entries()) {
    if (statement.kind === 'primitive') {
      const isAccess = statement.memory !== undefined && !statement.primitive.startsWith('HASH');
      if (isAccess) uses.push(statement.memory);
      continue;
    }
    const parts = [...statement.cases.map(({ body }) => body), statements.slice(i + 1)];
    return parts.flatMap(memoryUses).map((rest) => [...uses, ...rest]);
  }
  return [uses];
}

/** Constraint 1: steps follow one another as their statements do, in the logical RPBs. */
function checkOrder(program: Program, document: CompiledProgram, dataPlane: DataPlane): void {
  const byLine = new Map<number, PlacedStep[]>();
  for (const step of document.placement) byLine.set(step.line, [...(byLine.get(step.line) ?? []), step]);
  const logical = ({ rpb, pass }: PlacedStep): number => pass * dataPlane.rpbCount + rpb;
  const visit = (statements: readonly Statement[], from: number): void => {
    let last = from;
    for (const [i, statement] of statements.entries()) {
      const isDeferred = statement.kind === 'primitive' && statement.primitive === 'DROP';
      for (const step of isDeferred ? [] : (byLine.get(statement.span.line) ?? [])) {
        if (step.action === 'nop' && statement.kind === 'primitive' && statement.primitive !== 'NOP') continue;
        assert.ok(logical(step) > last, `${program.name}: line ${step.line} is placed behind the line before it`);
        last = logical(step);
      }
      if (statement.kind === 'primitive') continue;
      // The first step of a case, or of what follows, may be done in the RPB of the branch.
      for (const { body } of statement.cases) visit(body, last - 1);
      visit(statements.slice(i + 1), last - 1);
      return;
    }
  };
  visit(program.body, 0);
}

/** Constraints 3, 5 and 8 on one path: each access in its memory's RPB, once a pass, before any drop. */
function checkAccesses(path: readonly Ran[], uses: readonly string[], document: CompiledProgram): void {
  const accesses = path.filter(({ action }) => action.startsWith('salu'));
  assert.is(accesses.length, uses.length, 'every access of the path has an entry');
  const firstDrop = path.findIndex(({ action }) => action === 'drop');
  accesses.forEach((access, i) => {
    const block = document.memories.find(({ name }) => name === uses[i]);
    assert.is(block?.rpb, access.rpb.number, `${uses[i]} is accessed in the RPB that holds it`);
    const at = path.indexOf(access);
    assert.ok(firstDrop < 0 || firstDrop > at, 'no drop before an access');
    const offset = path.slice(0, at).findLast(({ action }) => action === 'address_translation_offset');
    assert.is(offset?.parameters[0], block?.base, 'the address is that of the block');
  });
  const places = accesses.map(({ rpb, pass }) => `${rpb.number} in pass ${pass}`);
  assert.is(new Set(places).size, places.length, 'one access for each RPB and pass');
}

type Origin = Record<string, readonly number[] | 'mixed'>;

/** Constraint 7: the RPBs whose hashes made the address of each access of a path, latest first. */
function addressHashes(path: readonly Ran[]): (readonly number[] | 'mixed')[] {
  let origin: Origin = { har: [], sar: [], mar: [] };
  let saved = origin;
  let flag = 0;
  const found: (readonly number[] | 'mixed')[] = [];
  for (const { rpb, action, parameters } of path) {
    const [word = '', destination = '', source = ''] = action.split('_');
    const after = (chain: Origin[string] | undefined): Origin[string] =>
      chain === undefined || chain === 'mixed' ? 'mixed' : [rpb.number, ...chain];
    if (action === 'hash_5_tuple') origin = { ...origin, har: [rpb.number] };
    else if (action === 'hash_customization') origin = { ...origin, har: after(origin['har']) };
    else if (action === 'hash_5_tuple_mem') origin = { ...origin, mar: [rpb.number] };
    else if (action === 'hash_customization_mem') origin = { ...origin, mar: after(origin['har']) };
    else if (word === 'loadi') origin = { ...origin, [destination]: [] };
    else if (word === 'extract') origin = { ...origin, [source]: [] };
    else if (['add', 'and', 'or', 'xor', 'max', 'min'].includes(word)) {
      const [to, from] = [origin[destination] ?? [], origin[source] ?? []];
      const same = String(to) === String(from) || from.length === 0;
      origin = { ...origin, [destination]: same ? to : to.length === 0 ? from : 'mixed' };
    } else if (action === 'backup') saved = origin;
    else if (word.startsWith('recover')) {
      const register = ['mar', 'sar', 'har'][Number(word.slice(-1)) - 1] ?? '';
      origin = { ...origin, [register]: saved[register] ?? [] };
    } else if (action === 'address_translation_offset') flag = parameters[1] ?? 0;
    else if (word === 'salu') {
      found.push(origin['mar'] ?? []);
      if (!(action === 'salu_read_write' && flag === 1)) origin = { ...origin, sar: [] };
    }
  }
  return found;
}

/** Constraint 7 over all paths: hashes at one place of the chains before a memory run in one RPB. */
function checkHashes(paths: readonly (readonly Ran[])[], uses: readonly (readonly string[])[]): void {
  const rpbOf = new Map<string, number>();
  paths.forEach((path, i) => {
    addressHashes(path).forEach((chain, use) => {
      if (chain === 'mixed') return;
      for (const [place, rpb] of chain.entries()) {
        const key = `hash ${place} before ${uses[i]?.[use]}`;
        assert.is(rpbOf.get(key) ?? rpb, rpb, `${key} runs in one RPB`);
        rpbOf.set(key, rpb);
      }
    });
  });
}

/** Constraint 10 and the shape of the entries: recirculation, filters, widths. */
function checkFixedEntries(document: CompiledProgram, dataPlane: DataPlane, recirculations: number): void {
  const { state } = dataPlane.description;
  const recirculation = document.entries.filter(({ table }) => table === FIXED_NAMES.recirculationTable);
  const { passes, programId } = document;
  assert.ok(passes >= 1 && passes <= recirculations + 1);
  assert.is(passes, 1 + Math.max(0, ...document.placement.map(({ pass }) => pass)), 'no pass without a step');
  const actions = Array.from({ length: passes }, (_, pass) => {
    if (pass === 0) return FIXED_NAMES.firstRecirculate;
    return pass === passes - 1 ? FIXED_NAMES.lastRecirculate : FIXED_NAMES.middleRecirculate;
  });
  assert.equal(
    recirculation.map(({ action }) => action),
    passes === 1 ? [] : actions,
  );
  for (const [pass, entry] of recirculation.entries()) {
    assert.is(keyValue(entry, RPB_KEYS.program), programId);
    assert.is(keyValue(entry, RPB_KEYS.recirculation), pass);
  }
  const filters = document.entries.filter(isFilterEntry);
  assert.is(filters.length, 1);
  assert.is(document.entries.at(-1), filters[0], 'the filter is installed last');
  assert.ok(programId >= 1 && programId < 2 ** state.programIdBits);
  assert.ok(passes <= 2 ** state.recirculationIdBits);
  const branches = document.entries.filter(({ action }) => action.endsWith(BRANCH_ACTION));
  const ids = branches.map(({ parameters }) => parameters[0]?.value ?? -1);
  assert.ok(!ids.includes(0), 'no case has the branch id of the root');
  assert.ok(ids.every((id) => id < 2 ** state.branchIdBits));
}

/** Constraint 4 and 9: what each entry does exists where it is, with parameters that fit. */
function checkActions(document: CompiledProgram, dataPlane: DataPlane): void {
  for (const entry of document.entries) {
    const rpb = dataPlane.rpbs.find(({ table }) => table === entry.table);
    if (rpb === undefined) continue;
    const name = entry.action.slice(rpb.control.length + 1);
    const action = rpb.actions.get(name);
    assert.ok(action !== undefined, `RPB ${rpb.number} has ${name}`);
    if (FORWARDING.has(name)) assert.is(rpb.gress, 'ingress', name);
    assert.equal(
      entry.parameters.map(({ name }) => name),
      action?.parameters.map(({ name }) => name),
    );
    entry.parameters.forEach(({ value }, i) => {
      assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** (action?.parameters[i]?.width ?? 0));
    });
    assert.is(keyValue(entry, RPB_KEYS.program), document.programId);
  }
}

const hasCaseForAll = (statements: readonly Statement[]): boolean =>
  statements.some(
    (statement) =>
      statement.kind === 'branch' &&
      statement.cases.some(({ conditions, body }) => conditions.every(({ mask }) => mask === 0) || hasCaseForAll(body)),
  );

/** Everything that must hold of one program. @throws where it does not */
export function assertSound(
  program: Program,
  document: CompiledProgram,
  dataPlane: DataPlane,
  recirculations: number,
): void {
  checkActions(document, dataPlane);
  checkOrder(program, document, dataPlane);
  checkFixedEntries(document, dataPlane, recirculations);
  // A case that always matches hides paths of the statements: the entries then need not have them.
  if (hasCaseForAll(program.body)) return;
  const paths = entryPaths(document, dataPlane);
  const uses = memoryUses(program.body);
  assert.is(paths.length, uses.length, 'as many paths through the entries as through the statements');
  paths.forEach((path, i) => {
    checkAccesses(path, uses[i] ?? [], document);
  });
  checkHashes(paths, uses);
}

/** Constraints 2, 3, 6 and 11 of all programs together: entries and memory of every RPB. */
export function assertWithinResources(documents: readonly CompiledProgram[], dataPlane: DataPlane): void {
  for (const rpb of dataPlane.rpbs) {
    const entries = documents.flatMap((document) => document.entries).filter(({ table }) => table === rpb.table);
    assert.ok(entries.length <= rpb.entries, `RPB ${rpb.number} has ${entries.length} entries of ${rpb.entries}`);
    const blocks = documents.flatMap(({ memories }) => memories).filter((block) => block.rpb === rpb.number);
    let end = 0;
    for (const { base, buckets } of blocks.sort((a, b) => a.base - b.base)) {
      assert.ok(base >= end, `RPB ${rpb.number}: blocks are disjoint`);
      end = base + buckets;
    }
    assert.ok(end <= rpb.buckets, `RPB ${rpb.number}: the last block ends at ${end} of ${rpb.buckets}`);
  }
}
