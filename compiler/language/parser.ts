/** Tokens → syntax tree; recursive descent with recovery, so that one run finds several errors. */
import { prefixMask } from '../data-plane/ipv6-text.js';
import { must } from '../data-plane/must.js';
import { type Advice, type Diagnostics, didYouMean, nearest, type Span } from './diagnostics.js';
import {
  constantHint,
  declarationHint,
  insertBehind,
  isElse,
  SIZE_HINT,
  statementWordHint,
  variableHint,
} from './habits.js';
import type { Token } from './lexer.js';
import { PRIMITIVES } from './primitives.js';
import type {
  Annotation,
  ArgumentSyntax,
  CaseSyntax,
  Integer,
  MatchSyntax,
  ProgramSyntax,
  SourceFile,
  StatementSyntax,
  Word,
} from './syntax.js';
import { between, TokenReader } from './token-reader.js';
import { CASE_FORM, formWithArguments, MEMORY_FORM, PROGRAM_FORM } from './written-forms.js';

/** Nesting deeper than this is refused, so that hostile input cannot exhaust the stack. */
const MAX_NESTING = 200;

/** The tree of a token list; what cannot be parsed is reported and left out. */
export function parse(tokens: readonly Token[], diagnostics: Diagnostics): SourceFile {
  return new Parser(new TokenReader(tokens, diagnostics)).file();
}

const removing = (what: string, { start, end }: Span): Advice => ({
  hint: `remove ${what}`,
  fix: { title: `remove ${what}`, start, end, text: '' },
});

class Parser {
  private nesting = 0;

  constructor(private readonly reader: TokenReader) {}

  file(): SourceFile {
    const annotations: Annotation[] = [];
    const programs: ProgramSyntax[] = [];
    const read = (): void => {
      if (this.reader.isPunctuation('@')) annotations.push(this.annotation(programs.length));
      else if (this.reader.isName('program')) programs.push(this.program());
      else if (this.reader.current.kind === 'name' && this.reader.next.kind === 'integer') {
        annotations.push(this.annotation(programs.length));
      } else if (this.reader.next.kind === 'name' && this.isMisspelt('program')) programs.push(this.program());
      else if (this.reader.isPunctuation(';'))
        this.superfluousSemicolon("no ';' stands behind declarations and programs");
      else if (declarationHint(this.reader.current.text) !== undefined) this.declaration();
      else this.reader.fail("expected '@' or 'program'", this.outsideHint());
    };
    const skip = (): void => {
      this.nesting = 0;
      this.reader.skipTo(() => this.reader.isPunctuation('@') || this.reader.isName('program'));
    };
    while (this.reader.current.kind !== 'end') this.reader.recovering(read, skip);
    return { annotations, programs };
  }

  /** A declaration of another language: reported, and left out. */
  private declaration(): void {
    const { text, span } = this.reader.take();
    this.reader.skipStatement(() => this.reader.isName('program') || this.reader.isPunctuation('@'));
    this.reader.noteWhole(span, `there is no '${text}'`, must(declarationHint(text), 'hint'));
  }

  /** A variable or constant of another language in a body: reported, and left out. */
  private variable(): void {
    const { text, span } = this.reader.take();
    this.reader.skipStatement();
    this.reader.noteWhole(span, `there is no '${text}'`, must(variableHint(text), 'hint'));
  }

  /** `int x`, `bit<32> x` */
  private get isVariable(): boolean {
    const { current, next } = this.reader;
    const isTyped = next.kind === 'name' || this.reader.isPunctuation('<', next);
    return current.kind === 'name' && isTyped && variableHint(current.text) !== undefined;
  }

  private outsideHint(): string | undefined {
    const { text } = this.reader.current;
    if (text === '}') return "the '{' before it has its '}' already";
    const isStatement = PRIMITIVES.has(text) || text === 'BRANCH' || text === 'case';
    return isStatement ? `statements stand in a program: ${PROGRAM_FORM}` : undefined;
  }

