/** What docs/examples/README.md shows of each example. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../traces/system/package-root.js';

export interface ShownExample {
  /** Undefined for an example that Node or the shell runs by itself. */
  readonly command: string | undefined;
  readonly output: string;
}

/** By the name of the file. */
export const shownExamples = (): ReadonlyMap<string, ShownExample> =>
  new Map(
    readFileSync(packageFile('docs', 'examples', 'README.md'), 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [, name = ''] = /^`(.+)`$/m.exec(section) ?? [];
        const [, command] = /```sh\n([\s\S]*?)\n```/.exec(section) ?? [];
        const [, output = ''] = /```text\n([\s\S]*?)```/.exec(section) ?? [];
        return [name, { command, output }];
      }),
  );
