/** The Lezer grammar, for editors in web pages: generated from the words of the language, as the TextMate grammar is. */
import { KEYWORDS, PRIMITIVES, REGISTERS } from '../../compiler/index.js';

const quoted = (words: Iterable<string>): string => [...words].map((word) => `"${word}"`).join(' | ');

/** Names of primitives with and without a memory as their first argument. */
function primitives(): { readonly ofMemory: readonly string[]; readonly others: readonly string[] } {
  const rows = [...PRIMITIVES.values()];
  const isOfMemory = (row: (typeof rows)[number]): boolean => row.arguments[0] === 'memory';
  return {
    ofMemory: rows.filter(isOfMemory).map(({ name }) => name),
    others: rows.filter((row) => !isOfMemory(row)).map(({ name }) => name),
  };
}

/**
 * The text that `@lezer/generator` makes a parser of. Its tokens end where those of the compiler's lexer end; statements
 * with any name are statements, since whether it is one of a primitive is a finding of the compiler.
 */
export function lezerGrammar(): string {
  const { ofMemory, others } = primitives();
  const [program, matchCase, branch] = KEYWORDS.map((word) => `keyword<"${word}">`);
  return `@top File { Annotation* Program* }

Annotation { "@" (keyword<"pair"> ~pair)? MemoryName { Name ~pair } value }
Program { ${program} ProgramName { Name } "(" list<Filter> ")" Body }
Filter { "<" Field "," match ">" }
match { value "," value | value }
Body { "{" statement* "}" }
statement { Statement | Branch }
Statement { (Primitive ("(" list<argument> ")")? | MemoryPrimitive ("(" (MemoryName { Name } ("," list<argument>)?) ")")? | Name ("(" list<argument> ")")?) ";" }
Branch { ${branch} ":" Case+ ";" }
Case { ${matchCase} "(" list<Condition> ")" Body }
Condition { "<" (Register | Name) "," match ">" }
argument { Field | Register | Name | value }
value { Number | Address }

list<item> { item ("," item)* }
keyword<word> { @extend[@name=Keyword]<Name, word> }
Register { @specialize<Name, ${quoted(REGISTERS)}> }
Primitive { @specialize<Name, ${quoted(others)}> }
MemoryPrimitive { @specialize<Name, ${quoted(ofMemory)}> }

@skip { space | LineComment | BlockComment }

@tokens {
  space { $[ \\t\\r\\n\\u{c}\\u{b}]+ }
  LineComment { ("//" | "#") ![\\n\\r]* }
  BlockComment { "/*" blockRest }
  blockRest { ![*] blockRest | "*" blockStar }
  blockStar { "/" | "*" blockStar | ![/*] blockRest }
  word { $[A-Za-z] $[A-Za-z0-9_]* }
  Name { word }
  Field { word ("." word)+ ("[" $[0-9]+ "]")? }
  Number { "-"? $[0-9] $[0-9A-Za-z_.]* ("/" $[0-9]+)? }
  hex { $[0-9A-Fa-f] }
  group { hex (hex (hex hex?)?)? }
  quad { $[0-9]+ "." $[0-9]+ "." $[0-9]+ "." $[0-9]+ }
  Address { (group ":" group? (":" group?)+ | "::" group? (":" group?)*) (":" quad | quad)? ("/" $[0-9]+)? }
  @precedence { LineComment, BlockComment, Address, Field, Name, Number, space }
  "(" ")" "{" "}" "<" ">" "," ";" ":" "@"
}

@detectDelim
`;
}
