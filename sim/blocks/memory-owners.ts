/**
 * Owners of the words of register arrays, as far as memory blocks were declared to the switch. Entries that other
 * controllers write over BF Runtime come without declarations: their accesses are not counted.
 */
import { addressFault, type DataPlane, type MemoryBlock, RPB_KEYS, type TableEntry } from '../../compiler/index.js';

export class MemoryOwners {
  private readonly declared = new Map<number, readonly MemoryBlock[]>();
  private readonly initOnEveryPass: boolean;

  constructor(private readonly dataPlane: DataPlane) {
    this.initOnEveryPass = dataPlane.description.init.onEveryPass;
  }

  /** Declares the blocks of a program, in place of earlier ones. */
  declare(programId: number, blocks: readonly MemoryBlock[]): void {
    this.declared.set(programId, blocks);
  }

  /** All declared blocks by program id. */
  list(): [programId: number, blocks: readonly MemoryBlock[]][] {
    return [...this.declared];
  }

  /**
   * Whether each access of a program has to be checked: not if its entries are proven to keep to its blocks.
   * @param changesUnderWay whether packets may have met other entries before; then the proof says nothing of them
   */
  needsGuard(programId: number, entries: readonly TableEntry[], changesUnderWay: boolean): boolean {
    const blocks = this.declared.get(programId);
    if (blocks === undefined || !entries.some(({ action }) => action.includes('.salu_'))) return false;
    // There a packet can become the program's in a later pass, with registers that another program left.
    const mayEnterLater =
      this.initOnEveryPass &&
      entries.some(({ key }) => key.some(({ name, value }) => name === RPB_KEYS.recirculation && value > 0));
    return changesUnderWay || mayEnterLater || addressFault(entries, blocks, this.dataPlane) !== undefined;
  }

  /** Whether a bucket belongs to the program; undefined without a declaration. @param rpb from 0 @param bucket index in the register array */
  isOwn(programId: number, rpb: number, bucket: number): boolean | undefined {
    return this.declared
      .get(programId)
      ?.some((block) => block.rpb === rpb + 1 && block.base <= bucket && bucket < block.base + block.buckets);
  }
}
