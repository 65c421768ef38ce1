/** Modules of users that a cell names: a worker that takes none looks for them itself, as anybody may have sent the cell. */
import { readFileSync } from 'node:fs';
import { isModulePath } from '../../../hw-driver/index.js';
import { isDocumentName, textsIn } from '../cell/named-files.js';

/**
 * The name of a module in the values of a cell, among its files, or in one of its documents.
 * @param places of the files on this machine
 */
export function moduleIn(cell: unknown, places: Readonly<Record<string, string>>): string | undefined {
  const documents = Object.entries(places).filter(([name]) => isDocumentName(name));
  const named = documents.flatMap(([, place]) => documentTexts(readFileSync(place, 'utf8')));
  return [...textsIn(cell), ...Object.keys(places), ...named].find(isModulePath);
}

function documentTexts(text: string): readonly string[] {
  try {
    return textsIn(JSON.parse(text));
  } catch {
    // The reader of the document says what is wrong with it.
    return [];
  }
}
