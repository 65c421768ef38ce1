/** Checks the statements of a program: arguments, registers, cases, and what can never run. */

import { counted } from '../data-plane/counting.js';
import type { DataPlane, Field } from '../data-plane/data-plane.js';
import { REGISTERS, type Register } from '../data-plane/description.js';
import { planesWhere } from '../data-plane/extend.js';
import type { HashedFields } from '../data-plane/headers.js';
import { actionName, type Instruction, movedField } from '../data-plane/instructions/table.js';
import { must } from '../data-plane/must.js';
import { argumentAdvice, swappedArguments } from './argument-habits.js';
import { type ChangedHeaders, reportChangedHeader } from './changed-headers.js';
import { type CheckedFilter, nearestField, reportUnknownField } from './check-filters.js';
import { checkHashedFields, fieldLists } from './check-hashed-fields.js';
import { checkInteger, reportNoBits } from './check-integers.js';
import { checkMatch } from './check-match.js';
import { type Advice, type Diagnostics, didYouMean, nearest, type Span } from './diagnostics.js';
import { statementWordHint } from './habits.js';
import { PRIMITIVES, type PrimitiveRow, registerOfUse } from './primitives.js';
import type { Case, Condition, Memory, PrimitiveStatement, Statement } from './program.js';
import type { ArgumentSyntax, CaseSyntax, StatementSyntax, Word } from './syntax.js';
import { reportUnreachableCases } from './unreachable-cases.js';
import { usage, wrongKind } from './wrong-kind.js';

export interface BodyContext {
  readonly dataPlane: DataPlane;
  readonly diagnostics: Diagnostics;
  readonly declarations: ReadonlyMap<string, { readonly memory: Memory }>;
  /** Undefined when the filters are wrong; what depends on them is then not checked. */
  readonly filter: CheckedFilter | undefined;
  /** False if statements were left out by the parser: what they would have set is not known. */
  readonly isWhole: boolean;
}

type PrimitiveSyntax = StatementSyntax & { kind: 'primitive' };

/** What the statements before have done; changed as further ones do more. */
interface Path {
  /** Registers that it has set. */
  readonly isSet: Set<Register>;
  readonly changed: ChangedHeaders;
}

/** The checked statements; those with errors are left out. */
export function checkBody(statements: readonly StatementSyntax[], context: BodyContext): Statement[] {
  return checkStatements(statements, context, {
    isSet: new Set(context.isWhole ? [] : REGISTERS),
    changed: new Map(),
  });
}

function checkStatements(statements: readonly StatementSyntax[], context: BodyContext, path: Path): Statement[] {
  const { isSet } = path;
  const checked: Statement[] = [];
  statements.forEach((syntax, i) => {
    if (syntax.kind === 'primitive') {
      const statement = checkPrimitive(syntax, context);
      if (statement === undefined) {
        // What it would have set is not known; warnings about it would only distract from the error.
        for (const register of REGISTERS) isSet.add(register);
        return;
      }
      noteRegisters(statement, syntax, context, isSet);
      reportChangedHeader(statement, context, path.changed);
      checked.push(statement);
      return;
    }
    const cases = syntax.cases.map((branchCase) => checkCase(branchCase, context, path));
    checked.push({ kind: 'branch', cases, span: syntax.span });
    const next = statements[i + 1];
    if (reportUnreachableCases(syntax.cases, cases, context.diagnostics) && next !== undefined) {
      context.diagnostics.report(
        'unreachable-statement',
        next.span,
        'this never runs: a case of the BRANCH before it matches every packet',
      );
    }
  });
  return checked;
}

