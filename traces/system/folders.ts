/** Creation of missing folders, and their removal if they were not used. */
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Creates a folder and its parents, and returns the topmost created one. Done step by step, since Node's recursive mkdir
 * hangs where the system reports a folder as missing that cannot be created, for example below /proc. @throws errors of the system, and one for an empty name
 */
export function makeFolders(path: string): string | undefined {
  // `resolve` would take it for the folder that the command was called in.
  if (path === '') throw new Error('its name is empty');
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  const made: string[] = [];
  try {
    for (const folder of missing) {
      if (existsSync(folder)) continue;
      mkdirSync(folder);
      made.unshift(folder);
    }
  } catch (error) {
    for (const folder of made) rmdirSync(folder);
    throw error;
  }
  return missing[0];
}

/** Removes a folder and those above it up to `first`, as {@link makeFolders} returned it, as far as nothing is in them. */
export function removeFolders(path: string, first: string | undefined): void {
  if (first === undefined) return;
  const last = resolve(first);
  try {
    for (let folder = resolve(path); folder.length >= last.length; folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // Another process has written to the folder, so it stays.
  }
}
