/** Frames by HTTP, in this process: what is taken, and from whom. */
import { type IncomingMessage, request as send } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultForwardEntry } from '../../compiler/index.js';
import { serveHttp } from '../../hw-driver/server/ports/packet-http.js';
import { SwitchPorts } from '../../hw-driver/server/ports/switch-ports.js';
import { Switch } from '../../sim/index.js';
import { dataPlane } from '../sim/test-switch.js';

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
