/** Files of the studio that commands write: the page with a scenario. */
import { writeResult } from '../../../hw-driver/cli/kit/program-documents.js';
import type { Scenario } from '../../../hw-driver/studio/scenario/index.js';

/** Writes the page with a scenario as one file. @returns a line that says so */
export async function writeStudioFile(path: string, scenario: Scenario): Promise<string> {
  // The page is read for those who ask for it only.
  const [{ exportedFile }, { textOfScenario }] = await Promise.all([
    import('../../../hw-driver/studio/export/built-page.js'),
    import('../../../hw-driver/studio/scenario/index.js'),
  ]);
  const html = exportedFile(textOfScenario(scenario), scenario.title);
  writeResult(path, html);
  return `${path}: ${Buffer.byteLength(html).toLocaleString('en-US')} bytes, which a browser opens`;
}

/** Words of a command, as a shell takes them. */
export const shellText = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
