/** `p4runpro serve`: its clients, ports and TLS, and controllers that are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkFromText } from '../../hw-driver/network/index.js';
import { linkedSwitches } from '../../hw-driver/server/linked-switches.js';
import { appendPacketBytes, createCaptureWriter, createPacketBatch } from '../../traces/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { testRefusals, type, withFolder } from '../command-line.js';
import { frame } from '../sim/frames.js';
import { AS_DEPLOYED, commands, operate, program } from './operate.js';

const CLI = packageFile('dist', 'hw-driver', 'cli', 'cli.js');

interface Serving {
  readonly child: ChildProcess;
  readonly ports: ReadonlyMap<string, number>;
}

/** Servers of tests that failed before they stopped theirs: the runner would wait for them for ever. */
const started = new Set<ChildProcess>();
test.after(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Resolves when all that was asked for is served. */
async function serving(folder: string, ...args: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const ports = new Map<string, number>();
  const switches = args.includes('--network') ? 2 : 1;
  const expected =
    switches * (1 + Number(args.includes('--http'))) +
    Number(args.includes('--udp')) +
    Number(args.includes('--pcap-dir'));
  let text = '';
  await new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.split('\n').length > expected) resolve();
    });
  });
  for (const [, name, port] of text.matchAll(/^((?:BF Runtime|HTTP)(?: of \w+)?|UDP).* on 127\.0\.0\.1:(\d+)$/gm)) {
    ports.set(name ?? '', Number(port));
  }
  return { child, ports };
}

async function stopped({ child }: Serving): Promise<void> {
  child.kill('SIGINT');
  const [status] = (await once(child, 'exit')) as [number];
  started.delete(child);
  assert.is(status, 0);
}

const tlsFile = (name: string): string => packageFile('test', 'hw-driver', 'tls', name);
const CA = ['--tls-ca', tlsFile('ca.pem')];
const identity = (name: string): string[] => [
  ...['--tls-certificate', tlsFile(`${name}.pem`)],
  ...['--tls-key', tlsFile(`${name}.key`)],
];

test('TLS: only clients with a certificate of the CA are accepted', () =>
  withFolder(async (folder) => {
    const server = await serving(folder, ...CA, ...identity('switch'));
    const where = ['--target', `localhost:${server.ports.get('BF Runtime')}`, '--journal', 'j'];
    const run = (...tls: string[]) => type('p4runpro', ['deploy', program('lb'), ...where, ...tls], { folder });
    try {
      for (const refused of [[], CA, identity('controller')]) {
        const { status, stderr } = await run(...refused);
        assert.is(status, 1, stderr);
        assert.match(stderr, /^p4runpro: localhost:\d+: .+\n$/);
      }
      const { status, stderr } = await run(...CA, ...identity('controller'));
      assert.is(status, 0, stderr);
    } finally {
      await stopped(server);
    }
  }));

