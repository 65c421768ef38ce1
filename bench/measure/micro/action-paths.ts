/** Microbenchmarks of classes of actions: a program that executes one action in every RPB that has it. */
import { type DataPlane, FIXED_NAMES, type Rpb, rpbTableEntry, type TableEntry } from '../../../compiler/index.js';
import { ENGINES, type EngineName, Switch } from '../../../sim/index.js';
import type { PacketBatch } from '../../../traces/packets/packet-batch.js';
import type { HotPath } from './hot-path.js';

/** Classes with the name of a representative action. Actions that only end a packet or set its port are left out. */
const CLASSES: Readonly<Record<string, string>> = {
  branch: 'set_branch_id',
  'hash of the 5-tuple': 'hash_5_tuple',
  'hash of a register': 'hash_customization',
  'mask of an address': 'address_translation_mask',
  'offset of an address': 'address_translation_offset',
  'stateful ALU, add': 'salu_add_sub',
  'stateful ALU, and': 'salu_and_or',
  'stateful ALU, read': 'salu_read_write',
  'stateful ALU, max': 'salu_max',
  'load of an immediate': 'loadi_sar',
  'ALU, add': 'add_har_sar',
  backup: 'backup',
  'header to register': 'extract_hdripv4totallen_sar',
  'register to header': 'modify_hdripv4dst_sar',
};

const PROGRAM = 1;

/** @param packets input packets; each call starts from these bytes */
export function actionPaths(dataPlane: DataPlane, packets: PacketBatch): HotPath[] {
  const pristine = packets.bytes.slice(0, packets.usedBytes);
  return ENGINES.flatMap((engine) =>
    Object.entries(CLASSES).map(([name, action]): HotPath => {
      const holders = dataPlane.rpbs.filter(({ actions }) => actions.has(action));
      return {
        name: `action: ${name}, ${engine}`,
        operations: packets.count * holders.length,
        prepare: () => {
          const emulator = switchThatDoes(dataPlane, engine, holders, action);
          return () => {
            packets.bytes.set(pristine);
            emulator.process(packets);
          };
        },
      };
    }),
  );
}

function switchThatDoes(dataPlane: DataPlane, engine: EngineName, holders: readonly Rpb[], action: string): Switch {
  const emulator = new Switch(dataPlane, { engine });
  for (const { table } of dataPlane.filterTables) insert(emulator, programFor(table));
  for (const rpb of holders) insert(emulator, everyPacket(rpb, action, dataPlane));
  emulator.prepare();
  return emulator;
}

const insert = (emulator: Switch, entry: TableEntry): void => emulator.apply({ kind: 'insertEntry', entry });

const programFor = (table: string): TableEntry => ({
  table,
  key: [],
  priority: 0,
  action: FIXED_NAMES.setProgram,
  parameters: [{ name: FIXED_NAMES.programParameter, value: PROGRAM }],
});

const everyPacket = (rpb: Rpb, action: string, dataPlane: DataPlane): TableEntry =>
  rpbTableEntry(
    {
      rpb,
      pass: 0,
      programId: PROGRAM,
      branch: { value: 0, mask: 0 },
      conditions: [],
      priority: 0,
      action,
      values: rpb.actions.get(action)?.parameters.map(() => 1) ?? [],
    },
    dataPlane,
  );
