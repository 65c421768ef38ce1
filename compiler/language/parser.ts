/** Tokens → syntax tree; recursive descent with recovery, so that one run finds several errors. */
import type { Diagnostics, Span } from './diagnostics.js';
import type { Punctuation, Token } from './lexer.js';
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

/**
 * Thrown to the nearest place that can go on; never leaves this file. One serves all: what is wrong has been reported,
 * and a stack trace for each costs more than the parsing of a text that has many.
 */
class SyntaxFault extends Error {}
const SYNTAX_FAULT = new SyntaxFault();

/** Nesting deeper than this is refused, so that hostile input cannot exhaust the stack. */
const MAX_NESTING = 200;

/** The tree of a token list; what cannot be parsed is reported and left out. */
export function parse(tokens: readonly Token[], diagnostics: Diagnostics): SourceFile {
  return new Parser(tokens, diagnostics).file();
}

const between = (from: Span, to: Span): Span => ({ ...from, end: Math.max(from.end, to.end) });

class Parser {
  private at = 0;
  private nesting = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly diagnostics: Diagnostics,
  ) {}

  file(): SourceFile {
    const annotations: Annotation[] = [];
    const programs: ProgramSyntax[] = [];
    while (this.current.kind !== 'end') {
      this.recovering(
        () => {
          if (this.isPunctuation('@')) annotations.push(this.annotation(programs.length));
          else if (this.isName('program')) programs.push(this.program());
          else this.fail("expected '@' or 'program'");
        },
        () => this.skipTo(() => this.isPunctuation('@') || this.isName('program')),
      );
    }
    return { annotations, programs };
  }

  /** @param programs how many came before it: an annotation stands before all of them */
  private annotation(programs: number): Annotation {
    const start = this.punctuation('@');
    const name = this.word('the name of a memory');
    const buckets = this.integer('a number of buckets');
    if (programs > 0) {
      // It counts all the same, so that its memory is not reported as missing too.
      const message = `the memory ${name.text} is declared behind a program`;
      this.diagnostics.report('syntax', between(start, buckets.span), message, 'put it before the first program');
    }
    return { name, buckets, span: between(start, buckets.span) };
  }

  private program(): ProgramSyntax {
    const start = this.take().span;
    const name = this.word('the name of the program');
    this.punctuation('(');
    const filters = this.list(() => this.match('field', 'a field such as hdr.ipv4.dst'));
    const end = this.punctuation(')');
    return { name, filters, body: this.body(), span: between(start, end) };
  }

  /** `<subject, value, mask>` */
  private match(kind: 'field' | 'name', subject: string): MatchSyntax {
    const start = this.punctuation('<');
    const token = this.current;
    if (token.kind !== 'field' && token.kind !== 'name') return this.fail(`expected ${subject}`);
    if (token.kind !== kind && kind === 'name') return this.fail(`expected ${subject}`);
    this.take();
    this.punctuation(',');
    const value = this.integer('a value');
    this.punctuation(',');
    const mask = this.integer('a mask');
    return {
      subject: { text: token.text, span: token.span },
      value,
      mask,
      span: between(start, this.punctuation('>')),
    };
  }

  /** `{ statements }` */
  private body(): StatementSyntax[] {
    if (++this.nesting > MAX_NESTING) this.fail(`more than ${MAX_NESTING} nested cases`);
    this.punctuation('{');
    const statements: StatementSyntax[] = [];
    while (!this.isPunctuation('}')) {
      if (this.current.kind === 'end' || this.isName('program')) this.fail("expected '}'");
      this.recovering(
        () => statements.push(this.statement()),
        () => this.skipStatement(),
      );
    }
    this.take();
    this.nesting--;
    return statements;
  }

  private statement(): StatementSyntax {
    if (this.isName('BRANCH')) return this.branch();
    if (this.isName('case')) this.fail("a 'case' outside BRANCH", 'write BRANCH: before the first case');
    const name = this.word('a primitive');
    const args = this.isPunctuation('(') ? this.arguments() : [];
    const end = this.punctuation(';');
    return { kind: 'primitive', name, arguments: args, span: between(name.span, end) };
  }

  private arguments(): ArgumentSyntax[] {
    const open = this.punctuation('(');
    if (this.isPunctuation(')')) {
      const close = this.take().span;
      const message = 'a primitive without arguments is written without parentheses';
      const fix = { title: "remove '()'", start: open.start, end: close.end, text: '' };
      this.diagnostics.report('syntax', between(open, close), message, { hint: "leave out '()'", fix });
      return [];
    }
    const args = this.list(() => this.argument());
    this.punctuation(')');
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
    const start = this.take().span;
    this.punctuation(':');
    const cases: CaseSyntax[] = [];
    do cases.push(this.case());
    while (this.isName('case'));
    this.punctuation(';');
    return { kind: 'branch', cases, span: start };
  }

  private case(): CaseSyntax {
    const start = this.current.span;
    if (!this.isName('case')) this.fail("expected 'case'");
    this.take();
    this.punctuation('(');
    const conditions = this.list(() => this.match('name', 'a register'));
    const end = this.punctuation(')');
    return { conditions, body: this.body(), span: between(start, end) };
  }

  private list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.isPunctuation(',')) {
      this.take();
      items.push(item());
    }
    return items;
  }

  private word(what: string): Word {
    const token = this.current;
    if (token.kind !== 'name') return this.fail(`expected ${what}`);
    this.take();
    return { text: token.text, span: token.span };
  }

  private integer(what: string): Integer {
    const token = this.current;
    if (token.kind !== 'integer') return this.fail(`expected ${what}`);
    this.take();
    return { value: token.value, span: token.span };
  }

  private punctuation(text: Punctuation): Span {
    if (!this.isPunctuation(text)) this.fail(`expected '${text}'`);
    return this.take().span;
  }

  private get current(): Token {
    const token = this.tokens[Math.min(this.at, this.tokens.length - 1)];
    if (token === undefined) throw new Error('a token list ends with an end token');
    return token;
  }

  private take(): Token {
    const token = this.current;
    this.at++;
    return token;
  }

  private isPunctuation(text: Punctuation): boolean {
    return this.current.kind === 'punctuation' && this.current.text === text;
  }

  private isName(text: string): boolean {
    return this.current.kind === 'name' && this.current.text === text;
  }

  private fail(message: string, hint?: string): never {
    const { kind, text, span } = this.current;
    const found = kind === 'end' ? 'the end of the file' : `'${text}'`;
    this.diagnostics.report('syntax', span, `${message}, found ${found}`, hint);
    throw SYNTAX_FAULT;
  }

  private recovering(action: () => void, recover: () => void): void {
    const { nesting } = this;
    try {
      action();
    } catch (error) {
      if (error !== SYNTAX_FAULT) throw error;
      this.nesting = nesting;
      recover();
    }
  }

  private skipTo(stop: () => boolean): void {
    while (this.current.kind !== 'end' && !stop()) this.take();
  }

  /** To behind the next `;` of this body, or before the `}` that ends it. */
  private skipStatement(): void {
    let depth = 0;
    for (; this.current.kind !== 'end' && !this.isName('program'); this.take()) {
      if (this.isPunctuation('{')) depth++;
      if (this.isPunctuation('}') && --depth < 0) return;
      if (depth === 0 && this.isPunctuation(';')) {
        this.take();
        return;
      }
    }
  }
}
