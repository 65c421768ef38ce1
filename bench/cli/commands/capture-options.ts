/** Options of all commands that read captures: selection by time, and link types. */
import { statSync } from 'node:fs';
import type { Argv } from 'yargs';
import { UsageError } from '../../../hw-driver/index.js';
import { CaptureIntake, type CaptureOptions } from '../../../traces/captures/capture-intake.js';
import type { LinkAddresses } from '../../../traces/captures/link-type.js';
import { openCapture } from '../../../traces/captures/open-capture.js';
import type { TimeBound } from '../../../traces/captures/time-selection.js';
import { epochNanoseconds } from '../../../traces/captures/time-stamp.js';
import { duration, secondsText } from './duration.js';

export const captureOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('from', {
      type: 'string',
      describe:
        'Time of the first packet taken from captures: 2026-01-31T12:00:00.5 (UTC, or with Z or +01:00), seconds ' +
        'since 1970, or time after the first packet: +90, +1.5s, +10m, +2h, +1d (also ms, us, ns)',
    })
    .option('to', {
      type: 'string',
      describe: 'Time after the last packet taken from captures, in the same forms as --from',
    })
    .option('squeeze-gaps', {
      type: 'string',
      describe: 'Maximum gap between packets of captures; longer gaps are shortened to it: 1s, 100ms (default unit: s)',
    })
    .option('link-addresses', {
      type: 'string',
      describe:
        'Ethernet addresses SRC,DST of the header put in front of raw IP and Linux cooked packets; the address of ' +
        'the sender in a cooked header has precedence',
      defaultDescription: '02:00:00:00:00:01,02:00:00:00:00:02',
    })
    .option('skip-other-links', {
      type: 'boolean',
      default: false,
      describe: 'Skip and count packets with link types that are not supported',
    });

export interface CaptureArguments {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly squeezeGaps: string | undefined;
  readonly linkAddresses: string | undefined;
  readonly skipOtherLinks: boolean;
}

/** @throws {UsageError} */
export function captureOptionsOf(args: CaptureArguments): CaptureOptions {
  const [from, to] = [timeBound('--from', args.from), timeBound('--to', args.to)];
  if (from?.since === to?.since && from !== undefined && to !== undefined && to.nanoseconds <= from.nanoseconds) {
    throw new UsageError(`--to ${args.to} is not later than --from ${args.from}`);
  }
  return {
    from,
    to,
    squeezeGapsNs: args.squeezeGaps === undefined ? undefined : duration('--squeeze-gaps', args.squeezeGaps),
    linkAddresses: args.linkAddresses === undefined ? undefined : linkAddresses(args.linkAddresses),
    skipOtherLinks: args.skipOtherLinks,
  };
}

/** @throws {UsageError} for an option of captures where no capture is read */
export function requireCapture(args: CaptureArguments): void {
  for (const [option, given] of [
    ['--from', args.from !== undefined],
    ['--to', args.to !== undefined],
    ['--squeeze-gaps', args.squeezeGaps !== undefined],
    ['--link-addresses', args.linkAddresses !== undefined],
    ['--skip-other-links', args.skipOtherLinks],
  ] as const) {
    if (given) throw new UsageError(`${option} selects packets of a capture and needs --trace`);
  }
}

/** Digits of nanoseconds, the resolution of time stamps. */
const FRACTION_DIGITS = 9;

/** @throws {UsageError} */
function timeBound(option: string, text: string | undefined): TimeBound | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith('+')) return { since: 'first-packet', nanoseconds: duration(option, text.slice(1)) };
  const [, sign, digits = ''] = /^(-?)([\d.]+)$/.exec(text) ?? [];
  const nanoseconds = sign === undefined ? dateNanoseconds(text) : secondsText(digits);
  if (nanoseconds !== undefined) return { since: 'epoch', nanoseconds: sign === '-' ? -nanoseconds : nanoseconds };
  throw new UsageError(
    `${option} takes a date and time (2026-01-31T12:00:00.5, UTC unless it ends in an offset), seconds since 1970, or ` +
      `+ and a time after the first packet (+90, +10m), not '${text}'`,
  );
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?)?$/;

/** A date in the format of editcap, but in UTC, so that it does not depend on the local time zone. */
function dateNanoseconds(text: string): bigint | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const number = (group: number): number => Number(match[group] ?? '0');
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isCalendar = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const offsetMinutes = (match[9] === '-' ? -1 : 1) * (number(10) * 60 + number(11));
  if (!isCalendar || hour > 23 || minute > 59 || second > 59 || number(11) > 59) return undefined;
  const seconds = date.getTime() / 1000 - offsetMinutes * 60;
  return epochNanoseconds({ seconds, nanoseconds: Number((match[7] ?? '').padEnd(FRACTION_DIGITS, '0')) });
}

const ADDRESS = /^[\da-f]{2}([:-][\da-f]{2}){5}$/i;

/** @throws {UsageError} */
function linkAddresses(text: string): LinkAddresses {
  const [source = '', destination = '', ...more] = text.split(',');
  if (!ADDRESS.test(source) || !ADDRESS.test(destination) || more.length > 0) {
    throw new UsageError(
      `--link-addresses takes two Ethernet addresses, SRC,DST (02:00:00:00:00:01,02:00:00:00:00:02), not '${text}'`,
    );
  }
  const bytes = (address: string): Uint8Array => Uint8Array.from(address.split(/[:-]/), (byte) => Number(`0x${byte}`));
  return { source: bytes(source), destination: bytes(destination) };
}

/**
 * A capture that cannot be read is an error before the programs are deployed, not after. What is no file can be read only
 * once: its error comes with its packets.
 */
export async function requireReadable(
  paths: readonly string[],
  options: CaptureOptions,
  repeats: number,
): Promise<void> {
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isFile() && !stat.isDirectory()) {
      if (repeats > 1)
        throw new UsageError(`--repeat reads captures again and cannot be combined with ${path}, not a file`);
      continue;
    }
    await (await openCapture(path, new CaptureIntake(options))).close();
  }
}
