/** Functions in WebAssembly, where the machine has it. */
import { type KernelWriter, moduleBytes } from './module.js';

/** Its parameters are 32-bit words. */
export type Kernel = (...parameters: number[]) => void;

/** What is in use of the interface of WebAssembly in JavaScript, which the types of ECMAScript lack. */
interface WebAssemblyInterface {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new <Name extends string>(
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<Name, Kernel>> };
}

declare const WebAssembly: WebAssemblyInterface | undefined;

/** Functions by name, and the memory that they work on. */
export interface Kernels<Name extends string> {
  readonly functions: Readonly<Record<Name, Kernel>>;
  readonly memory: ArrayBuffer;
}

const PAGE_BYTES = 2 ** 16;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Functions that are compiled once for all their memories. */
export class KernelModule<Name extends string> {
  #module: object | 'none' | undefined;

  constructor(private readonly write: () => readonly KernelWriter[]) {}

  /** The functions over new memory of this size, or undefined where the machine has or allows no WebAssembly. */
  over(bytes: number): Kernels<Name> | undefined {
    if (typeof WebAssembly === 'undefined' || !LITTLE_ENDIAN || this.#module === 'none') return undefined;
    try {
      this.#module ??= new WebAssembly.Module(moduleBytes(this.write()));
      const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
      const { exports } = new WebAssembly.Instance<Name>(this.#module, { in: { memory } });
      return { functions: exports, memory: memory.buffer };
    } catch {
      // Forbidden, without SIMD, or no room for the memory: what the functions do is done in JavaScript then.
      this.#module = 'none';
      return undefined;
    }
  }
}
