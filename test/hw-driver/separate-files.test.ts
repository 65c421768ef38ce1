/** What a command writes takes the place of nothing that it reads. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireSeparateFiles } from '../../hw-driver/cli/kit/separate-files.js';
import { UsageError } from '../../hw-driver/index.js';
import { type, withFolder } from '../command-line.js';

test('an output is an input: under its own name, another, and through a link', () =>
  withFolder(async (folder) => {
    const input = join(folder, 'in');
    const link = join(folder, 'link');
    writeFileSync(input, '');
    symlinkSync('in', link);
    for (const output of [input, join(folder, 'x', '..', '.', 'in'), link]) {
      assert.throws(
        () => requireSeparateFiles({ '-o': output }, ['other', undefined, input]),
        (error: unknown) =>
          error instanceof UsageError &&
          error.message === `-o ${output} would overwrite ${input}, which the command reads`,
      );
    }
    requireSeparateFiles({ '-o': join(folder, 'out'), '--svg': undefined }, [input]);
  }));

test('two outputs are one file, which need not be there yet', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'new');
    assert.throws(
      () => requireSeparateFiles({ '-o': file, '--svg': file }, []),
      /--svg .*new would overwrite the output of -o/,
    );
  }));

test('devices are no files, and what cannot be written is said later', () => {
  requireSeparateFiles({ '-o': '/dev/null', '--svg': '/dev/null' }, ['/dev/null']);
  requireSeparateFiles({ '-o': '/nowhere/at/all', '--svg': '' }, ['/nowhere/at/all']);
});

test('bench run and replay leave their captures and programs as they are', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'p.p4runpro'), 'program p(<hdr.ipv4.dst, 0, 0>) { FORWARD(5); }');
    await type('bench', ['trace', 'generate', 'in.pcap', '--packets', '5'], { folder });
    const run = ['run', '--programs', '1', '--workload', 'p.p4runpro', '--trace', 'in.pcap', '--out', 'r'];
    const replay = ['replay', 'p.p4runpro', '--trace', 'in.pcap'];
    for (const [args, says] of [
      [[...run, '--write', 'in.pcap'], '--write in.pcap would overwrite in.pcap, which the command reads'],
      [
        [...run, '--memory-out', 'p.p4runpro'],
        '--memory-out p.p4runpro would overwrite p.p4runpro, which the command reads',
      ],
      [[...replay, '--memory-out', 'in.pcap'], '--memory-out in.pcap would overwrite in.pcap, which the command reads'],
      [
        [...replay, '--expect', 'in.pcap', '--update'],
        '--expect in.pcap would overwrite in.pcap, which the command reads',
      ],
    ] as const) {
      const { status, stdout, stderr } = await type('bench', [...args], { folder });
      assert.is(status, 2, stderr);
      assert.is(stdout, '');
      assert.is(stderr, `bench: ${says}\n`);
    }
  }));

test.run();
