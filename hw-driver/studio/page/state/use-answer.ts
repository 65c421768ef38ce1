/** Answers of the session for what a component shows. */
import { useEffect, useState } from 'preact/hooks';
import type { AnswerOf, AskOf, StudioKind } from '../../session/protocol.js';
import { askSession } from './session-client.js';
import { reasonOf, timeline } from './studio.js';

export interface Asked<Answer> {
  /** The last answer, also while the next one is on its way, so that nothing jumps. */
  readonly answer: Answer | undefined;
  /** Why the last question has none. */
  readonly error: string | undefined;
}

/**
 * Asks the session, again whenever the question or the timeline changes.
 * @param ask undefined to ask nothing: the last answer goes then
 */
export function useAnswer<Kind extends StudioKind>(kind: Kind, ask: AskOf<Kind> | undefined): Asked<AnswerOf<Kind>> {
  const [asked, setAsked] = useState<Asked<AnswerOf<Kind>>>({ answer: undefined, error: undefined });
  const version = timeline.value;
  const key = ask === undefined ? undefined : JSON.stringify(ask);
  // The key stands for the question.
  useEffect(() => {
    if (ask === undefined) {
      setAsked({ answer: undefined, error: undefined });
      return undefined;
    }
    const wanted = new AbortController();
    const { signal } = wanted;
    askSession(kind, ask, { signal }).then(
      (answer) => !signal.aborted && setAsked({ answer, error: undefined }),
      (error: unknown) => !signal.aborted && setAsked({ answer: undefined, error: reasonOf(error) }),
    );
    // A question that waits behind others is taken back.
    return () => wanted.abort();
  }, [kind, key, version]);
  return asked;
}