test('a served switch runs the commands of an operator, and takes frames by HTTP, UDP and captures', () =>
  withFolder(async (folder) => {
    const server = await serving(folder, '--http', '0', '--udp', '0', '--pcap-dir', 'ports', '--forward', '1:2');
    const run = commands(folder, '--target', `127.0.0.1:${server.ports.get('BF Runtime')}`, '--journal', 'j');
    await operate(run);

    const post = async (body: unknown) => {
      const url = `http://127.0.0.1:${server.ports.get('HTTP')}/packets`;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, json: (await response.json()) as { packets?: unknown; error?: string } };
    };
    const packet = frame({ ipv4: { src: 1, dst: 2 }, udp: {} });
    const hex = Buffer.from(packet).toString('hex');
    const octets = packet.length;
    assert.equal(await post({ port: 1, hex }), { status: 200, json: { packets: [{ port: 2, hex }] } });
    assert.equal(
      await post([
        { port: 1, hex },
        { port: 3, hex },
      ]),
      { status: 200, json: { packets: [{ port: 2, hex }] } },
    );
    for (const bad of ['{', {}, { port: 1 }, { port: 1, hex: 'x' }, { port: 512, hex }, { port: 1, hex: '' }, null]) {
      assert.is((await post(bad)).status, 400, JSON.stringify(bad));
    }
    const counters = await (await fetch(`http://127.0.0.1:${server.ports.get('HTTP')}/ports`)).json();
    assert.equal(counters, {
      ports: [
        { port: 1, up: true, received: 2, sent: 0, receivedOctets: 2 * octets, sentOctets: 0 },
        { port: 2, up: true, received: 0, sent: 2, receivedOctets: 0, sentOctets: 2 * octets },
        { port: 3, up: true, received: 1, sent: 0, receivedOctets: octets, sentOctets: 0 },
      ],
    });

    const socket = createSocket('udp4');
    const answer = once(socket, 'message');
    socket.send(Buffer.concat([Buffer.of(0, 1), packet]), server.ports.get('UDP') ?? 0, '127.0.0.1');
    const [datagram] = (await answer) as [Buffer];
    assert.is(datagram.toString('hex'), `0002${hex}`);
    socket.close();

    const batch = createPacketBatch(2, 4096);
    for (const port of [1, 3]) appendPacketBytes(batch, packet, port);
    const writer = createCaptureWriter(join(folder, 'a.pcapng'));
    writer.writeBatch(batch);
    writer.close();
    copyFileSync(join(folder, 'a.pcapng'), join(folder, 'ports', 'in', 'a.partial'));
    renameSync(join(folder, 'ports', 'in', 'a.partial'), join(folder, 'ports', 'in', 'a.pcapng'));
    while (!existsSync(join(folder, 'ports', 'done', 'a.pcapng')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const info = await type('bench', ['trace', 'info', join('ports', 'out', 'a.pcapng')], { folder });
    assert.match(info.stdout, /^packets +1: /m);
    await stopped(server);
  }));

test('the transcript of the README has the real output', () =>
  withFolder(async (folder) => {
    const readme = readFileSync(packageFile('README.md'), 'utf8');
    const block = /```console\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const steps = block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...output] = step.split('\n');
        return { command, output: output.join('\n') };
      });
    assert.is(steps.length, 5);
    cpSync(packageFile('bench', 'programs'), join(folder, 'bench', 'programs'), { recursive: true });
    const [first, ...rest] = steps;
    assert.is(first?.command, 'npx p4runpro serve --http 8080 --forward 1:2 &');
    const server = await serving(folder, '--http', '0', '--forward', '1:2');
    const [grpc, http] = [server.ports.get('BF Runtime'), server.ports.get('HTTP')];
    assert.match(first?.output ?? '', /^BF Runtime .* on 127\.0\.0\.1:50052\nHTTP on 127\.0\.0\.1:8080\n$/);
    for (const { command, output } of rest) {
      const here = command.replace(':50052', `:${grpc}`).replace(':8080', `:${http}`);
      const packet = /^curl -s (\S+) -H (\S+):(\S+) -d '(.*)'$/.exec(here);
      const [, url = '', header = '', value = '', body = ''] = packet ?? [];
      const found = packet
        ? await (await fetch(`http://${url}`, { method: 'POST', headers: { [header]: value }, body })).text()
        : await type('p4runpro', [...here.split(' ').slice(2), '--journal', 'j'], { folder }).then(
            ({ stdout }) => stdout,
          );
      assert.is(found, output, command);
    }
    await stopped(server);
  }));

test('after a controller is killed at any point, the next one recovers the transaction', () =>
  withFolder(async (folder) => {
    const server = await serving(folder);
    const where = ['--target', `127.0.0.1:${server.ports.get('BF Runtime')}`, '--journal', 'j'];
    const run = commands(folder, ...where);
    for (const wait of [200, 300, 420]) {
      const child = spawn(process.execPath, [CLI, 'deploy', program('sf'), program('nc'), program('hh'), ...where], {
        cwd: folder,
        stdio: 'ignore',
      });
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGKILL');
      await once(child, 'exit').catch(() => undefined);
      // Ends the transaction that was interrupted.
      assert.is(await run(0, 'repair'), 'nothing to repair: the switch is as the journal says\n');
      assert.is(await run(0, 'show', 'drift'), AS_DEPLOYED);
      const shown = JSON.parse(await run(0, 'show', 'programs', '--json')) as { programs: { program: string }[] };
      if (shown.programs.length > 0) await run(0, 'revoke', ...shown.programs.map(({ program: name }) => name));
      assert.not.match(await run(0, 'show', 'entries'), /tb_/);
    }
    await stopped(server);
  }));

