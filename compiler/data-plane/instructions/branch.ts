/** The branch id, which selects the entries that a packet meets from here on. */
import { effects, type InstructionFamily, parameterAt, stepWords } from './instruction.js';

export interface SetBranch {
  readonly kind: 'setBranch';
}

export const SET_BRANCH: InstructionFamily<SetBranch> = {
  kind: 'setBranch',
  group: 'core',
  title: 'Branches',
  heading: 'Branches: the entries that follow match this id.',
  members: [{ kind: 'setBranch' }],
  inlines: false,
  name: () => 'set_branch_id',
  parameters: (_effect, bits) => [{ name: 'branch_id', width: bits.branchId }],
  effects: () => effects({ setsBranch: true }),
  known: (state) => state,
  words: () => stepWords('branch', 'BRANCH'),
  p4: (_effect, parameters, names) => [`${names.branch} = ${parameterAt(parameters, 0)};`],
  summary: () => 'branch id = branch_id',
};
