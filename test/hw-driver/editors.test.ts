/** Editors with the instructions of docs/EDITORS.md, as far as they can be had without a screen. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageFile } from '../../traces/system/package-root.js';
import { testWith } from '../external.js';

const folder = mkdtempSync(join(tmpdir(), 'editors-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** The block of the document in a language; the server is that of this build. */
function instructions(language: string): string {
  const text = readFileSync(packageFile('docs', 'EDITORS.md'), 'utf8');
  const [, block = ''] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  assert.match(block, /npx/);
  return block;
}

const cli = packageFile('dist', 'hw-driver', 'cli', 'cli.js');
const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).status === 0;

const PROGRAM = 'program p(<hdr.ipv4.dst, 1, 1>) {\n    FORWRD(1);\n    MEMREAD(m);\n}\n';

/** Waits for findings and asks for a hover, as keys would; writes both as JSON. */
const PROBE = `
local function found() return #vim.diagnostic.get(0) > 0 end
local waited = vim.wait(30000, found, 50)
local params = vim.lsp.util.make_position_params()
params.position = { line = 2, character = 6 }
local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', params, 30000)
local hover = ''
for _, answer in pairs(answers or {}) do hover = answer.result.contents.value end
local messages = {}
for _, each in ipairs(vim.diagnostic.get(0)) do
  table.insert(messages, { line = each.lnum, code = each.code or (each.user_data and each.user_data.lsp.code), message = each.message })
end
local file = io.open('outcome.json', 'w')
file:write(vim.fn.json_encode({ waited = waited, filetype = vim.bo.filetype, messages = messages, hover = hover }))
file:close()
vim.cmd('qall!')
`;

testWith(
  { name: 'Neovim', isInstalled: hasProgram('nvim') },
  'Neovim shows findings and hover with the lines of docs/EDITORS.md',
  () => {
    const own = `'${process.execPath}', '${cli}'`;
    writeFileSync(join(folder, 'init.lua'), instructions('lua').replace("'npx', '--no-install', 'p4runpro'", own));
    writeFileSync(join(folder, 'probe.lua'), PROBE);
    writeFileSync(join(folder, 'p.p4runpro'), PROGRAM);
    const words = ['--headless', '-n', '-u', 'init.lua', 'p.p4runpro', '-c', 'luafile probe.lua'];
    const { status, stderr } = spawnSync('nvim', words, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 90_000,
      env: { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder },
    });
    assert.is(status, 0, stderr);
    const outcome = JSON.parse(readFileSync(join(folder, 'outcome.json'), 'utf8')) as {
      waited: boolean;
      filetype: string;
      messages: { line: number; message: string }[];
      hover: string;
    };
    assert.ok(outcome.waited, stderr);
    assert.is(outcome.filetype, 'p4runpro');
    assert.equal(
      outcome.messages.map(({ line }) => line),
      [1, 2],
    );
    assert.match(outcome.messages[0]?.message ?? '', /there is no primitive FORWRD\ndid you mean FORWARD\?/);
    assert.match(outcome.hover, /MEMREAD/);
  },
);

test.run();
