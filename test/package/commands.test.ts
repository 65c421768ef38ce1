/** Every command runs from the installed package. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installForTests, run, typed } from './installed-package.js';

installForTests();

const SWITCH = ['--target', 'sim', '--state', 'switch.sim'];

/** One call of each command, in an order in which each finds what it needs. */
const CALLS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  p4runpro: [
    ['check', 'programs/cache.p4runpro'],
    ['compile', 'programs/lb.p4runpro', '-o', 'lb.json'],
    ['explain', 'programs/nc.p4runpro'],
    ['try', 'programs/cms.p4runpro', '--packet', 'ipv4.src=10.0.0.1 udp.dst_port=53'],
    ['help', 'MEMADD'],
    ['fields'],
    ['primitives'],
    ['dataplane', 'published'],
    ['p4', '-o', 'p4src'],
    [
      'cases',
      'add',
      'programs/lb.p4runpro',
      '--program',
      'lb.json',
      '--case',
      'case(<sar, 2, 0xffffffff>) { DROP; }',
      '-o',
      'lb-2.json',
      '--source-out',
      'lb-2.p4runpro',
    ],
    ['deploy', 'programs/lb.p4runpro', 'programs/cache.p4runpro', ...SWITCH],
    ['show', ...SWITCH],
    ['memory', 'read', 'lb', 'address', '--count', '2', ...SWITCH],
    ['replace', 'programs/lb.p4runpro', ...SWITCH],
    ['change', 'programs/cache.p4runpro', ...SWITCH],
    ['repair', ...SWITCH],
    ['revoke', 'lb', 'cache', ...SWITCH],
    ['forget', ...SWITCH],
    ['shell', ...SWITCH],
  ],
  bench: [
    ['run', '--programs', '2', '--packets', '500', '--out', 'before'],
    ['run', '--programs', '2', '--packets', '500', '--out', 'after'],
    ['compare', 'before', 'after'],
    ['capacity', '--workloads', 'hh', '--memory', '65536', '--out', 'capacity'],
    ['churn', '--arrivals', 'poisson:600s,1h', '--duration', '2h', '--samples', '2', '--out', 'churn'],
    ['allocator', 'check', 'f1', '--problems', '5', '--workloads', 'calc', '--others', 'f2'],
    ['conform'],
    ['verify', 'l3', '--packets', '200'],
    ['goldens', 'lb'],
    ['trace', 'generate', 'in.pcap', '--workload', 'programs/calc.p4runpro', '--packets', '50'],
    ['replay', 'programs/calc.p4runpro', '--trace', 'in.pcap'],
    ['micro', '--filter', 'parser', '--time', '10'],
    ['reproduce', 'table2', '--quick', '--out', 'reproduced'],
    ['case-study', 'a', '--seconds', '9'],
  ],
};
/** Those that go on until they are told to end, or take half a minute; their help loads all that they need. */
const NOT_CALLED = ['serve', 'watch', 'timing', 'lsp'];

for (const [command, calls] of Object.entries(CALLS)) {
  test(`every command of ${command} runs from the package`, () => {
    const help = run(command, '--help');
    const names = [...help.matchAll(new RegExp(`^ {2}${command} ([a-z]\\S*)`, 'gm'))].map(([, name = '']) => name);
    assert.ok(names.length > 10, help);
    const called = new Set(calls.map(([name]) => name));
    for (const name of names.filter((each) => !called.has(each))) {
      assert.ok(NOT_CALLED.includes(name), `${command} ${name} is not called`);
      assert.match(run(command, name, '--help'), new RegExp(`^${command} ${name}`));
    }
    for (const call of calls) {
      const { status, stderr } = typed(command, call);
      // Two runs of a moment differ in speed by chance.
      assert.ok(status === 0 || (call[0] === 'compare' && status === 1), `${command} ${call.join(' ')}: ${stderr}`);
    }
  });
}

test.run();