function checkPrimitive(syntax: PrimitiveSyntax, context: BodyContext): PrimitiveStatement | undefined {
  const { diagnostics } = context;
  const row = PRIMITIVES.get(syntax.name.text);
  if (row === undefined) {
    const hint = () => statementWordHint(syntax.name.text) ?? nearestPrimitive(syntax.name);
    diagnostics.report('unknown-primitive', syntax.name.span, `there is no primitive ${syntax.name.text}`, hint);
    return undefined;
  }
  const hasFields = row.arguments.at(-1) === 'fields';
  const isOpen = hasFields && syntax.arguments.length > row.arguments.length;
  if (syntax.arguments.length !== row.arguments.length && !isOpen) {
    diagnostics.report(
      'wrong-argument-count',
      syntax.name.span,
      `${row.name} takes ${hasFields ? 'at least ' : ''}${counted(row.arguments.length, 'argument')}, not ${syntax.arguments.length}`,
      argumentAdvice(syntax, row) ?? (hasFields ? fieldLists(row) : usage(row)),
    );
    return undefined;
  }
  const swapped = swappedArguments(syntax, row);
  if (swapped !== undefined) {
    const message = `the arguments of ${row.name} are swapped`;
    diagnostics.report('wrong-argument-kind', syntax.span, message, swapped);
    return undefined;
  }
  const statement = checkArguments(syntax, row, context);
  if (statement === undefined) return undefined;
  const { registers, field } = statement;
  if (registers.length === 2 && registers[0] === registers[1]) {
    diagnostics.report('equal-registers', syntax.span, `${row.name} needs two different registers`);
    return undefined;
  }
  if (!checkNeeds(syntax, row, statement, context)) return undefined;
  if (row.name === 'RANDOM' && statement.integer === 0) {
    reportNoBits(syntax, must(statement.registers[0], 'register of RANDOM'), diagnostics);
  }
  const known = field === undefined || checkHeaderAccess(syntax, statement, field, context);
  if (!known) return undefined;
  const { memory, integer, hashed } = statement;
  return {
    kind: 'primitive',
    primitive: row.name,
    registers,
    field,
    memory,
    integer,
    ...(hashed === undefined ? {} : { hashed }),
    span: syntax.span,
  };
}

function nearestPrimitive({ text, span }: Word): Advice | undefined {
  const near = nearest(text, [...PRIMITIVES.keys(), 'BRANCH']);
  return near === undefined ? undefined : didYouMean(near, span);
}

type Operands = Omit<PrimitiveStatement, 'kind' | 'primitive' | 'span'>;

function checkArguments(syntax: PrimitiveSyntax, row: PrimitiveRow, context: BodyContext): Operands | undefined {
  const registers: Register[] = [];
  let field: Field | undefined;
  let memory: string | undefined;
  let integer = 0;
  let hashed: HashedFields | undefined;
  let sound = true;
  row.arguments.forEach((kind, i) => {
    const argument = syntax.arguments[i];
    if (argument === undefined) return;
    switch (kind) {
      case 'register': {
        const meant = (): string | Advice | undefined => argumentAdvice(syntax, row);
        const register = checkRegister(argument, row, context.diagnostics, meant);
        if (register === undefined) sound = false;
        else registers.push(register);
        return;
      }
      case 'field':
        field = checkField(argument, row, context);
        sound &&= field !== undefined;
        return;
      case 'memory':
        memory = checkMemory(argument, row, context);
        sound &&= memory !== undefined;
        return;
      case 'fields':
        hashed = checkHashedFields(syntax, i, row, context.diagnostics);
        sound &&= hashed !== undefined;
        return;
      case 'integer':
      case 'port':
      case 'group':
        sound = checkInteger(argument, kind, row, context) && sound;
        integer = argument.kind === 'integer' ? argument.value : 0;
    }
  });
  return sound ? { registers, field, memory, integer, hashed } : undefined;
}

/** The register that a word was meant to be, by its letters. */
function nearestRegister({ text, span }: Word): Advice | undefined {
  const near = nearest(text, REGISTERS);
  return near === undefined ? undefined : didYouMean(near, span);
}

const asRegister = (text: string): Register | undefined => REGISTERS.find((register) => register === text);

