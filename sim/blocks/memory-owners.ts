/**
 * Owners of the words of register arrays, as far as memory blocks were declared to the switch. Entries that other
 * controllers write over BF Runtime come without declarations: their accesses are not counted.
 */
import { type DataPlane, decodedAddressFault, type MemoryBlock, must } from '../../compiler/for-switches.js';
import { MemoryClaims } from './memory-claims.js';
import { accessesMemory, type RpbEntry } from './program-code.js';

export class MemoryOwners {
  private readonly declared = new Map<number, readonly MemoryBlock[]>();
  /** Declared blocks by RPB. */
  private readonly byRpb = new Map<number, MemoryClaims>();
  private readonly initOnEveryPass: boolean;

  constructor(private readonly dataPlane: DataPlane) {
    this.initOnEveryPass = dataPlane.description.init.onEveryPass;
  }

  /** Declares the blocks of a program, in place of earlier ones. */
  declare(programId: number, blocks: readonly MemoryBlock[]): void {
    for (const { rpb } of this.declared.get(programId) ?? []) this.byRpb.get(rpb)?.removeOf(programId);
    this.declared.set(programId, blocks);
    for (const { rpb, base, buckets } of blocks) {
      const claims = this.byRpb.get(rpb) ?? new MemoryClaims();
      this.byRpb.set(rpb, claims);
      claims.add({ programId, base, end: base + buckets });
    }
  }

  /** All declared blocks by program id. */
  list(): [programId: number, blocks: readonly MemoryBlock[]][] {
    return [...this.declared];
  }

  /**
   * Whether each access of a program has to be checked: not if its entries are proven to keep to its blocks.
   * @param changesUnderWay whether packets may have met other entries before; then the proof says nothing of them
   */
  needsGuard(programId: number, entries: readonly RpbEntry[], changesUnderWay: boolean): boolean {
    const blocks = this.declared.get(programId);
    if (blocks === undefined || !entries.some(accessesMemory)) return false;
    // There a packet can become the program's in a later pass, with registers that another program left.
    const mayEnterLater = this.initOnEveryPass && entries.some(({ pass }) => pass > 0);
    if (changesUnderWay || mayEnterLater) return true;
    return decodedAddressFault(entries, blocks, this.dataPlane) !== undefined;
  }

  /** Whether no other program has declared a word of this program's blocks. @param counts which programs to look at */
  isSoleOwner(programId: number, counts: (programId: number) => boolean): boolean {
    const blocks = this.declared.get(programId);
    return blocks?.every((block) => this.lies(block) && !this.isShared(programId, block, counts)) ?? false;
  }

  /** Whether a block lies within its register array; addresses behind it wrap. */
  private lies({ rpb, base, buckets }: MemoryBlock): boolean {
    const array = this.dataPlane.rpbs[rpb - 1];
    return array !== undefined && base + buckets <= array.buckets;
  }

  private isShared(programId: number, block: MemoryBlock, counts: (programId: number) => boolean): boolean {
    const { rpb, base, buckets } = block;
    const isMeant = (other: number): boolean => other !== programId && counts(other);
    return must(this.byRpb.get(rpb), 'blocks of an RPB').overlaps(base, base + buckets, isMeant);
  }

  /** Whether a bucket belongs to the program; undefined without a declaration. @param rpb from 0 @param bucket index in the register array */
  isOwn(programId: number, rpb: number, bucket: number): boolean | undefined {
    return this.declared
      .get(programId)
      ?.some((block) => block.rpb === rpb + 1 && block.base <= bucket && bucket < block.base + block.buckets);
  }
}
