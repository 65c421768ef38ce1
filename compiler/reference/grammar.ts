/** The grammar of the language, as docs/LANGUAGE.md prints it. Tests make random texts of it, and compare it with the parser. */

/**
 * EBNF: quoted text stands for itself, `{ }` for any number, `[ ]` for one or none, `|` for a choice, `…` for a range of
 * characters. Rules in small letters are of words, with white space and comments between them; those in capitals are
 * of characters, with nothing between them.
 */
export const GRAMMAR = `file       = { annotation } program { program } ;
annotation = "@" [ "pair" ] NAME INTEGER ;
program    = "program" NAME "(" filter { "," filter } ")" body ;
filter     = "<" FIELD "," match ">" ;
match      = value "," value | PREFIX ;
value      = INTEGER | IPV6 ;
body       = "{" { statement } "}" ;
statement  = NAME [ "(" argument { "," argument } ")" ] ";"
           | "BRANCH" ":" case { case } ";" ;
argument   = FIELD | NAME | REGISTER | value ;
case       = "case" "(" condition { "," condition } ")" body ;
condition  = "<" REGISTER "," match ">" ;

NAME       = LETTER { LETTER | DIGIT | "_" } ;
FIELD      = NAME "." NAME { "." NAME } [ "[" DIGIT { DIGIT } "]" ] ;
REGISTER   = "har" | "sar" | "mar" ;
INTEGER    = DIGIT { DIGIT }
           | "0" ( "x" | "X" ) HEX { HEX }
           | "0" ( "b" | "B" ) BIT { BIT }
           | QUAD ;
PREFIX     = QUAD "/" DIGIT | QUAD "/" "1" … "2" DIGIT | QUAD "/" "3" "0" … "2"
           | IPV6 "/" DIGIT | IPV6 "/" "1" … "9" DIGIT
           | IPV6 "/" "1" "0" … "1" DIGIT | IPV6 "/" "12" "0" … "8" ;
QUAD       = BYTE "." BYTE "." BYTE "." BYTE ;
IPV6       = PART PART PART PART PART PART PART GROUP
           | [ [ PART ] [ PART ] GROUP ] "::" [ [ PART ] [ PART ] ( GROUP | QUAD ) ] ;
PART       = GROUP ":" ;
GROUP      = HEX | HEX HEX | HEX HEX HEX | HEX HEX HEX HEX ;
BYTE       = DIGIT | DIGIT DIGIT | ( "0" | "1" ) DIGIT DIGIT
           | "2" "0" … "4" DIGIT | "25" "0" … "5" ;
LETTER     = "A" … "Z" | "a" … "z" ;
DIGIT      = "0" … "9" ;
HEX        = DIGIT | "A" … "F" | "a" … "f" ;
BIT        = "0" | "1" ;
`;
