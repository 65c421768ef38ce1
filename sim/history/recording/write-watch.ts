/** Adds each store of an action to the log of writes. */
import type { ActionExecutor, ActionWatch } from '../../blocks/action-watch.js';
import { OPERATIONS } from '../../blocks/instructions/table.js';
import type { Phv } from '../../blocks/phv.js';
import type { RegisterArrays } from '../../blocks/register-arrays.js';
import type { MemoryPages } from './memory-pages.js';
import type { WriteLog } from './write-log.js';

/** By opcode: whether an operation that reaches memory is about to store; undefined for others. */
const STORES = OPERATIONS.map(({ stores }) => stores);

/** Watches the actions of a switch for stores. */
export class WriteWatch implements ActionWatch {
  /** Of the switch that is watched; set before its first packet. */
  memory: RegisterArrays | undefined;

  constructor(
    private readonly log: WriteLog,
    private readonly pages: MemoryPages,
  ) {}

  execute(actions: ActionExecutor, code: Int32Array, entry: number, rpb: number, phv: Phv): void {
    const stores = STORES[(code[entry] as number) & 0xff];
    const { memory } = this;
    if (stores === undefined || memory === undefined) return actions.execute(code, entry, rpb, phv);
    const { words } = memory;
    const place = memory.index(rpb, phv.physicalAddress);
    if (!stores(words, place, phv)) return actions.execute(code, entry, rpb, phv);
    const isPair = memory.wordsIn(rpb) === 2;
    const low = words[place] as number;
    const high = isPair ? (words[place + 1] as number) : 0;
    actions.execute(code, entry, rpb, phv);
    const { log, pages } = this;
    log.addByPacket(phv.arrival, place, low, words[place] as number);
    if (isPair) log.addByPacket(phv.arrival, place + 1, high, words[place + 1] as number);
    pages.note(place);
  }
}
