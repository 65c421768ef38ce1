/** The interpreted engine: table by table, action by action, as the data plane is described. The reference. */
import type { DataPlane } from '../../compiler/index.js';
import type { ActionExecutor } from '../blocks/action-watch.js';
import type { Phv } from '../blocks/phv.js';
import { CELL, CODE_HEADER, findEntry, rowStart } from '../blocks/program-code.js';
import type { RpbTables } from '../blocks/rpb-tables.js';
import { type RpbEngine, rpbsOfGress } from './rpb-engine.js';

export class InterpretedEngine implements RpbEngine {
  readonly name = 'interpreted';
  private readonly ingressRpbs: number;
  private readonly rpbCount: number;

  constructor(
    dataPlane: DataPlane,
    private readonly tables: RpbTables,
    private readonly actions: ActionExecutor,
  ) {
    this.ingressRpbs = rpbsOfGress(dataPlane).ingress.length;
    this.rpbCount = dataPlane.rpbCount;
  }

  prepare(): void {}

  ingress(phv: Phv): void {
    this.run(phv, 0, this.ingressRpbs);
  }

  egress(phv: Phv): void {
    this.run(phv, this.ingressRpbs, this.rpbCount);
  }

  /** Takes a packet through RPBs `from` … `to - 1` of its pass, with its program's code. */
  run(phv: Phv, from: number, to: number): void {
    const code = this.tables.codeOf(phv.programId);
    if (code === undefined || phv.pass >= (code[CODE_HEADER.passes] as number)) return;
    let { branch } = phv;
    let cell = rowStart(code, phv.pass, branch);
    let reached = from;
    for (;;) {
      let rpb = code[cell + CELL.rpb] as number;
      while (rpb < reached) {
        cell += code[cell + CELL.length] as number;
        rpb = code[cell + CELL.rpb] as number;
      }
      if (rpb >= to) return;
      const entry = findEntry(code, cell + CELL.words, phv.registers);
      if (entry >= 0) this.actions.execute(code, entry, rpb, phv);
      reached = rpb + 1;
      if (phv.branch === branch) cell += code[cell + CELL.length] as number;
      else {
        branch = phv.branch;
        cell = rowStart(code, phv.pass, branch);
      }
    }
  }
}