/** @param habit what to write where the argument is no name */
function checkRegister(
  argument: ArgumentSyntax,
  row: PrimitiveRow,
  diagnostics: Diagnostics,
  habit: () => string | Advice | undefined,
): Register | undefined {
  const register = argument.kind === 'name' ? asRegister(argument.text) : undefined;
  const meant = () => (argument.kind === 'name' ? nearestRegister(argument) : habit());
  return register ?? wrongKind(argument, `a register (${REGISTERS.join(', ')})`, row, diagnostics, meant);
}

function checkField(argument: ArgumentSyntax, row: PrimitiveRow, context: BodyContext): Field | undefined {
  if (argument.kind !== 'field') {
    const meant = (): Advice | undefined =>
      argument.kind === 'name' ? nearestField(argument, context.dataPlane) : undefined;
    return wrongKind(argument, 'a field', row, context.diagnostics, meant);
  }
  const field = context.dataPlane.fieldReference(argument.text)?.field;
  if (field === undefined) reportUnknownField(argument, context.dataPlane, context.diagnostics);
  else if (field.width > 32) {
    context.diagnostics.report('field-too-wide', argument.span, `${field.name} has ${field.width} bits, a register 32`);
    return undefined;
  }
  return field;
}

function checkMemory(argument: ArgumentSyntax, row: PrimitiveRow, context: BodyContext): string | undefined {
  if (argument.kind !== 'name') return wrongKind(argument, 'the name of a memory', row, context.diagnostics);
  const declared = context.declarations.get(argument.text)?.memory;
  if (declared !== undefined) return checkMemoryKind(argument, declared, row, context.diagnostics);
  context.diagnostics.report('unknown-memory', argument.span, `there is no memory ${argument.text}`, () => {
    const near = nearest(argument.text, context.declarations.keys());
    return near === undefined
      ? `declare it before the program: @${argument.text} 256`
      : didYouMean(near, argument.span);
  });
  return undefined;
}

/** Words and pairs have primitives of their own; a hash only needs the number of buckets. */
function checkMemoryKind(
  { text, span }: Word,
  { isOfPairs = false }: Memory,
  { name, accessesMemory, onPairs }: PrimitiveRow,
  diagnostics: Diagnostics,
): string | undefined {
  if (!accessesMemory || onPairs === isOfPairs) return text;
  const message = `${name} works on a memory of ${onPairs ? 'pairs' : 'words'}, and ${text} is one of ${isOfPairs ? 'pairs' : 'words'}`;
  const hint = onPairs ? `declare it with pair: @pair ${text} 256` : 'MEMCAS is the primitive of pairs';
  diagnostics.report('wrong-memory-kind', span, message, hint);
  return undefined;
}

/** Whether some RPB has the action that a primitive needs. */
function checkNeeds(
  { span }: PrimitiveSyntax,
  row: PrimitiveRow,
  { registers, hashed }: Operands,
  { dataPlane, diagnostics }: BodyContext,
): boolean {
  const needed = row.needs?.(registers, hashed);
  if (needed === undefined) return true;
  const action = actionName(needed);
  if (dataPlane.rpbsWith(action).includes(1)) return true;
  const message = `data plane '${dataPlane.name}' has no action ${action}, which ${row.name} needs`;
  const planes = planesWhere((plane) => plane.rpbsWith(action).includes(1));
  const hint = planes.length === 0 ? 'no data plane that ships has it' : `it is in data plane ${planes.join(' and ')}`;
  diagnostics.report('no-action', span, message, hint);
  return false;
}

