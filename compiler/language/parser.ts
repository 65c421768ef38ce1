/** Tokens → syntax tree; recursive descent with recovery, so that one run finds several errors. */
import { type Advice, type Diagnostics, didYouMean, nearest, type Span } from './diagnostics.js';
import { insertBehind, isElse, statementWordHint } from './habits.js';
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

/** Nesting deeper than this is refused, so that hostile input cannot exhaust the stack. */
const MAX_NESTING = 200;

/** The tree of a token list; what cannot be parsed is reported and left out. */
export function parse(tokens: readonly Token[], diagnostics: Diagnostics): SourceFile {
  return new Parser(tokens, diagnostics).file();
}

const PROGRAM_FORM = 'program NAME(<field, value, mask>) { … }';
const CASE_FORM = 'case(<register, value, mask>) { … }';
const MEMORY_FORM = 'a memory is declared as @NAME BUCKETS';

const removing = (what: string, { start, end }: Span): Advice => ({
  hint: `remove ${what}`,
  fix: { title: `remove ${what}`, start, end, text: '' },
});

class Parser extends TokenReader {
  private nesting = 0;

  file(): SourceFile {
    const annotations: Annotation[] = [];
    const programs: ProgramSyntax[] = [];
    while (this.current.kind !== 'end') {
      this.recoveringNesting(
        () => {
          if (this.isPunctuation('@')) annotations.push(this.annotation(programs.length));
          else if (this.isName('program')) programs.push(this.program());
          else if (this.current.kind === 'name' && this.next.kind === 'integer') {
            annotations.push(this.annotation(programs.length));
          } else if (this.next.kind === 'name' && this.isMisspelt('program')) programs.push(this.program());
          else if (this.isPunctuation(';')) this.superfluousSemicolon("no ';' stands behind declarations and programs");
          else this.fail("expected '@' or 'program'", this.outsideHint());
        },
        () => this.skipTo(() => this.isPunctuation('@') || this.isName('program')),
      );
    }
    return { annotations, programs };
  }

  private outsideHint(): string | undefined {
    const { text } = this.current;
    if (text === '}') return "the '{' before it has its '}' already";
    const isStatement = PRIMITIVES.has(text) || text === 'BRANCH' || text === 'case';
    return isStatement ? `statements stand in a program: ${PROGRAM_FORM}` : undefined;
  }

  /** @param programs how many came before it: an annotation stands before all of them */
  private annotation(programs: number): Annotation {
    const { span: start } = this.current;
    if (this.isPunctuation('@')) this.take();
    else {
      const { text } = this.current;
      this.note(start, `expected '@' or 'program', found '${text}'`, {
        hint: `${MEMORY_FORM}: @${text} ${this.next.text}`,
        fix: { title: "insert '@'", start: start.start, end: start.start, text: '@' },
      });
    }
    const name = this.word('the name of a memory', MEMORY_FORM);
    const buckets = this.integer('a number of buckets', MEMORY_FORM);
    if (programs > 0) {
      // It counts all the same, so that its memory is not reported as missing too.
      const message = `the memory ${name.text} is declared behind a program`;
      this.note(between(start, buckets.span), message, 'put it before the first program');
    }
    return { name, buckets, span: between(start, buckets.span) };
  }

  private program(): ProgramSyntax {
    const start = this.keyword('program');
    const name = this.word('the name of the program', PROGRAM_FORM);
    this.punctuation('(', PROGRAM_FORM);
    if (this.isPunctuation(')')) {
      this.fail('expected a filter', 'a filter of mask 0 matches all packets: <ig_intr_md.ingress_port, 0, 0>');
    }
    const filters = this.list(() => this.match('field', 'a field such as hdr.ipv4.dst'));
    const end = this.isPunctuation('{') ? this.missing(')') : this.punctuation(')');
    return { name, filters, body: this.body(), span: between(start, end) };
  }

  /** `<subject, value, mask>` */
  private match(kind: 'field' | 'name', subject: string): MatchSyntax {
    const what = kind === 'field' ? 'filter' : 'condition';
    const form = `a ${what} is <${kind === 'field' ? 'field' : 'register'}, value, mask>`;
    const start = this.current.span;
    const isOpened = this.isPunctuation('<');
    if (isOpened) this.take();
    const token = this.current;
    if (token.kind !== kind && (token.kind !== 'name' || !isOpened)) {
      return this.fail(isOpened ? `expected ${subject}` : "expected '<'", form);
    }
    this.take();
    this.punctuation(',', form);
    const valueToken = this.current;
    const value = this.integer('a value', form);
    const [mask, maskText] = this.maskOf(valueToken, kind, form);
    const words = `<${token.text}, ${valueToken.text}, ${maskText}>`;
    const end = isOpened ? this.closingBracket(form) : mask.span;
    const span = between(start, end);
    if (!isOpened) {
      const fix = { title: `write ${words}`, start: span.start, end: span.end, text: words };
      this.note(span, `expected '<', found '${token.text}'`, { hint: `${form}: ${words}`, fix });
    }
    return { subject: { text: token.text, span: token.span }, value, mask, span };
  }

