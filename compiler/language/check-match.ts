/** Checks the value and the mask of a filter or condition. */
import { and48, fits, MAX_NUMBER_BITS, ones, readable } from '../data-plane/bits.js';
import { IPV6_BITS, ipv6Text, prefixMask } from '../data-plane/ipv6-text.js';
import type { Diagnostics } from './diagnostics.js';
import { exactValue } from './field-matches.js';
import { prefixText } from './integers.js';
import type { MatchSyntax } from './syntax.js';

/** Value and mask of a filter or condition against the width of what they are compared with. */
export function checkMatch(syntax: MatchSyntax, subject: string, width: number, diagnostics: Diagnostics): boolean {
  const { value, mask, prefix } = syntax;
  if (prefix !== undefined && prefix.bits !== width) {
    const family = prefix.bits === IPV6_BITS ? 'an IPv6' : 'an IPv4';
    const message = `${subject} has ${width} bits, and ${family} address ${prefix.bits}`;
    diagnostics.report(
      'prefix-of-other-width',
      value.span,
      message,
      prefix.bits === IPV6_BITS ? undefined : 'write value and mask in place of the prefix',
    );
    return false;
  }
  if (width > MAX_NUMBER_BITS) return checkWideMatch(syntax, diagnostics);
  const address = [value, mask].find(({ wide }) => wide !== undefined);
  if (prefix === undefined && address !== undefined) {
    const message = `${subject} has ${width} bits, and an IPv6 address ${IPV6_BITS}`;
    diagnostics.report(address === value ? 'value-too-wide' : 'mask-too-wide', address.span, message);
    return false;
  }
  if (!fits(value.value, width)) {
    const hint = `the largest is ${readable(ones(width))}`;
    diagnostics.report('value-too-wide', value.span, `${subject} has ${width} bits`, hint);
    return false;
  }
  if (!fits(mask.value, width)) {
    const message = `the mask has bits outside the ${width} bits of ${subject}`;
    const text = readable(ones(width));
    const { start, end } = mask.span;
    const fix = { title: `write ${text}`, start, end, text };
    diagnostics.report('mask-too-wide', mask.span, message, { hint: `${text} compares all its bits`, fix });
    return false;
  }
  if (and48(value.value, mask.value) !== value.value) {
    const meant = prefix === undefined ? maskMeant(value.value, mask.value, width) : undefined;
    if (meant !== undefined) {
      const { start, end } = mask.span;
      const { message, hint, text } = meant;
      const fix = { title: `write ${text}`, start, end, text };
      diagnostics.report('value-outside-mask', mask.span, message, { hint, fix });
      return true;
    }
    reportIgnoredBits(
      syntax,
      prefix === undefined ? readable(and48(value.value, mask.value)) : prefixText(BigInt(value.value), prefix),
      diagnostics,
    );
  }
  return true;
}

/** Warns of bits of a value that its mask leaves out. @param text what the value means */
function reportIgnoredBits({ value, prefix }: MatchSyntax, text: string, diagnostics: Diagnostics): void {
  const { start, end } = value.span;
  const by = prefix === undefined ? 'mask' : 'prefix';
  diagnostics.report(
    'value-outside-mask',
    value.span,
    `the value has bits that the ${by} leaves out; they are ignored`,
    {
      hint: `it means ${text}`,
      fix: { title: `write ${text}`, start, end, text },
    },
  );
}

const dotted = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join('.');

/** The mask of an IPv4 address that a prefix length or a wildcard mask stands for; undefined for other masks. */
function maskMeant(
  value: number,
  mask: number,
  width: number,
): { readonly message: string; readonly hint: string; readonly text: string } | undefined {
  if (width !== 32 || value < 2 ** 24) return undefined;
  if (mask >= 1 && mask <= 32) {
    const text = dotted(ones(32) - ones(32 - mask));
    return { message: `${mask} is a mask here, not a prefix length`, hint: `write ${text}`, text };
  }
  const isWildcard = and48(mask, mask + 1) === 0;
  if (!isWildcard || and48(value, mask) !== 0) return undefined;
  const text = dotted(ones(32) - mask);
  return {
    message: `the mask ${dotted(mask)} compares the bits that a wildcard mask leaves out`,
    hint: `write ${text}`,
    text,
  };
}

/** As {@link checkMatch}, of a field as wide as an IPv6 address: every value fits. */
function checkWideMatch(syntax: MatchSyntax, diagnostics: Diagnostics): boolean {
  const { prefix } = syntax;
  const [value, mask] = [exactValue(syntax.value), exactValue(syntax.mask)];
  const kept = value & mask;
  if (kept === value) return true;
  if (prefix === undefined && mask >= 1n && mask <= IPV6_BITS) {
    const text = ipv6Text(prefixMask(Number(mask), IPV6_BITS));
    const { start, end } = syntax.mask.span;
    const fix = { title: `write ${text}`, start, end, text };
    const message = `${mask} is a mask here, not a prefix length`;
    diagnostics.report('value-outside-mask', syntax.mask.span, message, { hint: `write ${text}`, fix });
  } else {
    reportIgnoredBits(syntax, prefix === undefined ? ipv6Text(kept) : prefixText(value, prefix), diagnostics);
  }
  return true;
}
