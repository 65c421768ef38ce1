/** The registers of a packet at a place. */
import type { Register } from '../../../../../compiler/index.js';
import { grouped, hexWord } from '../../state/format.js';

export type RegisterValues = Readonly<Record<Register, number>>;

const REGISTERS: readonly Register[] = ['har', 'sar', 'mar'];

interface RegistersProps {
  readonly before: RegisterValues;
  readonly after: RegisterValues;
}

export function RegistersView({ before, after }: RegistersProps) {
  return (
    <table class="registers">
      <caption>Registers</caption>
      <tbody>
        {REGISTERS.map((register) => {
          const isChanged = before[register] !== after[register];
          return (
            <tr key={register} class={isChanged ? 'changed-now' : ''}>
              <th scope="row">{register}</th>
              <td class="mono">{hexWord(after[register])}</td>
              <td class="number">{grouped(after[register])}</td>
              <td class="mono was">{isChanged && `was ${hexWord(before[register])}`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
