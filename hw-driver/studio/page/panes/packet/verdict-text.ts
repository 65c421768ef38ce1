/** What became of a packet, in words. */
import type { PacketTrace } from '../../../../../sim/pipeline/trace/packet-trace.js';
import { counted } from '../../state/format.js';

type Reason = NonNullable<PacketTrace['verdict']['reason']>;

/** Why a packet was dropped. */
const REASONS: Readonly<Record<Reason, string>> = {
  DROP: 'by its program',
  'nobody forwards': 'no program forwards it',
  'ends inside a header': 'it ends inside a header',
  'no group': 'its multicast group is not there',
};

/** As `forwarded by port 3`, without passes. */
export function outcomeText({ verdict, copies }: PacketTrace): string {
  const { kind, port, reason } = verdict;
  if (kind === 'copied' && copies !== undefined) return counted(copies.length, 'copy', 'copies');
  if (kind === 'dropped') return `dropped${reason === null ? '' : `: ${REASONS[reason]}`}`;
  return `${kind} by port ${port}`;
}

/** As `forwarded by port 3, 2 passes`. */
export function verdictText(trace: PacketTrace): string {
  const { recirculations } = trace.verdict;
  return `${outcomeText(trace)}${recirculations === 0 ? '' : `, ${counted(recirculations + 1, 'pass', 'passes')}`}`;
}
