/**
 * The parsers, generated from the states of the description. The carried state is in front of the packet, so that every
 * parsing path has it.
 */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { ParserStateDescription } from '../data-plane/description.js';
import { type Block, braces, comment, declaration, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { copyName, type PacketFields } from './fields.js';
import { lookahead } from './lookahead.js';
import { lengths, optionHeader } from './options.js';
import {
  deposits,
  endOf,
  isBehindOptionalChecksum,
  subtractions,
  sumsAt,
  withoutOptional,
} from './parser-checksums.js';
import { contextOf, type ParserContext, select, stateName } from './parser-context.js';
import { RECIRCULATION_FLAG } from './recirculation-file.js';
import type { Residual } from './residuals.js';

export function parserFile(dataPlane: DataPlane, fields: PacketFields): string {
  return renderBlocks(
    spaced([
      comment('The parsers of ingress and egress. Bytes after an invalid header or in a later fragment are payload.'),
      ingressParser(contextOf(dataPlane, fields, 'ingress')),
      egressParser(contextOf(dataPlane, fields, 'egress')),
    ]),
  );
}

function ingressParser(context: ParserContext): Block[] {
  const first = stateName(context.dataPlane.description.parser.start);
  const start = [
    braces('state start', [
      'pkt.extract(ig_intr_md);',
      'pkt.advance(PORT_METADATA_SIZE);',
      ...select(['ig_intr_md.ingress_port'], [['RECIRCULATION_PORT', 'parse_state']], 'begin_state'),
    ]),
    braces('state parse_state', ['pkt.extract(hdr.meta);', `transition ${first};`]),
    [
      ...comment('A new packet begins with a state of zeros.'),
      ...braces('state begin_state', ['hdr.meta.setValid();', `transition ${first};`]),
    ],
  ];
  const parameters = [
    'packet_in pkt',
    'out header_t hdr',
    'out ingress_metadata_t ig_md',
    'out ingress_intrinsic_metadata_t ig_intr_md',
  ];
  return parser('SwitchIngressParser', parameters, start, context);
}

function egressParser(context: ParserContext): Block[] {
  const first = stateName(context.dataPlane.description.parser.start);
  const discards = context.dataPlane.discardPort !== undefined;
  const next = discards
    ? select(['eg_intr_md.egress_port'], [['DISCARD_PORT', 'parse_state_of_discard_port']], 'parse_state')
    : ['transition parse_state;'];
  const start = [
    braces('state start', ['pkt.extract(eg_intr_md);', ...next]),
    braces('state parse_state', ['pkt.extract(hdr.meta);', `transition ${first};`]),
    ...(discards ? discardStates(first) : []),
  ];
  const parameters = [
    'packet_in pkt',
    'out header_t hdr',
    'out egress_metadata_t eg_md',
    'out egress_intrinsic_metadata_t eg_intr_md',
    ...(discards
      ? [
          'out egress_intrinsic_metadata_from_parser_t eg_prsr_md',
          'out egress_intrinsic_metadata_for_deparser_t eg_dprsr_md',
        ]
      : []),
  ];
  return parser('SwitchEgressParser', parameters, start, context);
}

/**
 * Unforwarded packets: the parser sets the drop control for the deparser. A table that did so could not share a stage
 * with an RPB, whose DROP writes the same field.
 */
const discardStates = (first: string): Block[][] => [
  [
    ...comment('Recirculating packets may have the same port as unforwarded ones.'),
    ...braces('state parse_state_of_discard_port', [
      'pkt.extract(hdr.meta);',
      ...select([RECIRCULATION_FLAG], [['0', 'discard']], first),
    ]),
  ],
  [
    ...comment('All steps of its program run; then the deparser drops it.'),
    ...braces('state discard', ['eg_dprsr_md.drop_ctl = 1;', `transition ${first};`]),
  ],
];

function parser(
  name: string,
  parameters: readonly string[],
  start: readonly Block[][],
  context: ParserContext,
): Block[] {
  const { states } = context.dataPlane.description.parser;
  const checksums = context.residuals.map(({ header }) => `Checksum() ${header}_checksum;`);
  const all = Object.entries(states).flatMap(([state, description]) => parserStates(state, description, context));
  return declaration(`parser ${name}`, parameters, spaced([checksums, ...start, ...all, ...context.ends.values()]));
}

/** The P4 states of one state of the description. */
function parserStates(name: string, state: ParserStateDescription, context: ParserContext): Block[][] {
  const look = lookahead(name, state, context.dataPlane, context.fields.copiedFields(context.gress));
  const own = look === undefined ? stateName(name) : `${stateName(name)}_header`;
  const looking =
    look === undefined
      ? []
      : [
          braces(
            `state ${stateName(name)}`,
            select(
              [`pkt.lookahead<bit<${look.bits}>>()`],
              look.cases.map(({ pattern, copies }) => [pattern, copies.length === 0 ? own : copyState(name, copies)]),
              'accept',
            ),
          ),
          ...look.copyStates.map((copies) =>
            braces(`state ${copyState(name, copies)}`, [
              ...copies.map(({ field, value }) => `${context.metadata}.${copyName(field)} = ${value};`),
              `transition ${own};`,
            ]),
          ),
        ];
  return [...looking, ...headerStates(name, own, state, context)];
}

const copyState = (name: string, copies: readonly { readonly value: number }[]): string =>
  `copy_${name}_${copies.map(({ value }) => value).join('_')}`;

/** The state that extracts headers, and those for its optional checksum and its options. */
function headerStates(name: string, own: string, state: ParserStateDescription, context: ParserContext): Block[][] {
  const zero = context.residuals.find(({ header, zeroMeansNone }) => zeroMeansNone && state.extract.includes(header));
  if (zero !== undefined) return optionalChecksumStates(name, own, state, zero, context);
  const extracts = state.extract.map((header) => `pkt.extract(hdr.${header});`);
  const taken = isBehindOptionalChecksum(name, context) ? withoutOptional(context) : context;
  const { options, transition } = transitionOf(name, state, taken);
  return [braces(`state ${own}`, [...extracts, ...subtractions(state.extract, taken), ...transition]), ...options];
}

/**
 * A checksum that may be absent and covers a header after its own: the residual is computed only for packets with the
 * checksum. Packets without it take separate states with the same headers.
 */
function optionalChecksumStates(
  name: string,
  own: string,
  state: ParserStateDescription,
  { header }: Residual,
  context: ParserContext,
): Block[][] {
  const { states } = context.dataPlane.description.parser;
  const next = state.select?.next ?? [];
  const targets = [...new Set(next.map((edge) => edge.state))];
  const behind = targets.map((target) => {
    const { extract = [] } = states[target] ?? {};
    const extracts = extract.map((inner) => `pkt.extract(hdr.${inner});`);
    return braces(`state ${stateName(target)}_behind_${header}`, [
      ...extracts,
      ...subtractions(extract, context),
      ...deposits(sumsAt(target, context), context),
      'transition accept;',
    ]);
  });
  const checksum = `hdr.${header}.checksum`;
  const selector = state.select === undefined ? [] : [context.fields.expression(state.select.field)];
  const cases: [string, string][] = next.flatMap(({ value, state: target }): [string, string][] => [
    [`(${value}, 0)`, stateName(target)],
    [`(${value}, _)`, `${stateName(target)}_behind_${header}`],
  ]);
  const transition = select(
    [...selector, checksum],
    [...cases, ['(_, 0)', endOf(name, withoutOptional(context))]],
    endOf(name, context),
  );
  const extracts = state.extract.map((inner) => `pkt.extract(hdr.${inner});`);
  return [braces(`state ${own}`, [...extracts, ...subtractions(state.extract, context), ...transition]), ...behind];
}

/** The transition of a state, and the states for options of each length before the next state. */
function transitionOf(
  name: string,
  state: ParserStateDescription,
  context: ParserContext,
): { readonly options: Block[][]; readonly transition: Block[] } {
  const { dataPlane, fields } = context;
  if (state.select === undefined) {
    return { options: [], transition: [...deposits(sumsAt(name, context), context), 'transition accept;'] };
  }
  const length = lengths(dataPlane);
  const hasOptions = length !== undefined && state.extract.includes(length.header);
  const selectors = [
    ...(hasOptions ? [length.field] : []),
    ...(state.only === undefined ? [] : [state.only.field]),
    state.select.field,
  ].map((field) => fields.expression(field));
  const row = (words: number | undefined, value: number): string => {
    const values = [words, state.only?.value, value].filter((part) => part !== undefined);
    return values.length === 1 ? String(value) : `(${values.join(', ')})`;
  };
  const { next } = state.select;
  if (!hasOptions) {
    const cases = next.map((edge): [string, string] => [row(undefined, edge.value), stateName(edge.state)]);
    return { options: [], transition: select(selectors, cases, endOf(name, context)) };
  }
  const most = length.maximum - length.minimum;
  const optionState = (target: string, words: number): string =>
    words === 0 ? stateName(target) : `${stateName(name)}_option_${words}_${target}`;
  const words = Array.from({ length: most + 1 }, (_, i) => i);
  const cases = next.flatMap((edge) =>
    words.map((count): [string, string] => [row(length.minimum + count, edge.value), optionState(edge.state, count)]),
  );
  const options = next.flatMap((edge) =>
    words
      .slice(1)
      .map((count) =>
        braces(`state ${optionState(edge.state, count)}`, [
          `pkt.extract(hdr.${optionHeader(count)});`,
          `transition ${optionState(edge.state, count - 1)};`,
        ]),
      ),
  );
  return { options, transition: select(selectors, cases, endOf(name, context)) };
}
