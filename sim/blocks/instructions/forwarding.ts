/** Where a packet goes. */
import { must } from '../../../compiler/data-plane/must.js';
import type { Phv } from '../phv.js';
import type { Ipv6Endpoints } from './field-operands.js';
import type { CodeWriter, Meaning } from './meaning.js';

export const RETURN: Meaning<'return', 'return'> = {
  kind: 'return',
  operations: [
    {
      name: 'return',
      reaches: 'packet write',
      run: (unit, _operands, phv) => unit.returnToSender(phv),
      code: (_operands, to) => returnCode(to),
    },
  ],
  decode: () => ({ operation: 'return' }),
};

/** Statements that swap the addresses of both headers, and send the packet back. */
function returnCode(to: CodeWriter): string {
  const { ethernet, ipv4, source, destination, ipv6 } = to.endpoints;
  return [
    `const macs = ${to.header(ethernet)}, addresses = ${to.header(ipv4)};`,
    'if (macs >= 0) {',
    'const high = D.getInt32(macs), low = D.getUint16(macs + 4 | 0);',
    'D.setInt32(macs, D.getInt32(macs + 6 | 0)); D.setUint16(macs + 4 | 0, D.getUint16(macs + 10 | 0));',
    'D.setInt32(macs + 6 | 0, high); D.setUint16(macs + 10 | 0, low);',
    '}',
    'if (addresses >= 0) {',
    `const from = addresses + ${source.byteOffset} | 0, to = addresses + ${destination.byteOffset} | 0, word = D.getInt32(from);`,
    'D.setInt32(from, D.getInt32(to)); D.setInt32(to, word);',
    `${to.write('ipv4Changed')} = true;`,
    '}',
    ...(ipv6 === undefined ? [] : exchangedCode(ipv6, to)),
    `${to.write('port')} = ${to.intrinsic('ingressPort')};`,
  ].join('\n');
}

/** Statements that swap the addresses of IPv6, whose sum in checksums stays. */
function exchangedCode({ header, source, destination }: Ipv6Endpoints, to: CodeWriter): string[] {
  const swaps = source.map(({ byteOffset }, i) => {
    const other = must(destination[i], 'word of an address').byteOffset;
    return (
      `{ const word = D.getInt32(h6 + ${byteOffset} | 0); D.setInt32(h6 + ${byteOffset} | 0, D.getInt32(h6 + ${other} | 0)); ` +
      `D.setInt32(h6 + ${other} | 0, word); }`
    );
  });
  return [`const h6 = ${to.header(header)};`, 'if (h6 >= 0) {', ...swaps, '}'];
}

export function forward(phv: Phv, port: number): void {
  phv.egressPort = port;
}

export const FORWARD: Meaning<'forward', 'forward'> = {
  kind: 'forward',
  operations: [
    {
      name: 'forward',
      reaches: 'verdict',
      run: (_unit, { immediate }, phv) => forward(phv, immediate),
      code: ({ immediate }, to) => `${to.write('port')} = ${immediate};`,
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
      reaches: 'dropping',
      run: (_unit, _operands, phv) => drop(phv),
      code: (_operands, to) => `${to.write('dropped')} = true;`,
    },
  ],
  decode: () => ({ operation: 'drop' }),
};

export const REPORT: Meaning<'report', 'report'> = {
  kind: 'report',
  operations: [
    {
      name: 'report',
      reaches: 'verdict',
      run: (unit, _operands, phv) => forward(phv, unit.cpuPort),
      code: (_operands, to) => `${to.write('port')} = ${to.cpuPort};`,
    },
  ],
  decode: () => ({ operation: 'report' }),
};
