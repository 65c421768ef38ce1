/**
 * `extended`: the data plane of `default` with what most published in-network programs need besides, and what a Tofino
 * has: it is as large as needed, like `default`; what of it fits a chip, tofino1 and tofino2 say.
 */

import {
  actionNames,
  DEFAULT_DESCRIPTION,
  describeRpbs,
  hashUnit,
  headerActions,
  type Pair,
  RPB_SHAPE,
  rpbPosition,
} from './default.js';
import type { DataPlaneDescription, Gress } from './description.js';
import { HEADERS } from './headers.js';
import { type ActionEffect, EXTENDED_EFFECTS } from './instructions/table.js';
import { must } from './must.js';

/** The headers of `default`, with names for parts of fields. */
const EXTENDED_HEADERS: DataPlaneDescription['headers'] = {
  ...HEADERS,
  tcp: {
    ...must(HEADERS['tcp'], 'TCP header'),
    parts: {
      flags: { field: 'tcp4thword', bitOffset: 8, width: 8 },
      window: { field: 'tcp4thword', bitOffset: 16, width: 16 },
    },
  },
};

/** Pairs beyond those of `default`, in RPBs of both gresses. */
const EXTRACT: readonly Pair[] = [
  ['hdr.tcp.flags', 'har'],
  ['hdr.tcp.flags', 'sar'],
  ['hdr.tcp.window', 'har'],
  ['hdr.tcp.window', 'sar'],
];
const MODIFY: readonly Pair[] = [
  ['hdr.tcp.flags', 'har'],
  ['hdr.tcp.flags', 'sar'],
  ['hdr.tcp.window', 'har'],
  ['hdr.tcp.window', 'sar'],
];

const EXTENSIONS: readonly ActionEffect[] = [
  ...EXTENDED_EFFECTS,
  ...headerActions('extract', EXTRACT),
  ...headerActions('modify', MODIFY),
];
/** Extensions that only one gress can do. */
const OF_GRESS: Readonly<Record<Gress, readonly ActionEffect[]>> = { ingress: [], egress: [] };

/** The actions of an RPB of `default`, and the extensions. */
function actionsOf(number: number, gress: Gress): readonly string[] {
  const { actions } = must(DEFAULT_DESCRIPTION.rpbs[number], `RPB ${number} of default`);
  return [...actions, ...actionNames([...EXTENSIONS, ...OF_GRESS[gress]])];
}

export const EXTENDED_DESCRIPTION: DataPlaneDescription = {
  ...DEFAULT_DESCRIPTION,
  name: 'extended',
  summary: 'the data plane of default with actions and headers beyond those of the paper',
  headers: EXTENDED_HEADERS,
  rpbs: describeRpbs((number) => {
    const position = rpbPosition(number);
    return { ...position, ...RPB_SHAPE, hash: hashUnit(number), actions: actionsOf(number, position.gress) };
  }),
};
