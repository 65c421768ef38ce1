/** The deparsers, which update checksums and emit the headers. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { type Block, braces, comment, declaration, list, renderBlocks, spaced } from '../data-plane/p4-text.js';
import { type PacketFields, wholeField } from './fields.js';
import { emitOrder } from './header-file.js';
import { METADATA } from './kept-fields.js';
import { type Residual, residuals } from './residuals.js';

export function deparserFile(dataPlane: DataPlane, fields: PacketFields): string {
  return renderBlocks(
    spaced([
      comment(
        'The deparsers of ingress and egress. Checksums are updated from the residuals that the parser computed,',
        'so the payload is not needed.',
      ),
      deparser('ingress', dataPlane, fields),
      deparser('egress', dataPlane, fields),
    ]),
  );
}

const NAMES = {
  ingress: { control: 'SwitchIngressDeparser', intrinsic: 'ig_dprsr_md' },
  egress: { control: 'SwitchEgressDeparser', intrinsic: 'eg_dprsr_md' },
} as const;

function deparser(gress: Gress, dataPlane: DataPlane, fields: PacketFields): Block[] {
  const { control, intrinsic } = NAMES[gress];
  const metadata = METADATA[gress];
  const parameters = [
    'packet_out pkt',
    'inout header_t hdr',
    `in ${gress}_metadata_t ${metadata}`,
    `in ${gress}_intrinsic_metadata_for_deparser_t ${intrinsic}`,
  ];
  const sums = residuals(dataPlane, gress);
  const emits = ['meta', ...emitOrder(dataPlane)].map((header) => `pkt.emit(hdr.${header});`);
  const body = spaced([
    sums.map(({ header }) => `Checksum() ${header}_checksum;`),
    braces('apply', [...sums.flatMap((sum) => updateOf(sum, metadata, fields)), ...emits]),
  ]);
  return declaration(`control ${control}`, parameters, body);
}

function updateOf({ header, covered, zeroMeansNone }: Residual, metadata: string, fields: PacketFields): Block[] {
  const parts = covered.flatMap((part) => part.fields).map(({ name }) => wholeField(fields.expression(name)));
  const data = [...new Set(parts), `${metadata}.${header}_residual`];
  const update = (more: string): Block[] =>
    list(`hdr.${header}.checksum = ${header}_checksum.update({`, data, `}${more});`);
  if (!zeroMeansNone) return update('');
  return [
    ...comment('A checksum of 0 means that there is none; a computed 0 is sent as all ones.'),
    ...braces(`if (${metadata}.${header}_has_checksum)`, update(', true')),
  ];
}
