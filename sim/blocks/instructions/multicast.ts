/** Copies to the ports of a group. */
import { FIRST_GROUP, type Phv } from '../phv.js';
import type { Meaning } from './meaning.js';

/** In place of the egress port, so that the last decision of a packet wins. */
export function multicast(phv: Phv, group: number): void {
  phv.egressPort = FIRST_GROUP + group;
}

export const MULTICAST: Meaning<'multicast', 'multicast'> = {
  kind: 'multicast',
  operations: [
    {
      name: 'multicast',
      reaches: 'group',
      run: (_unit, { immediate }, phv) => multicast(phv, immediate),
      code: ({ immediate }, to) => `${to.write('port')} = ${FIRST_GROUP + immediate};`,
    },
  ],
  decode: () => ({ operation: 'multicast' }),
};
