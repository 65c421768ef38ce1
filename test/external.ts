/** Tests that ask a program from outside: skipped where it is not installed, with a word that the runner repeats. */
import { test } from 'uvu';

export interface ExternalProgram {
  readonly name: string;
  readonly isInstalled: boolean;
}

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
