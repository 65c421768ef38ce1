/** The stateful ALUs: one access to one word per packet and pass; flag 0 picks the first operation, 1 the second. */
import { SAR } from './phv.js';

/** m += sar or m -= sar; sar = new m */
export function saluAddSub(memory: Uint32Array, at: number, flag: number, registers: Uint32Array): void {
  const sar = registers[SAR] as number;
  memory[at] = (memory[at] as number) + (flag === 0 ? sar : -sar);
  registers[SAR] = memory[at] as number;
}

/** m &= sar; sar = new m; or sar, m = m, m | sar: OR gives the old value. */
export function saluAndOr(memory: Uint32Array, at: number, flag: number, registers: Uint32Array): void {
  const sar = registers[SAR] as number;
  const old = memory[at] as number;
  if (flag === 0) {
    memory[at] = old & sar;
    registers[SAR] = old & sar;
  } else {
    memory[at] = old | sar;
    registers[SAR] = old;
  }
}

/** sar = m, or m = sar */
export function saluReadWrite(memory: Uint32Array, at: number, flag: number, registers: Uint32Array): void {
  if (flag === 0) registers[SAR] = memory[at] as number;
  else memory[at] = registers[SAR] as number;
}

/** m = max(m, sar); sar = new m; the flag is ignored. */
export function saluMax(memory: Uint32Array, at: number, registers: Uint32Array): void {
  const sar = registers[SAR] as number;
  if (sar > (memory[at] as number)) memory[at] = sar;
  registers[SAR] = memory[at] as number;
}