  /** @param programs how many came before it: an annotation stands before all of them */
  private annotation(programs: number): Annotation {
    const { span: start } = this.reader.current;
    if (this.reader.isPunctuation('@')) this.reader.take();
    else {
      const { text } = this.reader.current;
      this.reader.note(start, `expected '@' or 'program', found '${text}'`, {
        hint: `${MEMORY_FORM}: @${text} ${this.reader.next.text}`,
        fix: { title: "insert '@'", start: start.start, end: start.start, text: '@' },
      });
    }
    const isOfPairs = this.reader.isName('pair') && this.reader.next.kind === 'name';
    if (isOfPairs) this.reader.take();
    const name = this.word('the name of a memory', MEMORY_FORM);
    const buckets = this.integer('a number of buckets', MEMORY_FORM);
    if (programs > 0) {
      // It counts all the same, so that its memory is not reported as missing too.
      const message = `the memory ${name.text} is declared behind a program`;
      this.reader.note(between(start, buckets.span), message, 'put it before the first program');
    }
    return { name, buckets, ...(isOfPairs ? { isOfPairs } : {}), span: between(start, buckets.span) };
  }

  private program(): ProgramSyntax {
    const start = this.keyword('program');
    const name = this.word('the name of the program', PROGRAM_FORM);
    this.reader.punctuation('(', PROGRAM_FORM);
    if (this.reader.isPunctuation(')')) {
      this.reader.fail('expected a filter', 'a filter of mask 0 matches all packets: <ig_intr_md.ingress_port, 0, 0>');
    }
    const filters = this.list(() => this.match('field', 'a field such as hdr.ipv4.dst'));
    const end = this.reader.isPunctuation('{') ? this.reader.missing(')') : this.reader.punctuation(')');
    return { name, filters, body: this.body(), span: between(start, end) };
  }

  /** `<subject, value, mask>` */
  private match(kind: 'field' | 'name', subject: string): MatchSyntax {
    const what = kind === 'field' ? 'filter' : 'condition';
    const form = `a ${what} is <${kind === 'field' ? 'field' : 'register'}, value, mask>`;
    const start = this.reader.current.span;
    const isOpened = this.reader.isPunctuation('<');
    if (isOpened) this.reader.take();
    const token = this.reader.current;
    if (token.kind !== kind && (token.kind !== 'name' || !isOpened)) {
      return this.reader.fail(isOpened ? `expected ${subject}` : "expected '<'", form);
    }
    this.reader.take();
    const isSize = (): boolean => this.reader.isPunctuation('<') || this.reader.isPunctuation('>');
    this.reader.punctuation(',', kind === 'name' && isSize() ? SIZE_HINT : form);
    const valueToken = this.reader.current;
    const value = this.value(kind === 'name' && isSize() ? SIZE_HINT : form);
    const prefix = valueToken.kind === 'integer' ? valueToken.prefix : undefined;
    const isPrefix = prefix !== undefined && !this.reader.isPunctuation(',');
    if (!isPrefix) this.reader.refusePrefix(valueToken);
    const [mask, maskText] = this.maskOf(valueToken, kind, form);
    const words = `<${[token.text, valueToken.text, ...(maskText === '' ? [] : [maskText])].join(', ')}>`;
    const end = isOpened ? this.closingBracket(form) : mask.span;
    const span = between(start, end);
    if (!isOpened) {
      const fix = { title: `write ${words}`, start: span.start, end: span.end, text: words };
      this.reader.note(span, `expected '<', found '${token.text}'`, { hint: `${form}: ${words}`, fix });
    }
    const subjectWord = { text: token.text, span: token.span };
    return { subject: subjectWord, value, mask, ...(isPrefix && { prefix }), span };
  }

  /** The mask behind a value, or of its prefix length; one that is missing compares all bits. */
  private maskOf(value: Token, kind: 'field' | 'name', form: string): readonly [mask: Integer, text: string] {
    if (this.reader.isPunctuation(',')) {
      this.reader.take();
      const { text } = this.reader.current;
      return [this.integer('a mask', form), text];
    }
    if (value.kind === 'integer' && value.prefix !== undefined) {
      const wide = prefixMask(value.prefix.length, value.prefix.bits);
      return [{ value: Number(wide), wide, span: value.span }, ''];
    }
    if (!this.reader.isPunctuation('>') || (kind === 'field' && !value.text.includes('.')))
      this.reader.fail("expected ','", form);
    const text = value.text.includes('.') ? '255.255.255.255' : '0xffffffff';
    this.reader.note(this.reader.behindLast, `expected ',', found ${this.reader.found}`, {
      hint: `${form}; ${text} compares all bits`,
      fix: insertBehind(value.span, `, ${text}`),
    });
    return [{ value: 0xffffffff, span: value.span }, text];
  }