  /** The mask behind a value; one that is missing compares all bits. */
  private maskOf(value: Token, kind: 'field' | 'name', form: string): readonly [mask: Integer, text: string] {
    if (this.isPunctuation(',')) {
      this.take();
      const { text } = this.current;
      return [this.integer('a mask', form), text];
    }
    if (value.kind === 'integer' && value.mask !== undefined) {
      return [{ value: value.mask, span: value.span }, value.text];
    }
    if (!this.isPunctuation('>') || (kind === 'field' && !value.text.includes('.'))) this.fail("expected ','", form);
    const text = value.text.includes('.') ? '255.255.255.255' : '0xffffffff';
    this.note(this.behindLast, `expected ',', found ${this.found}`, {
      hint: `${form}; ${text} compares all bits`,
      fix: insertBehind(value.span, `, ${text}`),
    });
    return [{ value: 0xffffffff, span: value.span }, text];
  }

  private closingBracket(form: string): Span {
    if (this.isPunctuation('>')) return this.take().span;
    const isClear = this.isPunctuation(')') || (this.isPunctuation(',') && this.isPunctuation('<', this.next));
    return isClear ? this.missing('>') : this.punctuation('>', form);
  }

  /** `{ statements }` */
  private body(): StatementSyntax[] {
    if (++this.nesting > MAX_NESTING) this.fail(`more than ${MAX_NESTING} nested cases`);
    const open = this.punctuation('{');
    const statements: StatementSyntax[] = [];
    while (!this.isPunctuation('}')) {
      if (this.current.kind === 'end' || this.isName('program')) {
        this.fail("expected '}'", `the '{' in line ${open.line} is not closed`);
      }
      this.recoveringNesting(
        () => {
          if (this.isPunctuation(';')) this.superfluousSemicolon("no statement stands in front of this ';'");
          else statements.push(this.statement());
        },
        () => this.skipStatement(),
      );
    }
    this.take();
    this.nesting--;
    return statements;
  }

  private superfluousSemicolon(message: string): void {
    const { span } = this.take();
    this.note(span, message, removing("this ';'", span));
  }

  private statement(): StatementSyntax {
    if (this.isName('BRANCH') || (this.isPunctuation(':', this.next) && this.isMisspelt('BRANCH')))
      return this.branch();
    const { text, span } = this.current;
    if (this.isName('case')) this.refuse(span, "a 'case' outside a BRANCH", 'write BRANCH: before the first case');
    const hint = statementWordHint(text);
    // `return;` is a primitive that is spelt otherwise, for all that is known here.
    if (hint !== undefined && !this.isPunctuation(';', this.next)) this.refuse(span, `there is no '${text}'`, hint);
    const name = this.word('a primitive');
    const args = this.isPunctuation('(') ? this.arguments() : [];
    const takes = args.length > 0 ? undefined : PRIMITIVES.get(name.text)?.arguments;
    const form = takes && takes.length > 0 ? `write ${name.text}(${takes.join(', ')});` : undefined;
    return { kind: 'primitive', name, arguments: args, span: between(name.span, this.semicolon(form)) };
  }

  /** The `;` behind a statement. Where another statement or the end of the body follows, it is only missing. */
  private semicolon(hint?: string): Span {
    const { kind, text } = this.current;
    const isStatement = kind === 'name' && (this.beginsLine || PRIMITIVES.has(text) || text === 'BRANCH');
    const isMissing = this.isPunctuation('}') || isStatement || kind === 'end';
    return isMissing ? this.missing(';') : this.punctuation(';', hint);
  }

  private arguments(): ArgumentSyntax[] {
    const open = this.punctuation('(');
    if (this.isPunctuation(')')) {
      const span = between(open, this.take().span);
      const message = 'a primitive without arguments is written without parentheses';
      this.note(span, message, { hint: "leave out '()'", fix: removing("'()'", span).fix });
      return [];
    }
    const args = [this.argument()];
    while (!this.isPunctuation(')')) {
      if (this.isPunctuation(',')) this.take();
      else if (this.current.kind !== 'punctuation' && this.current.kind !== 'end' && !this.beginsLine)
        this.missing(',');
      else break;
      args.push(this.argument());
    }
    if (this.isPunctuation(';')) this.missing(')');
    else this.punctuation(')');
    return args;
  }

