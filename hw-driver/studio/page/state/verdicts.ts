/** How the page writes verdicts. */
import { PACKET_VERDICTS, type PacketVerdict } from '../../../../sim/history/packet-outcome.js';
import { NOT_RUN } from '../../session/protocol/rows.js';

interface VerdictText {
  /** A word or two. */
  readonly text: string;
  /** One character, for narrow columns. */
  readonly sign: string;
  readonly kind: 'good' | 'warn' | 'bad' | 'soft';
}

/** By verdict. */
export const VERDICT_TEXTS: Readonly<Record<PacketVerdict, VerdictText>> = {
  forwarded: { text: 'forwarded', sign: '→', kind: 'good' },
  reported: { text: 'reported', sign: '↑', kind: 'warn' },
  copied: { text: 'copied', sign: '⇉', kind: 'good' },
  dropped: { text: 'dropped', sign: '×', kind: 'bad' },
  unforwarded: { text: 'not forwarded', sign: '∅', kind: 'soft' },
  truncated: { text: 'truncated', sign: '…', kind: 'bad' },
  'no-group': { text: 'no group', sign: '∅', kind: 'bad' },
};

const HAS_NOT_RUN: VerdictText = { text: 'has not run', sign: '·', kind: 'soft' };

/** @param code as rows have it */
export function verdictText(code: number): VerdictText {
  const verdict = PACKET_VERDICTS[code];
  return code === NOT_RUN || verdict === undefined ? HAS_NOT_RUN : VERDICT_TEXTS[verdict];
}
