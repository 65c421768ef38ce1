/** `bench case-study` as a user types it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { caseStudyCommand } from '../../bench/cli/commands/case-study-command.js';
import { testForgottenValues, testRefusals, type, withFolder } from '../command-line.js';

/** A busy machine takes so long for a study that it says how far it is, every 5 s. */
const withoutProgress = (stderr: string): string => stderr.replaceAll(/^13[a-d]: \d+ %, after \d+ s\n/gm, '');

const SHORT = ['--seconds', '7', '--rate', '10', '--provisioning', '500'];

test('case-study: a table beside the published numbers, CSV and SVG', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await type('bench', ['case-study', 'b', 'a', ...SHORT], { folder });
    assert.is(status, 0, stderr);
    assert.is(withoutProgress(stderr), '');
    assert.match(stdout, /^figure +published +P4runpro +conventional$/m);
    assert.match(stdout, /^13a +packets lost +0 +0 +0$/m);
    assert.match(stdout, /^13b +rate after, Mbit\/s +40 +[34]\.\d+ +[34]\.\d+$/m);
    assert.match(stdout, /^13b +seconds without traffic +— +0 +0\.5$/m);
    const files = ['fig13a.csv', 'fig13a.svg', 'fig13b.csv', 'fig13b.svg'];
    assert.equal(readdirSync(join(folder, 'results', 'case-studies')).sort(), files);
    const lines = readFileSync(join(folder, 'results', 'case-studies', 'fig13b.csv'), 'utf8')
      .trim()
      .split('\n');
    assert.is(lines.length, 1 + 7 * 20);
  }));

test('case-study --json: one document', () =>
  withFolder(async (folder) => {
    const args = ['case-study', 'c', ...SHORT, '--json', '--out', 'there'];
    const { status, stdout, stderr } = await type('bench', args, { folder });
    assert.is(status, 0, stderr);
    const { schema, studies } = JSON.parse(stdout) as {
      schema: string;
      studies: { study: string; p4runpro: object[] }[];
    };
    assert.is(schema, 'p4runpro-bench/case-study@1');
    assert.equal(
      studies.map(({ study, p4runpro }) => [study, p4runpro.length]),
      [['c', 140]],
    );
  }));

test('Ctrl-C keeps the studies that are finished and says so', () =>
  withFolder(async (folder) => {
    const when = (): boolean => existsSync(join(folder, 'out', 'fig13b.svg'));
    const args = ['case-study', 'b', 'd', '--seconds', '25', '--rate', '20', '--out', 'out'];
    const { status, stderr } = await type('bench', args, { folder, ctrlC: { when } });
    assert.is(status, 130, stderr);
    assert.is(withoutProgress(stderr), 'bench: interrupted; 1 of 2 studies were finished\n');
    assert.equal(readdirSync(join(folder, 'out')).sort(), ['fig13b.csv', 'fig13b.svg']);
  }));

testForgottenValues('case-study', caseStudyCommand.options, [
  '--seconds',
  '--rate',
  '--provisioning',
  '--seed',
  '--out',
]);

await testRefusals('bench', [
  { args: ['case-study', 'e'], says: /there is no case study 'e': it is one of a, b, c, d/ },
  { args: ['case-study', '--seconds', '5'], says: /--seconds takes a whole number from 6/ },
  { args: ['case-study', '--provisioning', '15000'], says: /--provisioning leaves no time/ },
  { args: ['case-study', '--rate', '0'], says: /--rate takes a whole number from 1/ },
]);

test.run();
