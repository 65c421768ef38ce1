/** Random numbers into registers. */
import { must } from '../../../compiler/for-switches.js';
import { randomSite, siteOfCopy } from '../random-numbers.js';
import { REGISTER_INDEX } from './field-operands.js';
import { type Meaning, REGISTER_VARIABLES } from './meaning.js';

export const RANDOM: Meaning<'random', 'random'> = {
  kind: 'random',
  operations: [
    {
      name: 'random',
      reaches: 'variables',
      run: (unit, { first, rpb }, { registers, arrival, pass, copy }) => {
        registers[first] = unit.random(arrival, randomSite(pass, rpb, copy));
      },
      code: ({ first }, to) =>
        `${to.write(must(REGISTER_VARIABLES[first], 'register operand'))} = E.random(${to.intrinsic('arrival')}, ${siteOfCopy(to.constant('site'), to.intrinsic('copy'))});`,
    },
  ],
  decode: ({ register }) => ({ operation: 'random', first: REGISTER_INDEX[register] }),
};
