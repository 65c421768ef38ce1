/** Modules of WebAssembly (core specification 2.0, section 5.5), whose functions work on a memory that is given to them. */
import { type Code, Local, unsigned, VALUE, type ValueType } from './code.js';

/** A function in the making: its parameters, all i32, its variables, its code. */
export class KernelWriter {
  private readonly locals: ValueType[] = [];
  private readonly code: Code[] = [];

  constructor(
    readonly name: string,
    readonly parameters: number,
  ) {}

  parameter(index: number): Local {
    return new Local(index);
  }

  local(type: keyof typeof VALUE): Local {
    this.locals.push(VALUE[type]);
    return new Local(this.parameters + this.locals.length - 1);
  }

  write(...code: Code[]): void {
    this.code.push(...code);
  }

  get body(): Code {
    const locals = this.locals.flatMap((type) => [1, type]);
    const body = [...unsigned(this.locals.length), ...locals, ...this.code.flat(), 0x0b];
    return [...unsigned(body.length), ...body];
  }
}

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const text = (name: string): Code => [...unsigned(name.length), ...new TextEncoder().encode(name)];

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const MEMORY_IMPORT = [0x02, 0, 1];
const FUNCTION_TYPE = 0x60;
const FUNCTION_EXPORT = 0;

/** The module of these functions; it imports its memory. */
export function moduleBytes(kernels: readonly KernelWriter[]): Uint8Array<ArrayBuffer> {
  const typeOf = ({ parameters }: KernelWriter): Code => [
    FUNCTION_TYPE,
    ...vector(Array.from({ length: parameters }, () => [VALUE.i32])),
    0,
  ];
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(SECTION.type, vector(kernels.map(typeOf))),
    ...section(SECTION.import, vector([[...text('in'), ...text('memory'), ...MEMORY_IMPORT]])),
    ...section(SECTION.function, vector(kernels.map((_, index) => unsigned(index)))),
    ...section(
      SECTION.export,
      vector(kernels.map(({ name }, index) => [...text(name), FUNCTION_EXPORT, ...unsigned(index)])),
    ),
    ...section(SECTION.code, vector(kernels.map(({ body }) => body))),
  ]);
}
