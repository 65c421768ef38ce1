/** Checked program → text that means the same: for programs that were generated or cut down. */
import { must } from '../data-plane/must.js';
import { formatSource } from './format.js';
import { hashedWords } from './hashed-fields.js';
import { PRIMITIVES } from './primitives.js';
import type { Condition, FieldMatch, PrimitiveStatement, Program, Statement } from './program.js';
import type { ArgumentSyntax, Integer, MatchSyntax, StatementSyntax, Word } from './syntax.js';

const NOWHERE = { start: 0, end: 0, line: 0, column: 0 };
const word = (text: string): Word => ({ text, span: NOWHERE });
const integer = (value: number): Integer => ({ value, span: NOWHERE });

/** Plain P4runpro with one statement in a line; what the program's statements say of their places is left aside. */
export function programSource({ name, filters, memories, body }: Program): string {
  return formatSource({
    annotations: memories.map((memory) => ({
      name: word(memory.name),
      buckets: integer(memory.buckets),
      isOfPairs: memory.isOfPairs === true,
      span: NOWHERE,
    })),
    programs: [
      {
        name: word(name),
        filters: filters.map((filter) => match(filter.field.name, filter)),
        body: body.map(statementSyntax),
        span: NOWHERE,
      },
    ],
  });
}

/** One statement as a line; of a BRANCH the first word. */
export function statementText(statement: Statement): string {
  if (statement.kind === 'branch') return 'BRANCH';
  const args = argumentTexts(statement).map((argument) => ('text' in argument ? argument.text : argument.value));
  return args.length === 0 ? statement.primitive : `${statement.primitive}(${args.join(', ')})`;
}

function match(subject: string, { value, mask }: Omit<FieldMatch & Condition, 'field' | 'register'>): MatchSyntax {
  return { subject: word(subject), value: integer(value), mask: integer(mask), span: NOWHERE };
}

function statementSyntax(statement: Statement): StatementSyntax {
  if (statement.kind === 'primitive') {
    const { primitive } = statement;
    return { kind: 'primitive', name: word(primitive), arguments: argumentTexts(statement), span: NOWHERE };
  }
  const cases = statement.cases.map(({ conditions, body }) => ({
    conditions: conditions.map((condition) => match(condition.register, condition)),
    body: body.map(statementSyntax),
    span: NOWHERE,
  }));
  return { kind: 'branch', cases, span: NOWHERE };
}

function argumentTexts(statement: PrimitiveStatement): ArgumentSyntax[] {
  const { primitive, registers, field, memory, integer: value, hashed } = statement;
  const rest = [...registers];
  return (PRIMITIVES.get(primitive)?.arguments ?? []).flatMap((kind): ArgumentSyntax | ArgumentSyntax[] => {
    switch (kind) {
      case 'register':
        return { kind: 'name', text: must(rest.shift(), `register of ${primitive}`), span: NOWHERE };
      case 'field':
        return { kind: 'field', text: must(field?.name, `field of ${primitive}`), span: NOWHERE };
      case 'memory':
        return { kind: 'name', text: must(memory, `memory of ${primitive}`), span: NOWHERE };
      case 'fields':
        return hashedWords(must(hashed, `fields of ${primitive}`)).map((text) => ({
          kind: 'name',
          text,
          span: NOWHERE,
        }));
      default:
        return { kind: 'integer', value, span: NOWHERE };
    }
  });
}