  private argument(): ArgumentSyntax {
    const token = this.current;
    if (token.kind === 'punctuation' || token.kind === 'end') return this.fail('expected an argument');
    this.take();
    const { span } = token;
    return token.kind === 'integer'
      ? { kind: 'integer', value: token.value, span }
      : { kind: token.kind, text: token.text, span };
  }

  private branch(): StatementSyntax {
    const start = this.keyword('BRANCH');
    this.colon(start);
    const cases: CaseSyntax[] = [this.case()];
    for (;;) {
      if (this.isCase) cases.push(this.case());
      else if (this.isPunctuation(';') && this.isName('case', this.next)) {
        this.superfluousSemicolon("this ';' ends the BRANCH, and another case follows");
      } else if (this.current.kind === 'name' && isElse(this.current.text)) this.elseBlock();
      else break;
    }
    this.semicolon();
    return { kind: 'branch', cases, span: start };
  }

  /** The colon of `BRANCH:`; what stands in its place is reported. */
  private colon(branch: Span): void {
    if (this.isPunctuation(':')) this.take();
    else if (this.isPunctuation('(')) this.branchArguments();
    else if (this.isName('case') || this.isPunctuation('{')) {
      this.missing(':');
    } else this.fail("expected ':'", `write BRANCH: ${CASE_FORM};`);
    if (!this.isPunctuation('{')) return;
    const message = "the cases of a BRANCH stand without '{' around them";
    this.refuse(between(branch, this.current.span), message, `write BRANCH: ${CASE_FORM};`);
  }

  /** `(har)` behind BRANCH */
  private branchArguments(): void {
    const open = this.take().span;
    let close = open;
    while (this.current.kind !== 'end' && !';{}:'.includes(this.current.text) && !this.isName('case')) {
      close = this.take().span;
    }
    const hasColon = this.isPunctuation(':');
    const span = between(open, close);
    this.note(span, 'BRANCH has no argument', {
      hint: `write BRANCH: and the register in the conditions, ${CASE_FORM}`,
      fix: { title: 'write BRANCH:', start: span.start, end: span.end, text: hasColon ? '' : ':' },
    });
    if (hasColon) this.take();
  }

  /** `else { … }`, `default: { … }`: reported, and left out. */
  private elseBlock(): void {
    const { text, span } = this.take();
    this.note(span, `there is no '${text}'`, statementWordHint(text));
    if (this.isPunctuation(':')) this.take();
    if (this.isPunctuation('{')) this.body();
  }

  private get isCase(): boolean {
    return this.isName('case') || (this.isPunctuation('(', this.next) && this.isMisspelt('case'));
  }

  private case(): CaseSyntax {
    if (!this.isCase) this.fail("expected 'case'", `write ${CASE_FORM}`);
    const start = this.keyword('case');
    this.punctuation('(', `write ${CASE_FORM}`);
    const conditions = this.list(() => this.match('name', 'a register'));
    const end = this.isPunctuation('{') ? this.missing(')') : this.punctuation(')');
    if (!this.isPunctuation('{')) this.fail("expected '{'", `write ${CASE_FORM}`);
    return { conditions, body: this.body(), span: between(start, end) };
  }

  /** A keyword, or a word that is near it. */
  private keyword(word: string): Span {
    const { text, span } = this.take();
    if (text !== word) this.note(span, `expected '${word}', found '${text}'`, didYouMean(word, span));
    return span;
  }

  private isMisspelt(keyword: string): boolean {
    const { kind, text } = this.current;
    return kind === 'name' && !PRIMITIVES.has(text) && nearest(text, [keyword]) !== undefined;
  }

  private list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.isPunctuation(',')) {
      this.take();
      items.push(item());
    }
    return items;
  }

  private word(what: string, hint?: string): Word {
    const token = this.current;
    if (token.kind !== 'name') return this.fail(`expected ${what}`, hint);
    this.take();
    return { text: token.text, span: token.span };
  }

  private integer(what: string, hint?: string): Integer {
    const token = this.current;
    if (token.kind !== 'integer') return this.fail(`expected ${what}`, hint);
    this.take();
    return { value: token.value, span: token.span };
  }

  private recoveringNesting(action: () => void, recover: () => void): void {
    const { nesting } = this;
    this.recovering(action, () => {
      this.nesting = nesting;
      recover();
    });
  }
}
