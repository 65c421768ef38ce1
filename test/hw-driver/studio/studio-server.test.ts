/** The loopback server of the studio: its headers, what it gives out, and whom it refuses. */
import { writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageFile, type StudioFiles, serveStudio } from '../../../hw-driver/studio/server/studio-server.js';
import { withFolder } from '../../command-line.js';

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ask = (port: number, path: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on('error', reject).end();
  });

async function served(files: StudioFiles, body: (port: number) => Promise<void>): Promise<void> {
  const server = await serveStudio(files, 0);
  try {
    await body(server.port);
  } finally {
    await server.close();
  }
}

const FILES: StudioFiles = { dataPlane: 'default', programs: [{ name: 'a.p4runpro', text: '// <script>' }] };

test('it gives out the page, with the headers of shared memory and a policy that allows no code but its own', () =>
  served(FILES, async (port) => {
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/?x=1', 'text/html'],
      ['/studio.js', 'text/javascript'],
      ['/studio.css', 'text/css'],
      ['/licences.txt', 'text/plain'],
      ['/start.json', 'application/json'],
    ] as const) {
      const { status, headers } = await ask(port, path);
      assert.is(status, 200, path);
      assert.ok(headers['content-type']?.startsWith(type), path);
      assert.is(headers['cross-origin-opener-policy'], 'same-origin');
      assert.is(headers['cross-origin-embedder-policy'], 'require-corp');
      assert.is(headers['cross-origin-resource-policy'], 'same-origin');
      assert.match(String(headers['content-security-policy']), /default-src 'none'; script-src 'self';/);
    }
  }));

test('it gives out what the command line names, byte by byte, and nothing else', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'packets.pcap');
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
    writeFileSync(path, bytes);
    await served({ ...FILES, trace: { path, name: 'packets.pcap', bytes: bytes.length } }, async (port) => {
      const start = JSON.parse((await ask(port, '/start.json')).body.toString());
      assert.equal(start.programs, FILES.programs);
      assert.equal(start.trace, { name: 'packets.pcap', bytes: bytes.length });
      assert.is(start.dataPlane, 'default');
      assert.ok((await ask(port, '/trace')).body.equals(bytes));
      for (const other of ['/packets.pcap', '/../package.json', '/..%2fpackage.json', '//etc/passwd', '/__proto__']) {
        assert.is((await ask(port, other)).status, 404, other);
      }
    });
    await served(FILES, async (port) => assert.is((await ask(port, '/trace')).status, 404));
  }));

test('a capture that went away is a sentence', () =>
  served({ ...FILES, trace: { path: '/no/such/file', name: 'file', bytes: 1 } }, async (port) => {
    const { status, body } = await ask(port, '/trace');
    assert.is(status, 500);
    assert.match(body.toString(), /^the capture cannot be read: ENOENT/);
  }));

test('other hosts, origins and sites get nothing, and nobody writes', () =>
  served(FILES, async (port) => {
    const own = `127.0.0.1:${port}`;
    const refused: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{ host: `attacker.example:${port}` }, /'attacker.example:\d+' is not the address of this studio/],
      [{ host: `localhost.attacker.example:${port}` }, /is not the address/],
      [{ host: '127.0.0.1' }, /is not the address/],
      [{ host: `127.0.0.1:${port + 1}` }, /is not the address/],
      [{ host: `192.168.0.1:${port}` }, /is not the address/],
      [{ host: own, origin: 'http://attacker.example' }, /pages of http:\/\/attacker.example may not/],
      [{ host: own, origin: 'null' }, /pages of null may not/],
      [{ host: own, origin: `http://localhost:${port}` }, /may not use this studio/],
      [{ host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, /pages of other sites/],
    ];
    for (const path of ['/', '/start.json', '/trace', '/studio.js']) {
      for (const [headers, says] of refused) {
        const { status, body } = await ask(port, path, { headers });
        assert.is(status, 403, JSON.stringify(headers));
        assert.match(body.toString(), says);
      }
    }
    for (const host of [own, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      assert.is((await ask(port, '/', { headers: { host, origin: `http://${host}` } })).status, 200, host);
    }
    const linked = { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    assert.is((await ask(port, '/', { headers: linked })).status, 200, 'a link from elsewhere opens the page');
    const { status, headers } = await ask(port, '/start.json', { method: 'POST' });
    assert.is(status, 405);
    assert.is(headers.allow, 'GET, HEAD');
    assert.is((await ask(port, '/', { method: 'HEAD' })).body.length, 0);
  }));

/** Targets that are no addresses: `new URL` throws for each of them. */
const NO_ADDRESSES = ['//', '//[', 'http://name:99999/', '/\\\\', '*'];

test('targets that are no addresses get an answer, and the page is served after them', () =>
  served(FILES, async (port) => {
    for (const target of NO_ADDRESSES) {
      assert.is((await ask(port, target, { headers: { host: `127.0.0.1:${port}` } })).status, 404, target);
    }
    assert.is((await ask(port, '/')).status, 200);
  }));

test('all of the page has less than 1.5 MB, compressed', () => {
  const bytes = ['index.html', 'studio.js', 'worker.js', 'studio.css'].reduce(
    (sum, name) => sum + gzipSync(pageFile(name)).length,
    0,
  );
  assert.ok(bytes > 10_000 && bytes < 1_500_000, `${bytes} bytes`);
});

test.run();
