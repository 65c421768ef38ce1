/** Options of `bench run` that cannot be combined. */
import { UsageError } from '../../../hw-driver/index.js';

/** Arguments of runs that pass packets one after another. */
interface PacketArguments {
  readonly snapshot: string | undefined;
  readonly resume: string | undefined;
  readonly tracePacket: readonly string[];
}

interface ChainArguments extends PacketArguments {
  readonly switches: string;
  readonly updateScript: string | undefined;
  readonly constraints: string;
}

/** @throws {UsageError} for an option that cannot be combined with several switches */
export function requireOneSwitch(args: ChainArguments): void {
  if (args.switches === '1') return;
  for (const [option, isGiven, why] of [
    ['--snapshot', args.snapshot !== undefined, 'a snapshot holds one switch'],
    ['--resume', args.resume !== undefined, 'a snapshot holds one switch'],
    ['--trace-packet', args.tracePacket.length > 0, 'a trace follows packets through one switch'],
    ['--update-script', args.updateScript !== undefined, 'updates under traffic are checked in one switch'],
    ['--constraints published', args.constraints === 'published', 'the paper counts programs of one switch'],
  ] as const) {
    if (isGiven) throw new UsageError(`${option} cannot be combined with --switches: ${why}`);
  }
}

/** @throws {UsageError} for options of runs in which packets do not overlap */
export function requireWithoutTime(args: PacketArguments): void {
  for (const [option, given] of [
    ['--trace-packet', args.tracePacket.length > 0],
    ['--snapshot', args.snapshot !== undefined],
    ['--resume', args.resume !== undefined],
  ] as const) {
    if (given) throw new UsageError(`${option} cannot be combined with --timing, where packets overlap`);
  }
}
