/** The C program that does the work of load balancers as a plain loop: compiled, given its input, and run. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../../compiler/data-plane/must.js';
import { DomainError, FIXED_NAMES, type KeyField } from '../../../compiler/index.js';
import { FRONT_PORTS } from '../../../hw-driver/index.js';
import { DROPPED, type PacketBatch } from '../../../traces/packets/packet-batch.js';
import { writeFile } from '../../../traces/system/index.js';
import { packageFile } from '../../../traces/system/package-root.js';
import type { LinkedProgram } from '../../workloads/deployment.js';
import { serverPorts } from '../../workloads/instance.js';
import { type LoadBalancers, SERVER_PORTS } from './load-balancers.js';

const SOURCE = packageFile('bench', 'measure', 'micro', 'load-balancers.c');

/** Thrown where the program cannot be compiled. */
export class NoBaseline extends DomainError {
  override readonly name = 'NoBaseline';
  readonly code = 'no-baseline';
  readonly ends = 'bad-input';
}

/** Compiles the program into a folder. @returns its path @throws {NoBaseline} */
export function compileBaseline(folder: string, compiler = 'cc'): string {
  const executable = join(folder, 'load-balancers');
  const { error, status, stderr } = spawnSync(compiler, ['-O2', '-o', executable, SOURCE], { encoding: 'utf8' });
  if (error !== undefined) throw new NoBaseline(`--against-c needs a C compiler: ${compiler} cannot be run`);
  if (status !== 0)
    throw new NoBaseline(`--against-c: ${compiler} cannot compile ${SOURCE}: ${stderr.split('\n', 1)[0]}`);
  return executable;
}

/** Files of the program. */
export interface BaselineFiles {
  readonly executable: string;
  readonly input: string;
  readonly output: string;
}

/** Runs the program. @returns nanoseconds per packet, the median of its passes */
export function runBaseline({ executable, input, output }: BaselineFiles, milliseconds: number): number {
  const { error, status, stdout, stderr } = spawnSync(executable, [input, output, `${milliseconds}`], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the C program failed: ${stderr}`);
  return Number(stdout);
}

/** What the switch or the program made of one batch: packets, ports, program ids, in the layout of the program's output. */
export const outputOf = ({ bytes, usedBytes, egressPort, programId, count }: PacketBatch): Uint8Array[] => [
  bytes.slice(0, usedBytes),
  bytesOf(egressPort.slice(0, count)),
  bytesOf(programId.slice(0, count)),
];

/** @throws Error if the program's output is not this one */
export function requireEqualOutput({ output }: BaselineFiles, expected: readonly Uint8Array[]): void {
  if (!readFileSync(output).equals(Buffer.concat(expected))) {
    throw new Error('the C program and the switch made different packets of the same input');
  }
}

/** Writes the constants of the programs, and the packets. */
export function writeBaselineInput(
  { input }: BaselineFiles,
  switched: LoadBalancers,
  batches: readonly PacketBatch[],
): void {
  writeFile(input, Buffer.concat([...constantsOf(switched), words([batches.length]), ...batches.flatMap(partsOf)]));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const words = (values: readonly number[]): Uint8Array => bytesOf(Int32Array.from(values));

/** Padded to whole words. */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length + 3) & ~3);
  whole.set(bytes);
  return whole;
}

const partsOf = ({ count, usedBytes, offset, capturedLength, ingressPort, bytes }: PacketBatch): Uint8Array[] => [
  words([count, usedBytes]),
  bytesOf(offset.subarray(0, count)),
  bytesOf(capturedLength.subarray(0, count)),
  padded(bytesOf(ingressPort.subarray(0, count))),
  padded(bytes.subarray(0, usedBytes)),
];

function constantsOf(switched: LoadBalancers): Uint8Array[] {
  const { dataPlane, emulator, programs } = switched;
  const ports = 2 ** dataPlane.description.ports.width;
  const polynomials = dataPlane.rpbs.map(({ hash }) => hash.polynomial);
  const masks = new Set(programs.map((program) => filterOf(program).mask));
  if (masks.size !== 1) throw new Error('the filters of the load balancers have several masks');
  return [
    words(Array.from({ length: ports }, (_, port) => (port < FRONT_PORTS ? port ^ 1 : DROPPED))),
    words([emulator.memory.words.length]),
    bytesOf(emulator.memory.words),
    words([polynomials.length, ...polynomials]),
    words([programs.length, ...masks]),
    words(programs.flatMap((program) => programWords(switched, program))),
  ];
}

function programWords({ dataPlane, emulator }: LoadBalancers, linked: LinkedProgram): number[] {
  const { compiled } = linked;
  const { rpb, mask, crc } = must(compiled.hashes[0], 'hash of a load balancer');
  if (crc.reflected || crc.initial !== 0 || crc.xorOut !== 0) throw new Error('the C program has no such CRC');
  const memory = (name: string): number => {
    const block = must(
      compiled.memories.find((each) => each.name === name),
      `memory ${name}`,
    );
    return emulator.memory.index(block.rpb - 1, block.base);
  };
  const [other, matched] = serverPorts(SERVER_PORTS, dataPlane);
  return [
    compiled.programId,
    filterOf(linked).value,
    rpb - 1,
    must(mask, 'mask of the hash'),
    memory('port'),
    memory('address'),
    must(matched, 'port of the case'),
    must(matched, 'port of the case'),
    must(other, 'port of other words'),
  ];
}

function filterOf({ compiled }: LinkedProgram): Extract<KeyField, { match: 'ternary' }> {
  const filter = compiled.entries.find(({ action }) => action === FIXED_NAMES.setProgram);
  const field = filter?.key.find(({ name }) => name === 'hdr.ipv4.dst');
  if (field?.match !== 'ternary') throw new Error('a load balancer has no filter of its network');
  return field;
}
