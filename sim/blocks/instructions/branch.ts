import type { Phv } from '../phv.js';
import type { Meaning } from './meaning.js';

export function setBranch(phv: Phv, branch: number): void {
  phv.branch = branch;
}

export const SET_BRANCH: Meaning<'setBranch', 'setBranch'> = {
  kind: 'setBranch',
  operations: [
    {
      name: 'setBranch',
      reaches: 'variables',
      run: (_unit, { immediate }, phv) => setBranch(phv, immediate),
      code: ({ immediate }, to) => to.assign('branch', immediate),
    },
  ],
  decode: () => ({ operation: 'setBranch' }),
};
