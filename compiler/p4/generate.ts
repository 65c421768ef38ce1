/**
 * P4_16 source (architecture tna for a Tofino 1, t2na for a Tofino 2) for a data plane, one file for each block. It is
 * generated from the description that the emulator executes, so that names, keys, actions and widths are the same.
 */
import { chipOf } from '../data-plane/chip.js';
import type { DataPlane } from '../data-plane/data-plane.js';
import { comment, renderBlocks } from '../data-plane/p4-text.js';
import { resourceReport } from '../data-plane/resources/resources.js';
import { egressFile, ingressFile } from './control-files.js';
import { deparserFile } from './deparser-file.js';
import { PacketFields } from './fields.js';
import { headerFile } from './header-file.js';
import { initFile } from './init-file.js';
import { checkParseDepth } from './parse-depth.js';
import { parserFile } from './parser-file.js';
import { recirculationFile } from './recirculation-file.js';
import { rpbFile, rpbInstance } from './rpb-file.js';
import { NoP4Source } from './unsupported.js';

/** A file of P4 source. */
export interface P4File {
  /** Name of the file; all are in one folder. */
  readonly name: string;
  readonly text: string;
}

/** The main file, which includes the others. */
export const MAIN_P4_FILE = 'p4runpro.p4';

/** @throws {NoP4Source} for a data plane that the generated program cannot implement */
export function p4Source(dataPlane: DataPlane): readonly P4File[] {
  if (dataPlane.description.init.onEveryPass) {
    throw new NoP4Source(
      dataPlane.name,
      "it describes the authors' program (github P4runpro/P4runpro, p4src): install that",
    );
  }
  if (dataPlane.headerIndex('ipv6') >= 0) {
    throw new NoP4Source(
      dataPlane.name,
      'it parses IPv6, and the generated source neither skips extension headers nor folds addresses for the 5-tuple',
    );
  }
  checkParseDepth(dataPlane);
  if (!dataPlane.description.followsChip) {
    throw new NoP4Source(
      dataPlane.name,
      'the emulator would process packets that the chip drops: its description needs "followsChip": true',
    );
  }
  const fields = new PacketFields(dataPlane);
  const rpbs = dataPlane.rpbs.map((rpb) => ({ name: `${rpbInstance(rpb)}.p4`, text: rpbFile(dataPlane, rpb, fields) }));
  const parts = [
    { name: 'headers.p4', text: headerFile(dataPlane, fields) },
    { name: 'parsers.p4', text: parserFile(dataPlane, fields) },
    { name: 'init.p4', text: initFile(dataPlane, fields) },
    ...rpbs,
    { name: 'recirculation.p4', text: recirculationFile(dataPlane, fields) },
    { name: 'ingress.p4', text: ingressFile(dataPlane) },
    { name: 'egress.p4', text: egressFile(dataPlane) },
    { name: 'deparsers.p4', text: deparserFile(dataPlane, fields) },
  ];
  const main = { name: MAIN_P4_FILE, text: mainFile(dataPlane, parts) };
  return [main, ...parts];
}

/**
 * The command line of the open p4c for the chip of a data plane; `p4include` is p4c's folder of that name. A program
 * with too much power at full load compiles only with a limit of the load.
 */
export function p4CompileCommand(dataPlane: DataPlane, file = MAIN_P4_FILE): string {
  const { loadPercent } = resourceReport(dataPlane).power;
  const limit = loadPercent < 100 ? ` --traffic-limit ${loadPercent}` : '';
  const output = '-I p4include -o out --bf-rt-schema out/bf-rt.json';
  const { architecture, target } = chipOf(dataPlane).p4;
  return `p4c-barefoot --target ${target} --arch ${architecture}${limit} ${output} ${file}`;
}

function mainFile(dataPlane: DataPlane, parts: readonly P4File[]): string {
  const { name, p4 } = chipOf(dataPlane);
  return renderBlocks([
    ...comment(
      `The P4runpro data plane '${dataPlane.name}' for a ${name}, generated from its description`,
      `(SHA-256 ${dataPlane.hash}).`,
      `To compile: ${p4CompileCommand(dataPlane)}`,
      `where p4include is the folder of p4c with core.p4 and ${p4.architecture}.p4.`,
    ),
    '',
    '#include <core.p4>',
    `#include <${p4.architecture}.p4>`,
    '',
    ...parts.map(({ name }) => `#include "${name}"`),
    '',
    'Pipeline(',
    [
      'SwitchIngressParser(),',
      'SwitchIngress(),',
      'SwitchIngressDeparser(),',
      'SwitchEgressParser(),',
      'SwitchEgress(),',
      'SwitchEgressDeparser()',
    ],
    ') pipe;',
    '',
    'Switch(pipe) main;',
  ]);
}
