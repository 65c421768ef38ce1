/** The commit of the code that runs, for the record of a result. */
import { spawnSync } from 'node:child_process';
import { packageFile } from '../../../traces/system/package-root.js';

/**
 * The commit of a working copy, with "+" if its files are changed.
 * @returns null if the folder is not the top of a working copy, or git is not installed
 */
export function sourceCommit(folder = packageFile()): string | null {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  // An installed package may lie inside the working copy of another project.
  if (git('rev-parse', '--show-prefix') !== '') return null;
  const commit = git('rev-parse', 'HEAD');
  return commit === null || git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+`;
}