  private closingBracket(form: string): Span {
    if (this.reader.isPunctuation('>')) return this.reader.take().span;
    const isClear =
      this.reader.isPunctuation(')') ||
      (this.reader.isPunctuation(',') && this.reader.isPunctuation('<', this.reader.next));
    return isClear ? this.reader.missing('>') : this.reader.punctuation('>', form);
  }

  /** `{ statements }` */
  private body(): StatementSyntax[] {
    if (++this.nesting > MAX_NESTING) this.reader.fail(`more than ${MAX_NESTING} nested cases`);
    const open = this.reader.punctuation('{');
    const statements: StatementSyntax[] = [];
    const { nesting } = this;
    const read = (): void => {
      if (this.reader.isPunctuation(';')) this.superfluousSemicolon("no statement stands in front of this ';'");
      else if (this.isVariable) this.variable();
      else statements.push(this.statement());
    };
    const skip = (): void => {
      this.nesting = nesting;
      this.reader.skipStatement();
    };
    while (!this.reader.isPunctuation('}')) {
      if (this.reader.current.kind === 'end' || this.reader.isName('program')) {
        this.reader.fail("expected '}'", `the '{' in line ${open.line} is not closed`);
      }
      this.reader.recovering(read, skip);
    }
    this.reader.take();
    this.nesting--;
    return statements;
  }

  private superfluousSemicolon(message: string): void {
    const { span } = this.reader.take();
    this.reader.note(span, message, removing("this ';'", span));
  }

  private statement(): StatementSyntax {
    if (this.reader.isName('BRANCH') || (this.reader.isPunctuation(':', this.reader.next) && this.isMisspelt('BRANCH')))
      return this.branch();
    const { text, span } = this.reader.current;
    if (this.reader.isName('case'))
      this.reader.refuse(span, "a 'case' outside a BRANCH", 'write BRANCH: before the first case');
    const hint = text === 'if' && this.reader.comparesSize ? SIZE_HINT : statementWordHint(text);
    // `return;` is a primitive that is spelt otherwise, for all that is known here.
    if (hint !== undefined && !this.reader.isPunctuation(';', this.reader.next))
      this.reader.refuse(span, `there is no '${text}'`, hint);
    const name = this.word('a primitive');
    const args = this.reader.isPunctuation('(') ? this.arguments(name) : [];
    const form = args.length === 0 ? formWithArguments(name) : undefined;
    return { kind: 'primitive', name, arguments: args, span: between(name.span, this.semicolon(form)) };
  }

  /** The `;` behind a statement. Where another statement or the end of the body follows, it is only missing. */
  private semicolon(hint?: string): Span {
    const { kind, text } = this.reader.current;
    const isStatement = kind === 'name' && (this.reader.beginsLine || PRIMITIVES.has(text) || text === 'BRANCH');
    const isMissing = this.reader.isPunctuation('}') || isStatement || kind === 'end';
    return isMissing ? this.reader.missing(';') : this.reader.punctuation(';', hint);
  }

  private arguments(primitive: Word): ArgumentSyntax[] {
    const open = this.reader.punctuation('(');
    if (this.reader.isPunctuation(')')) {
      const span = between(open, this.reader.take().span);
      // Arguments that are missing are another finding.
      if (formWithArguments(primitive) !== undefined) return [];
      const message = 'a primitive without arguments is written without parentheses';
      this.reader.note(span, message, { hint: "leave out '()'", fix: removing("'()'", span).fix });
      return [];
    }
    const args = [this.argument()];
    while (!this.reader.isPunctuation(')')) {
      if (this.reader.isPunctuation(',')) this.reader.take();
      else if (
        this.reader.current.kind !== 'punctuation' &&
        this.reader.current.kind !== 'end' &&
        !this.reader.beginsLine
      )
        this.reader.missing(',');
      else break;
      args.push(this.argument());
    }
    if (this.reader.isPunctuation(';')) this.reader.missing(')');
    else this.reader.punctuation(')');
    return args;
  }

  private argument(): ArgumentSyntax {
    const token = this.reader.current;
    if (token.kind === 'punctuation' || token.kind === 'end') return this.reader.fail('expected an argument');
    this.reader.take();
    const { span } = token;
    this.reader.refusePrefix(token);
    return token.kind === 'integer'
      ? { kind: 'integer', value: token.value, ...(token.wide !== undefined && { wide: token.wide }), span }
      : { kind: token.kind, text: token.text, span };
  }

