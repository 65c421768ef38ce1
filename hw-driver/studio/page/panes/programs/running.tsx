/** The programs of the opened file: what runs of them at the moment, and what can be done there. */
import type { ShownProgram } from '../../../session/protocol.js';
import { notify } from '../../shell/notices.js';
import { programColour } from '../../state/colours.js';
import { packetNumber } from '../../state/format.js';
import { askSession } from '../../state/session-client.js';
import { makeEvent, moment, session, timeline, work } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { checked } from './checked.js';
import { openedFile } from './files.js';

export type Change = 'deploy' | 'replace' | 'cases' | 'revoke';

interface Offered {
  readonly change: Change;
  readonly label: string;
  readonly title: string;
}

const DEPLOY: Offered = { change: 'deploy', label: 'Deploy', title: 'Put the program on the switch (Ctrl+Enter)' };
const REVOKE: Offered = { change: 'revoke', label: 'Revoke', title: 'Take the program off the switch' };
const REPLACE: Offered = {
  change: 'replace',
  label: 'Replace',
  title: 'Put this version in place of the one that runs; its memory begins empty (Ctrl+Enter)',
};
const CASES: Offered = {
  change: 'cases',
  label: 'Change cases',
  title: 'Add and remove cases of the program that runs; its memory stays',
};

/** What can be done with a program of the editor. @param running the same program on the switch */
function offered(running: ShownProgram | undefined, text: string): readonly Offered[] {
  if (running === undefined) return [DEPLOY];
  return running.text === text ? [REVOKE] : [REPLACE, CASES, REVOKE];
}

async function change(kind: Change, program: string, text: string): Promise<void> {
  const packet = moment.value;
  await makeEvent(kind === 'revoke' ? { packet, kind, program } : { packet, kind, program, text });
}

/** Names of the programs of the opened text; none if it has errors. */
function useProgramsOfText(): readonly string[] {
  const { text } = openedFile.value;
  const isOpen = session.value !== undefined;
  const { answer } = useAnswer('check-text', isOpen && text !== '' ? { text } : undefined);
  return answer === undefined ? [] : answer.programs;
}

function useRunning(): readonly ShownProgram[] {
  const { answer } = useAnswer('switch', session.value === undefined ? undefined : { at: moment.value });
  return answer === undefined ? [] : answer.programs;
}

/** Deploys or replaces all programs of the opened text, as far as they do not run at the moment. */
export async function runOpenedFile(): Promise<void> {
  const { text } = openedFile.value;
  const { programs, hasErrors } = await askSession('check-text', { text });
  if (hasErrors) {
    notify('error', 'The text has errors: F8 goes to the next one.');
    return;
  }
  const { programs: running } = await askSession('switch', { at: moment.value });
  for (const program of programs) {
    const there = running.find((each) => each.program === program);
    if (there?.text !== text) await change(there === undefined ? 'deploy' : 'replace', program, text);
  }
}

export function ProgramsOfText() {
  const programs = useProgramsOfText();
  const running = useRunning();
  const { text } = openedFile.value;
  const place = moment.value === 0 ? 'before the first packet' : `before packet ${packetNumber(moment.value)}`;
  const others = running.filter(({ program }) => !programs.includes(program));
  return (
    <div class="running">
      {programs.map((program) => (
        <ProgramRow
          key={program}
          program={program}
          running={running.find((each) => each.program === program)}
          text={text}
        />
      ))}
      {others.map((each) => (
        <ProgramRow key={each.program} program={each.program} running={each} text={each.text} />
      ))}
      <p class="fine">
        {timeline.value.packets === 0 ? 'Changes are made before the first packet.' : `Changes are made ${place}.`}
      </p>
    </div>
  );
}

interface RowProps {
  readonly program: string;
  readonly running: ShownProgram | undefined;
  readonly text: string;
}

function ProgramRow({ program, running, text }: RowProps) {
  const hasErrors = checked.value.findings.some(({ severity }) => severity === 'error');
  const state = running === undefined ? 'not on the switch' : running.text === text ? 'runs' : 'another version runs';
  return (
    <div class="program-row">
      <span class="swatch" style={{ background: programColour(running === undefined ? null : program) }} />
      <strong>{program}</strong>
      <span class="fine">{state}</span>
      <span class="row-tools">
        {offered(running, text).map(({ change: kind, label, title }, i) => (
          <button
            key={kind}
            type="button"
            class={i === 0 && kind !== 'revoke' ? 'main' : ''}
            title={title}
            aria-label={`${label} ${program}`}
            disabled={work.value !== undefined || (hasErrors && kind !== 'revoke')}
            onClick={() => change(kind, program, text)}
          >
            {label}
          </button>
        ))}
      </span>
    </div>
  );
}