test('the switches of a network are served at a port each, and frames go over their links', () =>
  withFolder(async (folder) => {
    const document = {
      schema: 'p4runpro-bench/network@1',
      switches: { leaf: { forward: { 1: 10, 10: 1 } }, spine: { forward: { 20: 21 } } },
      hosts: { client: {} },
      links: [
        { between: ['leaf:10', 'spine:20'], gigabitsPerSecond: 100, delayNs: 500 },
        { between: ['client:0', 'leaf:1'], gigabitsPerSecond: 100, delayNs: 500 },
      ],
      microseconds: 1,
    };
    writeFileSync(join(folder, 'network.json'), JSON.stringify(document));
    const server = await serving(folder, '--http', '0', '--network', 'network.json');
    const portOf = (name: string): number => server.ports.get(name) ?? 0;
    const deploy = async (name: string, file: string): Promise<void> => {
      const where = ['--target', `127.0.0.1:${portOf(`BF Runtime of ${name}`)}`, '--journal', `${name}.journal`];
      const { status, stderr } = await type('p4runpro', ['deploy', program(file), ...where], { folder });
      assert.is(status, 0, stderr);
    };
    // A connection that stayed open would keep the command from its end.
    const connections = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = connections();
    writeFileSync(join(folder, 'wrong.journal'), 'no journal\n');
    const leaf = ['--target', `127.0.0.1:${portOf('BF Runtime of leaf')}`, '--journal', 'wrong.journal'];
    const refused = await type('p4runpro', ['deploy', program('cms'), ...leaf], { folder });
    assert.match(refused.stderr, /wrong\.journal/);
    for (let n = 0; n < 100 && connections() > before; n++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.is(connections(), before);
    // One controller, two switches: the leaf rewrites nothing, the spine balances.
    await deploy('leaf', 'cms');
    await deploy('spine', 'lb');
    const packet = frame({ ipv4: { src: 0x0a000001, dst: 0x0a000009 }, udp: { src: 5, dst: 6 } });
    const answer = await fetch(`http://127.0.0.1:${portOf('HTTP of leaf')}/packets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ port: 1, hex: Buffer.from(packet).toString('hex') }),
    });
    const { packets } = (await answer.json()) as { packets: { switch: string; port: number; hex: string }[] };
    // The balancer of the spine writes address 0, which its memory has, and forwards to port 0.
    assert.equal(
      packets.map(({ switch: name, port, hex }) => [name, port, hex.slice(60, 68)]),
      [['spine', 0, '00000000']],
    );
    const shown = await type(
      'p4runpro',
      ['show', 'programs', '--target', `127.0.0.1:${portOf('BF Runtime of spine')}`, '--journal', 'spine.journal'],
      { folder },
    );
    assert.match(shown.stdout, /^lb /m);
    await stopped(server);
  }));

test('switches in a row are not served as one', async () => {
  const row = {
    schema: 'p4runpro-bench/network@1',
    switches: { a: { switches: 2, forward: { 1: 2 } } },
    microseconds: 1,
  };
  const read = networkFromText(JSON.stringify(row), 'n.json', '.');
  try {
    await linkedSwitches(read, { countsHits: false, clock: () => 0n });
    assert.unreachable();
  } catch (error) {
    assert.match(
      String(error),
      /n\.json:1:\d+: switches\.a\.switches: switches in a row are not served as one \(give each/,
    );
  }
});

const SERVE = ['serve', '--port', '0'];
const SHOW = ['show', 'programs', '--target'];
await testRefusals('p4runpro', [
  { args: [...SERVE, '--max-message', '0'], says: /--max-message takes a whole number from 1 to 1,024, not '0'/ },
  { args: [...SERVE, '--keepalive', 'often'], says: /--keepalive takes a whole number from 1 to 86,400, not 'often'/ },
  { args: [...SERVE, '--keepalive-timeout', '3'], says: /--keepalive-timeout belongs to --keepalive/ },
  {
    args: [...SERVE, '--forward', '1:2', '--forward', '01:3'],
    says: /--forward 1:2 and --forward 01:3 have the same ingress port/,
  },
  {
    args: [...SERVE, '--tls-ca', 'nowhere.pem'],
    says: /--tls-ca: nowhere\.pem cannot be read: no such file or directory/,
  },
  { args: [...SERVE, '--tls-key', tlsFile('switch.key')], says: /--tls-certificate and --tls-key need each other/ },
  {
    args: [...SERVE, '--network', 'n.json', '--udp', '0'],
    says: /--udp is for one switch, not for --network/,
  },
  { args: [...SERVE, '--network', 'nowhere.json'], says: /nowhere\.json: no such file or directory/ },
  { args: [...SERVE, ...CA], says: /--tls-ca needs --tls-certificate and --tls-key/ },
  { args: [...SHOW, 'localhost:1', '--tls-ca', packageFile('README.md')], says: /README\.md is not a PEM file/ },
  { args: [...SHOW, 'sim', '--state', 's', ...CA], says: /--tls-ca, .* need --target HOST:PORT/ },
]);

test.run();
