/** The grammar of the language, as docs/LANGUAGE.md prints it. Tests make random texts of it, and compare it with the parser. */

/**
 * EBNF: quoted text stands for itself, `{ }` for any number, `[ ]` for one or none, `|` for a choice, `…` for a range of
 * characters. Rules in small letters are of words, with white space and comments between them; those in capitals are
 * of characters, with nothing between them.
 */
export const GRAMMAR = `file       = { annotation } program { program } ;
annotation = "@" NAME INTEGER ;
program    = "program" NAME "(" filter { "," filter } ")" body ;
filter     = "<" FIELD "," INTEGER "," INTEGER ">" ;
body       = "{" { statement } "}" ;
statement  = NAME [ "(" argument { "," argument } ")" ] ";"
           | "BRANCH" ":" case { case } ";" ;
argument   = FIELD | NAME | REGISTER | INTEGER ;
case       = "case" "(" condition { "," condition } ")" body ;
condition  = "<" REGISTER "," INTEGER "," INTEGER ">" ;

NAME       = LETTER { LETTER | DIGIT | "_" } ;
FIELD      = NAME "." NAME { "." NAME } ;
REGISTER   = "har" | "sar" | "mar" ;
INTEGER    = DIGIT { DIGIT }
           | "0" ( "x" | "X" ) HEX { HEX }
           | "0" ( "b" | "B" ) BIT { BIT }
           | BYTE "." BYTE "." BYTE "." BYTE ;
BYTE       = DIGIT | DIGIT DIGIT | ( "0" | "1" ) DIGIT DIGIT
           | "2" "0" … "4" DIGIT | "25" "0" … "5" ;
LETTER     = "A" … "Z" | "a" … "z" ;
DIGIT      = "0" … "9" ;
HEX        = DIGIT | "A" … "F" | "a" … "f" ;
BIT        = "0" | "1" ;
`;
