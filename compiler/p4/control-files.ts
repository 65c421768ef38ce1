/** The files of the two gresses, which apply their blocks in order. */
import type { DataPlane, Rpb } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { type Block, braces, comment, declaration, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { INIT_PARAMETERS } from './init-file.js';
import { RECIRCULATION_FLAG, RECIRCULATION_PARAMETERS } from './recirculation-file.js';
import { rpbControl, rpbInstance, rpbParameters } from './rpb-file.js';

const INGRESS_PARAMETERS = [
  'inout header_t hdr',
  'inout ingress_metadata_t ig_md',
  'in ingress_intrinsic_metadata_t ig_intr_md',
  'in ingress_intrinsic_metadata_from_parser_t ig_prsr_md',
  'inout ingress_intrinsic_metadata_for_deparser_t ig_dprsr_md',
  'inout ingress_intrinsic_metadata_for_tm_t ig_tm_md',
];
const EGRESS_PARAMETERS = [
  'inout header_t hdr',
  'inout egress_metadata_t eg_md',
  'in egress_intrinsic_metadata_t eg_intr_md',
  'in egress_intrinsic_metadata_from_parser_t eg_prsr_md',
  'inout egress_intrinsic_metadata_for_deparser_t eg_dprsr_md',
  'inout egress_intrinsic_metadata_for_output_port_t eg_oport_md',
];

interface Instance {
  readonly control: string;
  readonly name: string;
  readonly parameters: readonly string[];
}

const rpbInstances = (dataPlane: DataPlane, gress: Gress): Instance[] =>
  dataPlane.rpbs
    .filter((rpb) => rpb.gress === gress)
    .map((rpb: Rpb) => ({ control: rpbControl(rpb), name: rpbInstance(rpb), parameters: rpbParameters(rpb) }));

export function ingressFile(dataPlane: DataPlane): string {
  const blocks: readonly Instance[] = [
    { control: 'InitBlock', name: 'init', parameters: INIT_PARAMETERS },
    ...rpbInstances(dataPlane, 'ingress'),
    { control: 'RecirculationBlock', name: 'rec', parameters: RECIRCULATION_PARAMETERS },
  ];
  const control = controlOf('SwitchIngress', INGRESS_PARAMETERS, blocks, []);
  return renderBlocks([...comment('Ingress: the init block, the ingress RPBs, the recirculation block.'), ...control]);
}

export function egressFile(dataPlane: DataPlane): string {
  const last = [
    ...comment('A packet that recirculates counts its pass; from one that leaves, the carried state is removed.'),
    `if (${RECIRCULATION_FLAG} == 1) {`,
    ['hdr.meta.rec.iterations = hdr.meta.rec.iterations + 1;'],
    '} else {',
    ['hdr.meta.setInvalid();'],
    '}',
  ];
  const control = controlOf('SwitchEgress', EGRESS_PARAMETERS, rpbInstances(dataPlane, 'egress'), last);
  return renderBlocks([...comment('Egress: the egress RPBs.'), ...control]);
}

function controlOf(
  name: string,
  parameters: readonly string[],
  blocks: readonly Instance[],
  last: readonly Block[],
): Block[] {
  const instances = blocks.map((block) => `${block.control}() ${block.name};`);
  const applies = blocks.map((block) => `${block.name}.apply(${block.parameters.map(argument).join(', ')});`);
  return declaration(`control ${name}`, parameters, spaced([instances, braces('apply', [...applies, ...last])]));
}

/** The argument for a parameter, which has the same name. */
const argument = (parameter: string): string => parameter.slice(parameter.lastIndexOf(' ') + 1);
