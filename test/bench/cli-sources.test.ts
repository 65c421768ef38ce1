/** `bench trace generate --source` as a user types it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCapture } from '../../bench/verify/replay/captured-packets.js';
import { testRefusals, type, withFolder } from '../command-line.js';

const MIX = ['--source', 'tcp:rate=200,resets=0.5', '--source', 'synflood:rate=2000,port=3', '--source', 'cache'];
const generate = (folder: string, file: string, ...args: string[]) =>
  type('bench', ['trace', 'generate', file, ...args], { folder });

test('a mix of sources: as many packets as their rates say, with their ports, the same again', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await generate(folder, 'a.pcapng', ...MIX, '--seconds', '0.5');
    assert.is(status, 0, stderr);
    const packets = await readCapture(join(folder, 'a.pcapng'));
    assert.is(stdout, `${packets.length.toLocaleString('en-US')} packets in a.pcapng\n`);
    assert.is(packets.filter(({ port }) => port === 3).length, 1000);
    assert.is(packets.filter(({ bytes, port }) => port === 0 && bytes[23] === 17).length, 5000);
    assert.ok(packets.every(({ timeSeconds, timeNanoseconds }) => timeSeconds === 0 && timeNanoseconds < 5e8));
    await generate(folder, 'b.pcapng', ...MIX, '--seconds', '0.5');
    assert.ok(readFileSync(join(folder, 'a.pcapng')).equals(readFileSync(join(folder, 'b.pcapng'))));
  }));

const refused = (source: string, says: RegExp) => ({ args: ['trace', 'generate', 'x.pcap', '--source', source], says });

await testRefusals('bench', [
  refused('udp', /there is no source 'udp': it is one of background, flows, cache, keys, tcp, synflood/),
  refused('tcp:rat=1', /tcp: has no 'rat'; it has rate, packets/),
  refused('tcp:rtt=1', /tcp:rtt: 1 is not a number from 2 to 10000000 µs/),
  refused('flows:flows=1.5', /flows:flows: 1\.5 is not a whole number from 1 to 65536 flows/),
  refused('flows:rate', /'rate' is not of the form name=number/),
  refused('flows:rate=x', /'rate=x' is not of the form/),
  refused('flows:rate=1,rate=2', /rate is given more than once/),
  refused('constructor', /there is no source 'constructor'/),
  {
    args: ['trace', 'generate', 'x.pcap', '--source', 'tcp', '--packets', '5'],
    says: /--packets is an option of workloads/,
  },
  { args: ['trace', 'generate', 'x.pcap', '--seconds', '5'], says: /--seconds needs --source/ },
  {
    args: ['trace', 'generate', 'x.pcap', '--source', 'tcp', '--seconds', '0'],
    says: /--seconds takes seconds above 0 and up to 86,400/,
  },
]);

test.run();
