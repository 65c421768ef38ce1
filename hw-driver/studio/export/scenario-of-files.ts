/** The scenario of files, as a page that is started with them has it: programs deployed, then all packets run. */
import { base64UrlOf } from '../scenario/base64url.js';
import type { StudioFiles } from '../server/studio-server.js';
import { SessionError } from '../session/failure.js';
import type { SessionProgress } from '../session/protocol.js';
import { StudioSession } from '../session/session.js';
import { fileBlob } from './file-blob.js';

/**
 * @param tell called with a sentence on what was left out
 * @returns the packed scenario as text
 * @throws {DomainError} what the session refuses
 */
export async function scenarioOfFiles(
  { dataPlane, programs, trace }: StudioFiles,
  title: string,
  progress: (what: string, at: SessionProgress) => void,
  tell: (note: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const session = new StudioSession();
  const working = (what: string) => ({ signal, progress: (at: SessionProgress) => progress(what, at) });
  await session.ask({ kind: 'open', dataPlane }, working('opening'));
  if (trace !== undefined) {
    const { name, path, bytes } = trace;
    const origin = { kind: 'capture', name, blob: fileBlob(path, bytes) } as const;
    const { notes } = await session.ask({ kind: 'add-packets', origin }, working('reading packets'));
    notes.forEach(tell);
  }
  for (const { name, text } of programs) {
    const checked = await session.ask({ kind: 'check-text', text }, working('checking'));
    const error = checked.findings.find(({ severity }) => severity === 'error');
    if (error !== undefined) {
      const message = `${name} has errors: line ${error.span.line}: ${error.message}`;
      throw new SessionError('bad-program', message, checked.findings);
    }
    for (const program of checked.programs) {
      const event = { kind: 'deploy', packet: 0, program, text } as const;
      await session.ask({ kind: 'make-event', event }, working('deploying'));
    }
  }
  await session.ask({ kind: 'run' }, working('running packets'));
  const view = { moment: 0 };
  const packed = await session.ask({ kind: 'pack-scenario', title, files: programs, view }, working('packing'));
  return base64UrlOf(packed.bytes);
}
