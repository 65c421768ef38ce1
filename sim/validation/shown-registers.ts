/** Where statements show what is in a register: what they read there must be right; what else the registers hold does not matter. */
import { must } from '../../compiler/data-plane/must.js';
import { ones, type Register, type Statement } from '../../compiler/index.js';

interface ShownRegister {
  readonly register: Register;
  /** The bits that matter. */
  readonly mask: number;
}

interface ShowingAction {
  /** How its name begins. */
  readonly action: string;
  readonly registers: readonly ShownRegister[];
}

const all = (register: Register): ShownRegister => ({ register, mask: ALL_BITS });
const ALL_BITS = 0xffffffff;

/** The actions of a statement that show what is in a register, and the registers that they show. */
export function showingActions(statement: Statement, addressBits: number): readonly ShowingAction[] {
  if (statement.kind === 'branch') {
    return [{ action: 'branch', registers: statement.cases.flatMap(({ conditions }) => conditions) }];
  }
  const { primitive, registers, field } = statement;
  const address: ShowingAction = {
    action: 'address_translation_offset',
    registers: [{ register: 'mar', mask: ones(addressBits) }],
  };
  switch (primitive) {
    case 'MODIFY': {
      const mask = ones(Math.min(must(field?.width, 'field of MODIFY'), 32));
      return [{ action: 'modify_', registers: registers.map((register) => ({ register, mask })) }];
    }
    case 'HASH':
    case 'HASH_MEM':
      return [{ action: 'hash_', registers: [all('har')] }];
    case 'MEMREAD':
      return [address];
    case 'MEMCAS':
      return [address, { action: 'salu_', registers: [all('har'), all('sar')] }];
    case 'MEMADD':
    case 'MEMSUB':
    case 'MEMAND':
    case 'MEMOR':
    case 'MEMWRITE':
    case 'MEMMAX':
      return [address, { action: 'salu_', registers: [all('sar')] }];
    default:
      return [];
  }
}