/** Whether some RPB can do this EXTRACT or MODIFY; warns where the packet may lack the header. */
function checkHeaderAccess(
  syntax: PrimitiveSyntax,
  operands: Operands,
  field: Field,
  { dataPlane, diagnostics, filter }: BodyContext,
): boolean {
  const primitive = syntax.name.text;
  const instructionWith = (register: Register): Instruction =>
    must(dataPlane.directInstruction(primitive, [register], field), 'action of a primitive');
  const isPossible = ({ name }: Instruction): boolean => dataPlane.rpbsWith(name).includes(1);
  const instruction = instructionWith(must(operands.registers[0], 'register of a primitive'));
  const { to } = must(instruction.effects.moves, 'field that an action moves');
  if (!isPossible(instruction)) {
    const verb = primitive.toLowerCase();
    const others = REGISTERS.filter((other) => isPossible(instructionWith(other)));
    diagnostics.report(
      'no-header-action',
      syntax.span,
      `data plane '${dataPlane.name}' has no action ${instruction.name}`,
      others.length > 0
        ? `it can ${verb} ${field.name} with ${others.join(', ')}`
        : `it can ${verb} ${accessibleFields(to, dataPlane).join(', ')}`,
    );
    return false;
  }
  if (field.kind === 'header' && filter !== undefined && !filter.guaranteed.has(field.header)) {
    const header = must(dataPlane.headers[field.header]?.name, `header of ${field.name}`);
    diagnostics.report(
      'header-not-guaranteed',
      syntax.arguments[0]?.span ?? syntax.span,
      `the filters let packets through that lack the header ${header}`,
      `for them the field ${to === 'register' ? 'reads as 0' : 'is not written'}`,
    );
  }
  return true;
}

/** The fields that some RPB can extract (to a register) or modify (to a header). */
function accessibleFields(to: 'register' | 'header', dataPlane: DataPlane): string[] {
  const effects = dataPlane.rpbs.flatMap(({ actions }) => [...actions.values()].map(({ effect }) => effect));
  return [...new Set(effects.flatMap((effect) => movedField(effect, to)))];
}

/** Warns of registers read before anything set them, and notes those that this statement sets. */
function noteRegisters(
  statement: PrimitiveStatement,
  syntax: PrimitiveSyntax,
  context: BodyContext,
  isSet: Set<Register>,
): void {
  const row = PRIMITIVES.get(statement.primitive);
  if (row === undefined) return;
  for (const use of row.reads) {
    const register = registerOfUse(use, statement.registers);
    if (register !== undefined) reportNotSet(register, syntax.span, context.diagnostics, isSet);
  }
  for (const uses of [row.writes, row.changes]) {
    for (const use of uses) {
      const register = registerOfUse(use, statement.registers);
      if (register !== undefined) isSet.add(register);
    }
  }
}

function reportNotSet(register: Register, span: Span, diagnostics: Diagnostics, isSet: Set<Register>): void {
  if (isSet.has(register)) return;
  diagnostics.report('register-not-set', span, `${register} is read before anything set it`, 'it is 0 here');
  isSet.add(register);
}

function checkCase(syntax: CaseSyntax, context: BodyContext, { isSet, changed }: Path): Case {
  const { diagnostics } = context;
  const conditions: Condition[] = [];
  for (const condition of syntax.conditions) {
    const register = asRegister(condition.subject.text);
    if (register === undefined) {
      const message = `expected a register (${REGISTERS.join(', ')})`;
      diagnostics.report('wrong-argument-kind', condition.subject.span, message, () =>
        nearestRegister(condition.subject),
      );
      continue;
    }
    if (conditions.some((other) => other.register === register)) {
      diagnostics.report(
        'duplicate-condition',
        condition.span,
        `a second condition on ${register}`,
        'join value and mask',
      );
      continue;
    }
    if (!checkMatch(condition, register, 32, diagnostics)) continue;
    const mask = condition.mask.value;
    if (mask !== 0) reportNotSet(register, condition.subject.span, diagnostics, isSet);
    conditions.push({ register, value: (condition.value.value & mask) >>> 0, mask });
  }
  const body = checkStatements(syntax.body, context, { isSet: new Set(isSet), changed: new Map(changed) });
  return { conditions, body, span: syntax.span };
}
