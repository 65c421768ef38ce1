/** Tests that ask a program from outside: skipped where it is not installed, with a word that the runner repeats. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';

export interface ExternalProgram {
  readonly name: string;
  readonly isInstalled: boolean;
}

/** Found without a start of it, which takes a large program most of a second. */
export const isOnPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

export function testWith(
  { name, isInstalled }: ExternalProgram,
  title: string,
  body: () => Promise<void> | void,
): void {
  if (isInstalled) {
    test(title, body);
    return;
  }
  test.skip(title, body);
  console.log(`skipped: ${title}: ${name} is not installed`);
}
