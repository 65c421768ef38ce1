/** Hints for what people write who know P4 or C. */
import { REGISTERS } from '../data-plane/description.js';
import type { Advice, Span } from './diagnostics.js';
import { groups, parseInteger } from './integers.js';

/** Words of other languages that begin a statement there, with what this one has in their place. */
const STATEMENT_WORDS: ReadonlyMap<string, string> = new Map([
  ['if', 'write BRANCH: case(<register, value, mask>) { … };'],
  ['else', 'what is to run where no case matched stands behind the BRANCH'],
  ['elif', 'write a further case: case(<register, value, mask>) { … }'],
  ['switch', 'write BRANCH: case(<register, value, mask>) { … };'],
  ['default', 'what is to run where no case matched stands behind the BRANCH'],
  ['while', 'a program has no loops: each packet runs each statement once at most'],
  ['for', 'a program has no loops: each packet runs each statement once at most'],
  ['break', 'a case ends with its body, and nothing runs behind it'],
  ['continue', 'a case ends with its body, and nothing runs behind it'],
  ['return', 'a path ends with its last statement; RETURN sends the packet back to its sender'],
  ['exit', 'a path ends with its last statement'],
  ['int', `there are no variables but the registers ${REGISTERS.join(', ')} and memories (@name buckets)`],
  ['bit', `there are no variables but the registers ${REGISTERS.join(', ')} and memories (@name buckets)`],
  ['var', `there are no variables but the registers ${REGISTERS.join(', ')} and memories (@name buckets)`],
  ['const', 'constants are written where they are used: LOADI(har, 1);'],
  ['table', 'a program has no tables: write BRANCH: case(<register, value, mask>) { … };'],
  ['action', 'a program has no actions of its own: write the statements in the cases'],
  ['apply', 'a program has no blocks of its own: write the statements in its body'],
]);

/** How registers are compared by size. */
export const SIZE_HINT =
  'conditions compare for equality: LOADI(har, 1000); SGT(sar, har); and case(<sar, 0, 0xffffffff>) is sar >= 1000';

const MEMORY_DECLARATION = 'a memory is declared before the programs: @NAME BUCKETS';
const HEADERS_HINT = 'headers and their fields are those of the data plane, such as hdr.ipv4.src';
const TYPES_HINT = 'there are no types: registers and buckets have 32 bits';
const BODY_HINT = 'programs are what a file declares: program NAME(<field, value, mask>) { … }';

/** Words of other languages that begin a declaration there. */
const DECLARATION_WORDS: ReadonlyMap<string, string> = new Map([
  ['const', 'constants are written where they are used: LOADI(har, 1);'],
  ['typedef', TYPES_HINT],
  ['enum', TYPES_HINT],
  ['bit', TYPES_HINT],
  ['header', HEADERS_HINT],
  ['header_type', HEADERS_HINT],
  ['struct', HEADERS_HINT],
  ['parser', HEADERS_HINT],
  ['register', MEMORY_DECLARATION],
  ['Register', MEMORY_DECLARATION],
  ['uint32_t', MEMORY_DECLARATION],
  ['uint16_t', MEMORY_DECLARATION],
  ['uint8_t', MEMORY_DECLARATION],
  ['int', MEMORY_DECLARATION],
  ['unsigned', MEMORY_DECLARATION],
  ['action', BODY_HINT],
  ['table', BODY_HINT],
  ['control', BODY_HINT],
  ['void', BODY_HINT],
  ['import', 'a program uses no other files'],
  ['include', 'a program uses no other files'],
]);

/** What to write in place of a name where an integer belongs; undefined for registers, which are no constants elsewhere. */
export const constantHint = (name: string): string | undefined =>
  isRegister(name) ? undefined : `there are no named constants, and lines with # are comments: write the integer`;

/** What to write in place of a declaration of other languages that begins with a word; undefined for other words. */
export const declarationHint = (word: string): string | undefined => DECLARATION_WORDS.get(word);

/** What to write in place of a word that begins a statement in other languages; undefined for other words. */
export const statementWordHint = (word: string): string | undefined => STATEMENT_WORDS.get(word);

const VARIABLE_WORDS: ReadonlySet<string> = new Set([
  'int',
  'bit',
  'var',
  'const',
  'unsigned',
  'uint32_t',
  'uint16_t',
  'uint8_t',
]);

/** What to write in place of a variable or constant whose declaration begins with a word; undefined for other words. */
export const variableHint = (word: string): string | undefined =>
  VARIABLE_WORDS.has(word) ? STATEMENT_WORDS.get(word === 'const' ? word : 'var') : undefined;

/** Words that introduce what runs where no case matched. */
export const isElse = (word: string): boolean => word === 'else' || word === 'default';

/** How far around an operator its operands are looked for, in characters. */
const REACH = 80;

