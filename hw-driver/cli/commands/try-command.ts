/** `p4runpro try`: runs single packets, made of field values, through programs and prints their traces. */

import type { Argv } from 'yargs';
import { analyse } from '../../../compiler/index.js';
import { formatPacketTrace, noMatchText } from '../../../sim/index.js';
import { type MadePacket, MadePacketError, madePacket } from '../../../sim/made-packet/index.js';
import { ALLOCATOR_OPTIONS, allocatorFrom } from '../kit/allocators.js';
import { type ArgumentsOf, command } from '../kit/command.js';
import { EXIT, UsageError } from '../kit/command-line.js';
import { printFindings } from '../kit/findings.js';
import { GROUP_OPTION, groupsFrom } from '../kit/group-option.js';
import { loadDataPlane } from '../kit/inputs.js';
import { memorySetting } from '../kit/memory-setting.js';
import { readPrograms } from '../kit/program-documents.js';
import { DATA_PLANE_OPTION, JSON_OPTION, RECIRCULATIONS_OPTION, recirculationsFrom } from '../kit/shared-options.js';
import { type ChangedWord, TrialSwitch, type TriedPacket } from '../kit/tried-packets.js';

const tryOptions = (yargs: Argv) =>
  yargs
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'P4runpro source file; all of its programs are deployed',
    })
    .option('packet', {
      type: 'string',
      array: true,
      demandOption: true,
      describe:
        "Packet as field values: 'ipv4.src=10.0.0.1 tcp.dst_port=80 tcp.flags=S' (repeatable; packets run in order)",
    })
    .option('memory', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'all 0',
      describe:
        'Words of memories before the first packet (repeatable): cms.row1=5, cms.row1[17]=3, cms.row1[0-7]=1, ' +
        'lb.address=10.0.0.9,10.0.0.10; of pairs low:high, as in flows[3]=1:2',
    })
    .options(ALLOCATOR_OPTIONS)
    .options(GROUP_OPTION)
    .options(RECIRCULATIONS_OPTION)
    .options(DATA_PLANE_OPTION)
    .options(JSON_OPTION)
    .epilogue(
      'Fields have the names of the data plane description, with or without hdr., or their last part where that is ' +
        'unique (ttl, dst_port); tcp.flags takes letters (S, SA, FPU), port is the ingress port, payload takes bytes in ' +
        'hexadecimal. The packet has the headers of its fields and those before them; lengths and checksums are ' +
        'computed unless they are given. Packets that no program forwards leave by the neighbouring port (0 and 1, 2 and 3 …).',
    )
    .example(
      "$0 try bench/programs/sf.p4runpro --packet 'ipv4.src=10.0.0.1 tcp.dst_port=80 tcp.flags=S'",
      'How a firewall treats the first packet of a connection',
    );

type TryArguments = ArgumentsOf<typeof tryOptions>;

async function tryFile(args: TryArguments): Promise<number> {
  const dataPlane = loadDataPlane(args.dataplane);
  const options = {
    dataPlane,
    allocator: await allocatorFrom(args),
    recirculations: recirculationsFrom(args.recirculations, dataPlane),
    groups: groupsFrom(args.group, dataPlane),
  };
  const source = readPrograms(args.file);
  const packets = args.packet.map((text) => packetOf(text, () => madePacket(text, dataPlane)));
  const settings = args.memory.map(memorySetting);
  const analysis = analyse(source, dataPlane);
  printFindings(analysis, args.file, source);
  if (analysis.hasErrors) return EXIT.badInput;
  const trial = await TrialSwitch.of(source, analysis, options);
  for (const setting of settings) await trial.set(setting);
  const tried: TriedPacket[] = [];
  for (const packet of packets) tried.push(await trial.run(packet));
  process.stdout.write(args.json ? jsonOf(args, packets, tried) : tried.map(textOf).join('\n'));
  const matched = new Set(tried.map(({ trace }) => trace.filter?.program));
  for (const program of analysis.programs) {
    if (!matched.has(program.name)) process.stderr.write(`p4runpro: warning: ${noMatchText(program)}\n`);
  }
  return EXIT.done;
}

export const tryCommand = command(tryOptions, tryFile);

function packetOf(text: string, make: () => MadePacket): MadePacket {
  try {
    return make();
  } catch (error) {
    throw error instanceof MadePacketError ? new UsageError(`--packet '${text}': ${error.message}`) : error;
  }
}

function textOf({ trace, memory }: TriedPacket): string {
  return `${formatPacketTrace(trace)}${memory.map((word) => `  memory   ${wordText(word)}\n`).join('')}`;
}

const wordText = ({ program, memory, bucket, word, before, after }: ChangedWord): string =>
  `${program}.${memory}[${bucket}]${word === undefined ? '' : `.${word}`}: ${before} > ${after}`;

function jsonOf({ file, packet }: TryArguments, made: readonly MadePacket[], tried: readonly TriedPacket[]): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const packets = tried.map(({ trace, bytes, memory }, i) => ({
    given: packet[i],
    hexIn: hex(made[i]?.bytes ?? new Uint8Array()),
    hexOut: trace.verdict.port === null ? null : hex(bytes),
    ...(tried[i]?.copies === undefined ? {} : { hexOfCopies: tried[i].copies.map(hex) }),
    trace,
    memory,
  }));
  return `${JSON.stringify({ schema: 'p4runpro/try@1', file, packets }, null, 1)}\n`;
}
