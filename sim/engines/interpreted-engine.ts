/** The interpreted engine: table by table, action by action, as the data plane is described. The reference. */
import type { Phv } from '../blocks/phv.js';
import type { RpbTables } from '../blocks/rpb-tables.js';
import type { RpbEngine } from './rpb-engine.js';

export class InterpretedEngine implements RpbEngine {
  readonly name = 'interpreted';

  /** @param ingressRpbs how many RPBs the ingress has; the others are the egress */
  constructor(
    private readonly tables: RpbTables,
    private readonly ingressRpbs: number,
    private readonly rpbCount: number,
  ) {}

  prepare(): void {}

  ingress(phv: Phv): void {
    this.run(phv, 0, this.ingressRpbs);
  }

  egress(phv: Phv): void {
    this.run(phv, this.ingressRpbs, this.rpbCount);
  }

  private run(phv: Phv, from: number, to: number): void {
    const code = this.tables.codeOf(phv.programId);
    if (code !== undefined) this.tables.run(code, phv, from, to);
  }
}