/** The primitives of an assignment: with a register, and with an integer. */
const assigning = (name: string): readonly [register: string, integer: string] => [name, `${name}I`];
const ASSIGNMENTS: Readonly<Record<string, readonly [register: string, integer: string]>> = {
  '=': ['MOVE', 'LOADI'],
  '+=': assigning('ADD'),
  '-=': assigning('SUB'),
  '&=': assigning('AND'),
  '|=': assigning('OR'),
  '^=': assigning('XOR'),
};

const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'a register is set by LOADI, MOVE or EXTRACT, a field by MODIFY',
  '==': 'a comparison is a condition of a case: <register, value, mask>',
  '!=': 'what is to run where no case matched stands behind the BRANCH',
  '||': 'write a case for each of the conditions',
  '!': 'what is to run where no case matched stands behind the BRANCH',
  '+': 'registers are added by ADD(har, sar); and ADDI(har, 1);',
  '++': 'write ADDI(har, 1);',
  '-': 'registers are subtracted by SUB(har, sar);',
  '*/': 'comments do not nest: the first */ ends them',
  '"': 'names and integers stand without quotation marks',
  "'": 'names and integers stand without quotation marks',
};

/** What to write in place of an operator of other languages. @param operator the text that begins at `at` */
export function operatorAdvice(source: string, at: number, operator: string): string | Advice | undefined {
  const before = source.slice(Math.max(0, at - REACH), at);
  const end = at + operator.length;
  const after = source.slice(end, end + REACH);
  if (operator === '=' && /[<>]$/.test(before)) return SIZE_HINT;
  return (
    declaration(before, after, at, operator) ??
    assignment(before, after, at, operator) ??
    comparison(before, after, at, operator) ??
    (operator === '&&'
      ? { hint: "conditions of a case are separated by ','", fix: { title: "write ','", start: at, end, text: ',' } }
      : OPERATORS[operator])
  );
}

/** `@name = 256` and `@name[256]`. */
function declaration(before: string, after: string, at: number, operator: string): Advice | undefined {
  const [, name] = groups(/@\s*([A-Za-z]\w*)\s*$/, before);
  const [operand, size] = groups(operator === '[' ? /^\s*(\w+)\s*\]/ : /^\s*(\w+)/, after);
  if (name === undefined || operand === undefined || size === undefined || !'=[:'.includes(operator)) return undefined;
  const end = at + operator.length + operand.length;
  const text = `${/\s$/.test(before) ? '' : ' '}${size}`;
  return { hint: `write @${name} ${size}`, fix: { title: `write @${name} ${size}`, start: at, end, text } };
}

const isRegister = (text: string): boolean => REGISTERS.some((register) => register === text);
const isField = (text: string): boolean => text.includes('.') && parseInteger(text) === undefined;

/** `har = 1;`, `har += sar;`, `hdr.l5.key3 = sar;` */
function assignment(before: string, after: string, at: number, operator: string): Advice | undefined {
  const [target, to] = groups(/([A-Za-z][\w.]*)\s*$/, before);
  const [value, from] = groups(/^\s*([A-Za-z0-9][\w.]*)\s*;/, after);
  if (target === undefined || to === undefined || value === undefined || from === undefined) return undefined;
  const statement = assigned(to, operator, from);
  if (statement === undefined) return undefined;
  const [start, end] = [at - target.length, at + operator.length + value.length];
  return { hint: `write ${statement}`, fix: { title: `write ${statement}`, start, end, text: statement } };
}

function assigned(to: string, operator: string, from: string): string | undefined {
  const primitives = ASSIGNMENTS[operator];
  if (primitives === undefined) return undefined;
  const [withRegister, withInteger] = primitives;
  if (isField(to)) return operator === '=' && isRegister(from) ? `MODIFY(${to}, ${from});` : undefined;
  if (!isRegister(to) || from === to) return undefined;
  if (parseInteger(from) !== undefined) return `${withInteger}(${to}, ${from});`;
  if (isRegister(from)) return `${withRegister}(${to}, ${from});`;
  return operator === '=' && isField(from) ? `EXTRACT(${from}, ${to});` : undefined;
}

/** `har == 1` */
function comparison(before: string, after: string, at: number, operator: string): Advice | undefined {
  const [left, register] = groups(/([A-Za-z][\w.]*)\s*$/, before);
  const [right, value] = groups(/^\s*([0-9][\w.]*)/, after);
  if (operator !== '==' || left === undefined || right === undefined || !isRegister(String(register))) return undefined;
  const text = `<${register}, ${value}, 0xffffffff>`;
  return {
    hint: `a comparison is a condition of a case: ${text}`,
    fix: { title: `write ${text}`, start: at - left.length, end: at + operator.length + right.length, text },
  };
}

/** Puts a text in where a span ends. */
export const insertBehind = ({ end }: Pick<Span, 'end'>, text: string): Advice['fix'] => ({
  title: `insert '${text}'`,
  start: end,
  end,
  text,
});
