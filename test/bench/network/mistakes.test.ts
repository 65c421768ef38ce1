/** What is said of faulty network files: all mistakes of each, in one golden text. */
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planNetwork } from '../../../bench/network/plan-network.js';
import { NetworkError, networkFromText, networkSchema, readNetwork } from '../../../hw-driver/network/index.js';
import { assertGolden, sourcePath } from '../../compiler/support.js';
import { schemaProblems } from '../../json-schema.js';

const FOLDER = sourcePath('test', 'bench', 'network', 'faulty');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

async function messageOf(file: string): Promise<string> {
  const path = sourcePath('test', 'bench', 'network', 'faulty', file);
  try {
    await planNetwork(readNetwork(path), { engine: 'interpreted', intervalNs: 1000 });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return error.message.replaceAll(path, relative(FOLDER, path));
  }
  return 'no mistakes';
}

test('twenty and more files with mistakes, each with its place and a hint', async () => {
  const messages: string[] = [];
  for (const file of FILES) {
    const message = await messageOf(file);
    assert.is.not(message, 'no mistakes', file);
    // The words of JSON.parse differ between versions of Node.js.
    messages.push(file === 'not-json.json' ? message.replace(/is not JSON: .*/s, 'is not JSON: …') : message);
  }
  assert.ok(messages.length >= 20, `${messages.length} files`);
  assertGolden(sourcePath('test', 'bench', 'network', 'mistakes.txt'), `${messages.join('\n\n')}\n`);
});

test('of very many mistakes the first are shown, and of too many nodes nothing but that', () => {
  const nodes = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`h${n}`, {}]));
  const messageFor = (hosts: object): readonly string[] => {
    try {
      const document = { schema: 'p4runpro-bench/network@1', switches: {}, hosts, microseconds: 1 };
      networkFromText(JSON.stringify(document), 'n.json', '.');
      return [];
    } catch (error) {
      return error instanceof NetworkError ? error.message.split('\n') : [];
    }
  };
  const lines = messageFor(nodes(150));
  assert.equal([lines.length, lines.at(-1)], [101, 'and 50 more mistakes']);
  assert.equal(messageFor(nodes(5000)), ['n.json:1:38: switches: 5000 nodes, and the maximum is 4096']);
});

test('the published schema is that of the reader', () => {
  assertGolden(sourcePath('docs', 'network.schema.json'), `${JSON.stringify(networkSchema(), null, 2)}\n`);
});

test('the schema accepts a network and refuses a misspelt key', () => {
  const network = { schema: 'p4runpro-bench/network@1', switches: { tor: { forward: { 1: 2 } } }, microseconds: 5 };
  assert.equal(schemaProblems(networkSchema(), network), []);
  assert.ok(schemaProblems(networkSchema(), { ...network, linkz: [] }).length > 0);
});

test.run();
