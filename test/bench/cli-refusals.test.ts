/** What `bench` says to bad input: one message, exit status 2, nothing left behind. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { microCommand } from '../../bench/cli/commands/micro-command.js';
import { runCommand } from '../../bench/cli/commands/run-command.js';
import { traceGenerateCommand } from '../../bench/cli/commands/trace-command.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type Refusal, testForgottenValues, testRefusals } from '../command-line.js';

const VECTOR = packageFile('test', 'conformance', 'vectors', '01');

/** Makes a file in the folder of the command. */
const file = (name: string, content: string | Uint8Array) => (folder: string) =>
  writeFileSync(join(folder, name), content);

const folderNamed = (name: string) => (folder: string) => mkdirSync(join(folder, name));

/** A conformance vector without one of its files. */
const vectorWithout = (missing: string) => (folder: string) => {
  mkdirSync(join(folder, 'vector'));
  for (const name of ['entries.json', 'expected.json', 'in.pcap']) {
    if (name !== missing) copyFileSync(join(VECTOR, name), join(folder, 'vector', name));
  }
};

const TEXT = 'GET / HTTP/1.1\r\nHost: example.org\r\n\r\n';
const BROKEN_PROGRAM = 'program p(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {\n    EXTRACT(hdr.l5.opp, har);\n}\n';

const small = (...args: string[]): string[] => ['run', '--programs', '1', '--packets', '10', '--out', 'r', ...args];
const captured = (...args: string[]): string[] => ['run', '--programs', '1', '--out', 'r', ...args];
const programs = (value: string): Refusal => ({
  args: ['run', '--programs', value, '--out', 'r'],
  says: new RegExp(`--programs takes a whole number from 1 to [\\d,]+, not '${value}'`),
});

const COMMAND_LINE: readonly Refusal[] = [
  { args: [], says: /no command is given: bench --help/ },
  { args: ['runn'], says: /there is no command 'runn': did you mean run\?/ },
  { args: ['trace'], says: /no command is given after bench trace: it takes generate or info; see bench trace --help/ },
  { args: ['trace', 'inof'], says: /there is no command 'trace inof': did you mean info\?/ },
  { args: ['trace', 'info', 'a.pcap', 'b.pcap'], says: /unexpected argument 'b\.pcap'; see bench trace info --help/ },
  { args: ['run'], says: /the number of programs is missing/ },
  { args: small('--packet', '10'), says: /there is no option --packet: did you mean --packets\?/ },
  { args: small('--seed', '--workers', '2'), says: /option --seed needs a value/ },
  { args: small('--out', 'r2'), says: /--out is given more than once/ },
  { args: small('--write', 'a.pcap', '--write', 'b.pcap'), says: /--write is given more than once/ },
];

const EVENTS = 'time_s,event,program\n';

const ARRIVALS: readonly Refusal[] = [
  { args: ['churn', '--arrivals', 'often'], says: /there are no arrivals 'often': they are one-by-one, poisson/ },
  { args: ['churn', '--arrivals', 'one-by-one'], says: /bench capacity/ },
  { args: ['churn', '--arrivals', 'poisson:30s'], says: /two mean times, GAP,LIFETIME.*not '30s'/ },
  { args: ['churn', '--arrivals', 'poisson:0,30h'], says: /mean times above 0, not '0'/ },
  { args: ['churn', '--arrivals', 'poisson:1w,30h'], says: /takes a duration in seconds, or with a unit.*not '1w'/ },
  { args: ['churn', '--arrivals', 'missing.csv'], says: /missing\.csv: no such file/ },
  {
    args: ['churn', '--arrivals', 'e.csv', '--out', 'r'],
    given: file('e.csv', `${EVENTS}0,depart,a\n`),
    says: /e\.csv:2: program a departs without having arrived/,
  },
  { args: ['churn', '--duration', '0'], says: /--duration takes a time above 0/ },
  { args: ['churn', '--samples', '0'], says: /--samples takes a whole number from 1/ },
  { args: ['churn', '--memory', '100', '0'], says: /--memory/ },
  { args: ['capacity', '--workloads', 'lb,hh'], says: /^bench: there is no workload 'lb,hh': it is one of / },
  { args: ['capacity', '--workloads', 'lb', 'hhh'], says: /^bench: there is no workload 'hhh': it is one of / },
  { args: ['capacity', '--arrivals', 'poisson:30s,30h'], says: /has no end of its own: add --duration/ },
];

