/** The built page as texts, to be exported with a scenario. */
import { pageFile } from '../server/studio-server.js';
import { exportedPage, PAGE_TEXT_FILES } from './exported-page.js';

/** @throws if the project was built without the page */
export function exportedFile(scenario: string, title: string): string {
  const textOf = (name: string): string => pageFile(name).toString('utf8');
  const { index, script, worker, style, licences } = PAGE_TEXT_FILES;
  const texts = {
    index: textOf(index),
    script: textOf(script),
    worker: textOf(worker),
    style: textOf(style),
    licences: textOf(licences),
  };
  return exportedPage(texts, scenario, title);
}
