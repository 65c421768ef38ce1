/** Where a packet goes. */
import type { Phv } from '../phv.js';
import type { Meaning } from './meaning.js';

export const RETURN: Meaning<'return', 'return'> = {
  kind: 'return',
  operations: [
    {
      name: 'return',
      run: (unit, _operands, phv) => unit.returnToSender(phv),
      code: () => 'E.returnToSender(P);',
    },
  ],
  decode: () => ({ operation: 'return' }),
};

export function forward(phv: Phv, port: number): void {
  phv.egressPort = port;
}

export const FORWARD: Meaning<'forward', 'forward'> = {
  kind: 'forward',
  operations: [
    {
      name: 'forward',
      run: (_unit, { immediate }, phv) => forward(phv, immediate),
      code: ({ immediate }) => `P.egressPort = ${immediate};`,
    },
  ],
  decode: () => ({ operation: 'forward' }),
};

export function drop(phv: Phv): void {
  phv.dropped = true;
}

export const DROP: Meaning<'drop', 'drop'> = {
  kind: 'drop',
  operations: [
    {
      name: 'drop',
      run: (_unit, _operands, phv) => drop(phv),
      code: () => 'P.dropped = true;',
    },
  ],
  decode: () => ({ operation: 'drop' }),
};

export const REPORT: Meaning<'report', 'report'> = {
  kind: 'report',
  operations: [
    {
      name: 'report',
      run: (unit, _operands, phv) => forward(phv, unit.cpuPort),
      code: (_operands, to) => `P.egressPort = ${to.cpuPort};`,
    },
  ],
  decode: () => ({ operation: 'report' }),
};