const RUN: readonly Refusal[] = [
  { args: small('--warmup', '9', '--timing'), says: /--warmup takes synthetic packets at full speed/ },
  ...['-3', '0', 'x', ''].map(programs),
  { args: small('--cases', '1'), says: /--cases takes a whole number from 2/ },
  { args: small('--memory', '1000'), says: /--memory takes a power of two in bytes, not 1000/ },
  { args: small('--allocator', 'f1', '--weights', '0.7'), says: /--weights takes two numbers/ },
  { args: small('--allocator', 'f2', '--weights', '1,2'), says: /allocator f2 does not take --weights/ },
  { args: small('--workload', 'nosuch'), says: /no workload 'nosuch'.*\blb\b/ },
  { args: small('--workload', 'nosuch.p4runpro'), says: /nosuch\.p4runpro/ },
  {
    args: small('--workload', 'p.p4runpro'),
    given: file('p.p4runpro', BROKEN_PROGRAM),
    says: /p4runpro check p\.p4runpro/,
  },
  { args: small('--dataplane', 'nosuch'), says: /no data plane 'nosuch'.*published/ },
  { args: small('--dataplane', 'd.json'), given: file('d.json', '{'), says: /d\.json is not JSON/ },
  { args: small('--trace', 'a.pcap'), given: file('a.pcap', TEXT), says: /--packets.*--trace/ },
  { args: small('--constraints', 'published'), says: /--constraints published.*no packets/ },
  { args: captured('--trace', 'nosuch.pcap'), says: /nosuch\.pcap: no such file/ },
  { args: captured('--trace', 'd'), given: folderNamed('d'), says: /d: is a directory/ },
  { args: captured('--trace', 'a.pcap'), given: file('a.pcap', ''), says: /a\.pcap: is empty/ },
  { args: captured('--trace', 'a.pcap'), given: file('a.pcap', TEXT), says: /a\.pcap: is not a pcap.*looks like text/ },
  { args: small('--write', 'nosuch/a.pcap'), says: /nosuch\/a\.pcap: cannot be created/ },
  { args: small('--write', 'd'), given: folderNamed('d'), says: /d: cannot be created: a folder, not a file/ },
  { args: ['run', '--programs', '1', '--out', 'f'], given: file('f', ''), says: /cannot write results to f/ },
  {
    args: ['run', '--programs', '1', '--out', '/proc/x/y'],
    says: /cannot write results to \/proc\/x\/y: no such file/,
  },
  { args: ['run', '--programs', '1', '--out', 'f/r'], given: file('f', ''), says: /cannot write results to f\/r/ },
];

const OTHERS: readonly Refusal[] = [
  { args: ['trace', 'generate', 'a.pcap', '--programs', '0'], says: /--programs takes a whole number/ },
  { args: ['trace', 'generate', 'nosuch/a.pcap'], says: /nosuch\/a\.pcap: cannot be created/ },
  { args: ['trace', 'generate', 'd'], given: folderNamed('d'), says: /d: cannot be created: a folder, not a file/ },
  { args: ['trace', 'info', 'nosuch.pcap'], says: /nosuch\.pcap: no such file/ },
  { args: ['trace', 'info', 'a.pcap', '--json'], given: file('a.pcap', TEXT), says: /looks like text/ },
  { args: ['conform', 'nosuch'], says: /nosuch: no such folder/ },
  { args: ['conform', '.', '--json'], says: /no conformance vectors here/ },
  { args: ['conform', 'vector'], given: vectorWithout('in.pcap'), says: /in\.pcap: no such file/ },
  { args: ['conform', 'vector'], given: vectorWithout('expected.json'), says: /expected\.json: no such file, but/ },
  { args: small('--repeat', '0'), says: /--repeat takes a whole number from 1/ },
  { args: small('--repeat', '2', '--timing'), says: /--repeat measures the speed of packets and cannot be combined/ },
  {
    args: small('--repeat', '2', '--write', 'o.pcap'),
    says: /--repeat measures the speed of packets and cannot be combined/,
  },
  {
    args: ['run', '--programs', '1', '--constraints', 'published', '--repeat', '2', '--out', 'r'],
    says: /cannot be combined with --repeat/,
  },
  { args: ['compare', 'a.json'], says: /too few arguments: found 1, expected at least 2/ },
  { args: ['compare', 'nosuch', 'nosuch'], says: /nosuch: no such file/ },
  { args: ['compare', 'd', 'd'], given: folderNamed('d'), says: /summary\.json: no such file/ },
  { args: ['compare', 'a.json', 'a.json'], given: file('a.json', TEXT), says: /a\.json is not JSON/ },
  {
    args: ['compare', 'a.json', 'a.json'],
    given: file('a.json', '[]'),
    says: /a\.json is not a result.*: it has no schema/,
  },
  {
    args: ['compare', 'a.json', 'a.json', '--json'],
    given: file('a.json', '{"schema": "p4runpro-bench/run@1"}'),
    says: /a\.json is not a result of this version of bench run or bench micro/,
  },
  { args: ['micro', '--filter', '('], says: /--filter: .*regular expression/ },
  { args: ['micro', '--filter', 'nosuch'], says: /no microbenchmark matches nosuch/ },
  { args: ['micro', '--time', '0'], says: /--time takes a whole number/ },
];

await testRefusals('bench', [...COMMAND_LINE, ...ARRIVALS, ...RUN, ...OTHERS]);

testForgottenValues('bench run', runCommand.options, ['--out', '--trace', '--allocator', '--programs']);
testForgottenValues('bench trace generate', traceGenerateCommand.options, ['--packets', '--seed']);
testForgottenValues('bench micro', microCommand.options, ['--filter', '--time']);

test.run();