  private branch(): StatementSyntax {
    const start = this.keyword('BRANCH');
    this.colon(start);
    const cases: CaseSyntax[] = [this.case()];
    for (;;) {
      if (this.isCase) cases.push(this.case());
      else if (this.reader.isPunctuation(';') && this.reader.isName('case', this.reader.next)) {
        this.superfluousSemicolon("this ';' ends the BRANCH, and another case follows");
      } else if (this.reader.current.kind === 'name' && isElse(this.reader.current.text)) this.elseBlock();
      else break;
    }
    this.semicolon();
    return { kind: 'branch', cases, span: start };
  }

  /** The colon of `BRANCH:`; what stands in its place is reported. */
  private colon(branch: Span): void {
    if (this.reader.isPunctuation(':')) this.reader.take();
    else if (this.reader.isPunctuation('(')) this.branchArguments();
    else if (this.reader.isName('case') || this.reader.isPunctuation('{')) {
      this.reader.missing(':');
    } else this.reader.fail("expected ':'", `write BRANCH: ${CASE_FORM};`);
    if (!this.reader.isPunctuation('{')) return;
    const message = "the cases of a BRANCH stand without '{' around them";
    this.reader.refuse(between(branch, this.reader.current.span), message, `write BRANCH: ${CASE_FORM};`);
  }

  /** `(har)` behind BRANCH */
  private branchArguments(): void {
    const open = this.reader.take().span;
    let close = open;
    while (
      this.reader.current.kind !== 'end' &&
      !';{}:'.includes(this.reader.current.text) &&
      !this.reader.isName('case')
    ) {
      close = this.reader.take().span;
    }
    const hasColon = this.reader.isPunctuation(':');
    const span = between(open, close);
    this.reader.note(span, 'BRANCH has no argument', {
      hint: `write BRANCH: and the register in the conditions, ${CASE_FORM}`,
      fix: { title: 'write BRANCH:', start: span.start, end: span.end, text: hasColon ? '' : ':' },
    });
    if (hasColon) this.reader.take();
  }

  /** `else { … }`, `default: { … }`: reported, and left out. */
  private elseBlock(): void {
    const { text, span } = this.reader.take();
    this.reader.note(span, `there is no '${text}'`, statementWordHint(text));
    if (this.reader.isPunctuation(':')) this.reader.take();
    if (this.reader.isPunctuation('{')) this.body();
  }

  private get isCase(): boolean {
    return this.reader.isName('case') || (this.reader.isPunctuation('(', this.reader.next) && this.isMisspelt('case'));
  }

  private case(): CaseSyntax {
    if (!this.isCase) this.reader.fail("expected 'case'", `write ${CASE_FORM}`);
    const start = this.keyword('case');
    this.reader.punctuation('(', `write ${CASE_FORM}`);
    const conditions = this.list(() => this.match('name', 'a register'));
    const end = this.reader.isPunctuation('{') ? this.reader.missing(')') : this.reader.punctuation(')');
    if (!this.reader.isPunctuation('{')) this.reader.fail("expected '{'", `write ${CASE_FORM}`);
    return { conditions, body: this.body(), span: between(start, end) };
  }

  /** A keyword, or a word that is near it. */
  private keyword(word: string): Span {
    const { text, span } = this.reader.take();
    if (text !== word) this.reader.note(span, `expected '${word}', found '${text}'`, didYouMean(word, span));
    return span;
  }

  private isMisspelt(keyword: string): boolean {
    const { kind, text } = this.reader.current;
    return kind === 'name' && !PRIMITIVES.has(text) && nearest(text, [keyword]) !== undefined;
  }

  private list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.reader.isPunctuation(',')) {
      this.reader.take();
      items.push(item());
    }
    return items;
  }

  private word(what: string, hint?: string): Word {
    const token = this.reader.current;
    if (token.kind !== 'name') return this.reader.fail(`expected ${what}`, hint);
    this.reader.take();
    return { text: token.text, span: token.span };
  }

  private integer(what: string, hint?: string): Integer {
    this.reader.refusePrefix(this.reader.current);
    return this.value(hint, what);
  }

  /** An integer, which may have a prefix length. */
  private value(hint: string | undefined, what = 'a value'): Integer {
    const token = this.reader.current;
    if (token.kind !== 'integer') {
      const constant = token.kind === 'name' ? constantHint(token.text) : undefined;
      return this.reader.fail(`expected ${what}`, constant ?? hint);
    }
    this.reader.take();
    return { value: token.value, ...(token.wide !== undefined && { wide: token.wide }), span: token.span };
  }
}
