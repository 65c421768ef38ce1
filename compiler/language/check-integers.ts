/** Integers, ports and numbers of groups as arguments: of their kind, and within its range. */
import { fits, ones, readable } from '../data-plane/bits.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Register } from '../data-plane/description.js';
import type { Diagnostics, Span } from './diagnostics.js';
import { constantHint } from './habits.js';
import type { PrimitiveRow } from './primitives.js';
import type { ArgumentSyntax } from './syntax.js';
import { usage, wrongKind } from './wrong-kind.js';

type Kind = 'integer' | 'port' | 'group';

interface Context {
  readonly dataPlane: DataPlane;
  readonly diagnostics: Diagnostics;
  /** Memories by name. */
  readonly declarations: ReadonlyMap<string, unknown>;
}

/** Whether an argument is an integer of this kind; reports what is wrong with it. */
export function checkInteger(
  argument: ArgumentSyntax,
  kind: Kind,
  row: PrimitiveRow,
  { dataPlane, diagnostics, declarations }: Context,
): boolean {
  if (argument.kind !== 'integer') {
    const constant =
      argument.kind === 'name' && !declarations.has(argument.text) ? constantHint(argument.text) : undefined;
    const hint = (): string => constant ?? usage(row);
    wrongKind(argument, INTEGER_WORDS[kind], row, diagnostics, hint);
    return false;
  }
  if (argument.wide !== undefined) {
    const message = `an IPv6 address is no ${kind === 'integer' ? 'integer of 32 bits' : kind}`;
    diagnostics.report('value-too-wide', argument.span, message, () => wordHint(kind));
    return false;
  }
  if (kind === 'group') return checkGroup(argument, dataPlane, diagnostics);
  const width = kind === 'port' ? dataPlane.description.ports.width : 32;
  if (fits(argument.value, width)) {
    const inward = kind === 'port' ? dataPlane.inwardPort(argument.value) : undefined;
    if (inward === undefined) return true;
    const message = `port ${argument.value} is the ${inward} port, by which no packet leaves`;
    diagnostics.report('port-leads-nowhere', argument.span, message, 'FORWARD takes a front port; to drop, write DROP');
    return false;
  }
  const largest = `the largest is ${readable(ones(width))}`;
  if (kind === 'port') diagnostics.report('port-out-of-range', argument.span, `there is no such port`, largest);
  else diagnostics.report('value-too-wide', argument.span, 'a register has 32 bits', largest);
  return false;
}

/** Warns of a RANDOM whose mask has no bits. */
export function reportNoBits(
  { arguments: [, mask], span }: { readonly arguments: readonly ArgumentSyntax[]; readonly span: Span },
  register: Register,
  diagnostics: Diagnostics,
): void {
  const message = `the mask has no bits, so ${register} is 0 here`;
  const hint = 'the integer is a mask: 0xff keeps the low 8 bits, 0xffffffff all';
  diagnostics.report('random-of-no-bits', mask?.span ?? span, message, hint);
}

/** What to do with an address in place of an integer. */
const wordHint = (kind: Kind): string | undefined =>
  kind === 'integer' ? 'it has 128 bits: its words of 32 bits are integers' : undefined;

const INTEGER_WORDS = { integer: 'an integer', port: 'a port number', group: 'the number of a group' } as const;

/** A data plane without groups has no action for them, which is another finding. */
function checkGroup(
  { value, span }: Extract<ArgumentSyntax, { kind: 'integer' }>,
  { description: { replication } }: DataPlane,
  diagnostics: Diagnostics,
): boolean {
  if (replication === undefined || (value >= 1 && value <= replication.groups)) return true;
  const message = value === 0 ? 'group 0 is none' : 'there is no such group';
  diagnostics.report('group-out-of-range', span, message, `groups are numbered from 1 to ${replication.groups}`);
  return false;
}
