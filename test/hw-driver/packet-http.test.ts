/** Frames by HTTP, in this process: what is taken, and from whom. */
import { type IncomingMessage, request as send } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry } from '../../compiler/index.js';
import { serveHttp } from '../../hw-driver/server/ports/packet-http.js';
import { SwitchPorts } from '../../hw-driver/server/ports/switch-ports.js';
import { Switch } from '../../sim/index.js';
import { frame } from '../sim/frames.js';
import { dataPlane, filterEntry, rpbEntry } from '../sim/test-switch.js';

const plane = dataPlane('default');
const HEX = '00'.repeat(60);
const FRAME = JSON.stringify({ port: 1, hex: HEX });
const JSON_TYPE = { 'content-type': 'application/json' };

/** With headers that a browser would not let a page set. */
function ask(
  port: number,
  headers: Readonly<Record<string, string>>,
  body = FRAME,
  method = 'POST',
  path = '/packets',
) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asked = send({ port, host: '127.0.0.1', method, path, headers }, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject).end(body);
  });
}

test('pages of others, by any name, do not reach the switch; its own users do', async () => {
  const emulator = new Switch(plane);
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  const http = await serveHttp(new SwitchPorts(emulator), '127.0.0.1', 0);
  const own = `127.0.0.1:${http.port}`;
  const taken = [
    JSON_TYPE,
    { 'content-type': 'application/json; charset=utf-8' },
    { 'Content-Type': 'Application/JSON', host: 'localhost' },
    { ...JSON_TYPE, host: '[::1]:99' },
    { ...JSON_TYPE, origin: `http://${own}` },
  ];
  for (const headers of taken) {
    assert.equal(await ask(http.port, headers), { status: 200, text: `{"packets":[{"port":2,"hex":"${HEX}"}]}\n` });
  }
  const refused = [
    [403, { ...JSON_TYPE, origin: 'https://example.com' }],
    [403, { ...JSON_TYPE, origin: 'null' }],
    [403, { ...JSON_TYPE, origin: `http://localhost:${http.port}` }],
    [403, { ...JSON_TYPE, host: `example.com:${http.port}`, origin: `http://example.com:${http.port}` }],
    [403, { ...JSON_TYPE, host: 'example.com' }],
    [415, {}],
    [415, { 'content-type': 'text/plain' }],
    [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, { 'content-type': 'multipart/form-data' }],
  ] as const;
  for (const [status, headers] of refused) {
    assert.is((await ask(http.port, headers)).status, status, JSON.stringify(headers));
  }
  // A browser asks first whether it may: it is not told that it may.
  assert.is((await ask(http.port, { origin: 'https://example.com' }, '', 'OPTIONS')).status, 403);
  assert.is((await ask(http.port, { host: 'example.com' }, '', 'GET', '/ports')).status, 403);
  const counters = await ask(http.port, {}, '', 'GET', '/ports');
  assert.match(counters.text, new RegExp(`"port":1,"up":true,"received":${taken.length},`));
  await http.close();
});

test('a known path with another method is told which it takes, and an unknown one is unknown', async () => {
  const http = await serveHttp(new SwitchPorts(new Switch(plane)), '127.0.0.1', 0);
  const rows = [
    [405, 'GET', '/packets', '/packets takes POST, not GET'],
    [405, 'POST', '/ports', '/ports takes GET, not POST'],
    [404, 'GET', '/other', 'unknown request: POST /packets or GET /ports is expected'],
  ] as const;
  for (const [status, method, path, error] of rows) {
    const answered = await ask(http.port, JSON_TYPE, method === 'GET' ? '' : FRAME, method, path);
    assert.equal(answered, { status, text: `${JSON.stringify({ error })}\n` });
  }
  const { headers } = await fetch(`http://127.0.0.1:${http.port}/packets`);
  assert.is(headers.get('allow'), 'POST');
  await http.close();
});

test('frames come at the time of the clock that is given', () => {
  const extended = dataPlane('extended');
  const emulator = new Switch(extended);
  const entries = [
    defaultForwardEntry(extended, 1, 2),
    filterEntry(extended, 'L4', 1),
    rpbEntry(extended, 1, 'extract_igintrmdtimestamp_sar'),
    rpbEntry(extended, 2, 'modify_hdrl5key3_sar'),
  ];
  for (const entry of entries) emulator.apply({ kind: 'insertEntry', entry });
  let now = 1_700_000_000_000_000_005n;
  const ports = new SwitchPorts(emulator, undefined, () => now);
  const timestampOf = (): number => {
    const { left } = ports.send({ port: 1, bytes: frame({ udp: {}, l5: [0, 0, 0, 0] }) });
    const bytes = left[0]?.bytes ?? new Uint8Array();
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(54);
  };
  // 1,700,000,000 s are 0x17979cfe362a0000 ns.
  assert.is(timestampOf(), 0x362a0005);
  now += 0x1_0000_0007n;
  assert.is(timestampOf(), 0x362a000c);
});

test('no frame enters by the recirculation port, and none is counted; the CPU may send', async () => {
  const ports = new SwitchPorts(new Switch(plane));
  const http = await serveHttp(ports, '127.0.0.1', 0);
  const { recirculation, cpu } = plane.description.ports;
  const error = `port ${recirculation} is the recirculation port, by which no frame enters`;
  assert.equal(await ask(http.port, JSON_TYPE, JSON.stringify({ port: recirculation, hex: HEX })), {
    status: 400,
    text: `${JSON.stringify({ error })}\n`,
  });
  assert.equal(ports.ports.inUse(), []);
  assert.is((await ask(http.port, JSON_TYPE, JSON.stringify({ port: cpu, hex: HEX }))).status, 200);
  await http.close();
});

test('a frame that no port takes in or lets out is told with the reason, and the others go on', async () => {
  const emulator = new Switch(plane);
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 1, 2) });
  emulator.apply({ kind: 'insertEntry', entry: defaultForwardEntry(plane, 3, 1) });
  const ports = new SwitchPorts(emulator);
  for (const [port, up] of [
    [1, true],
    [2, false],
    [3, true],
  ] as const) {
    ports.ports.add(port, new Map([['$PORT_ENABLE', up]]));
  }
  const http = await serveHttp(ports, '127.0.0.1', 0);
  const frames = [1, 2, 3].map((port) => ({ port, hex: HEX }));
  const { text } = await ask(http.port, JSON_TYPE, JSON.stringify(frames));
  assert.equal(JSON.parse(text), {
    packets: [{ port: 1, hex: HEX }],
    lost: [
      { port: 1, reason: 'port 2 is disabled' },
      { port: 2, reason: 'port 2 is disabled' },
    ],
  });
  // One that is no frame: none is sent.
  const wrong = await ask(http.port, JSON_TYPE, JSON.stringify([...frames, { port: 512, hex: HEX }]));
  assert.is(wrong.status, 400);
  assert.is(ports.ports.countersOf(1).get('$FramesReceivedAll'), 1);
  await http.close();
});

test.run();
