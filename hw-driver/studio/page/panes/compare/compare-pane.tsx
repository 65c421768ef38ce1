/** The pane of comparison: another version of a program over the same packets, and where it begins to differ. */
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { must } from '../../../../../compiler/data-plane/must.js';
import { PACKET_VERDICTS } from '../../../../../sim/history/packet-outcome.js';
import type { CompareAsk, Compared, ComparedOutcomes } from '../../../session/protocol.js';
import type { Pane } from '../../shell/pane.js';
import { numberAt } from '../../state/columns.js';
import { counted, grouped, packetNumber } from '../../state/format.js';
import { showPacket } from '../../state/places.js';
import { askSession } from '../../state/session-client.js';
import { moment, session, tell, timeline, work, working } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { verdictText } from '../../state/verdicts.js';
import { files, openedFile, type ProgramFile } from '../programs/files.js';
import { ComparedSteps } from './compared-steps.js';
import './compare.css';

interface Comparison extends Compared {
  readonly ask: CompareAsk;
  /** Of the other version. */
  readonly file: string;
}

const comparison = signal<Comparison | undefined>(undefined);
/** The difference that is shown, by its place among all. */
const shown = signal(0);
const chosenProgram = signal<string | undefined>(undefined);
const chosenFile = signal<number | undefined>(undefined);

/** Programs that were deployed before the moment or at it, the last first. */
function deployedPrograms(): readonly string[] {
  const deployed = timeline.value.events.filter(
    ({ event, state }) => event.kind === 'deploy' && state.kind === 'made' && event.packet <= moment.value,
  );
  return [...new Set(deployed.map(({ event }) => event.program).reverse())];
}

async function compare(program: string, fileId: number): Promise<void> {
  const file = files.value.find(({ id }) => id === fileId);
  if (file === undefined) return;
  const ask: CompareAsk = { program, text: file.text, at: moment.value };
  const answer = await working('Comparing', (options) => askSession('compare', ask, options));
  if (answer === undefined) return;
  comparison.value = { ...answer, ask, file: file.name };
  const from = answer.differences.findIndex((packet) => packet >= moment.value);
  shown.value = Math.max(0, from);
}

function step(steps: number): void {
  if (comparison.value === undefined) return;
  const last = comparison.value.differences.length - 1;
  shown.value = Math.max(0, Math.min(shown.value + steps, last));
}

function Content() {
  if (session.value === undefined) return <p class="pane-empty">The switch is not open.</p>;
  const programs = deployedPrograms();
  if (programs.length === 0) {
    return <p class="pane-empty">Deploy a program, then compare another version of it here, over the same packets.</p>;
  }
  return (
    <div class="compare-pane">
      <Choice programs={programs} />
      {comparison.value === undefined ? (
        <p class="fine">
          Change the text of a program, or open another one that has it. All packets run again with that version from
          the place where the program was deployed; the run that you look at stays.
        </p>
      ) : (
        <Result compared={comparison.value} />
      )}
    </div>
  );
}

/** The files whose text may have a program. */
const filesWith = (program: string): readonly ProgramFile[] =>
  files.value.filter(({ text }) => new RegExp(`\\bprogram\\s+${program}\\b`).test(text));

function Choice({ programs }: { readonly programs: readonly string[] }) {
  const wanted = chosenProgram.value ?? programs.find((name) => filesWith(name).includes(openedFile.value));
  const program = must(wanted !== undefined && programs.includes(wanted) ? wanted : programs[0], 'deployed program');
  const versions = filesWith(program);
  const file = versions.find(({ id }) => id === chosenFile.value) ?? versions.at(-1);
  return (
    <form
      class="compare-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== undefined) compare(program, file.id).catch(tell);
      }}
    >
      <label>
        <span class="fine">Program</span>
        <select value={program} onChange={({ currentTarget }) => (chosenProgram.value = currentTarget.value)}>
          {programs.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="fine">Its other version</span>
        <select
          value={String(file?.id)}
          onChange={({ currentTarget }) => (chosenFile.value = Number(currentTarget.value))}
        >
          {versions.map(({ id, name, text, saved }) => (
            <option key={id} value={String(id)}>
              {text === saved ? name : `${name} •`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="main" disabled={file === undefined || work.value !== undefined}>
        Compare
      </button>
    </form>
  );
}

function Result({ compared }: { readonly compared: Comparison }) {
  const { differences, packets, from, refused, ask, file } = compared;
  const isOld = useOutdated(compared);
  const packet = differences[shown.value];
  const of = `${counted(packets - from, 'packet')} from packet ${packetNumber(from)} on`;
  return (
    <>
      <p role="status">
        {differences.length === 0
          ? `${ask.program} and its version in ${file} treat ${of} alike.`
          : `${grouped(differences.length)} of ${of} differ; the first is packet ${packetNumber(numberAt(differences, 0))}.`}
        {isOld && <span class="warn"> The run has changed since: compare again.</span>}
      </p>
      {refused.map((reason) => (
        <p key={reason} class="bad">
          {reason}
        </p>
      ))}
      {packet !== undefined && !isOld && (
        <>
          <div class="compare-steps">
            <button
              type="button"
              disabled={shown.value === 0}
              onClick={() => step(-1)}
              title="The difference before (,)"
            >
              ◀
            </button>
            <button
              type="button"
              disabled={shown.value >= differences.length - 1}
              onClick={() => step(1)}
              title="The next difference (.)"
            >
              ▶
            </button>
            <span>
              difference {grouped(shown.value + 1)}:{' '}
              <button type="button" class="link" onClick={() => showPacket(packet)}>
                packet {packetNumber(packet)}
              </button>
            </span>
          </div>
          <Difference packet={packet} file={file} />
        </>
      )}
    </>
  );
}

/** Whether the timeline is another than that of the comparison. */
function useOutdated(compared: Comparison): boolean {
  const now = timeline.value;
  const then = useMemo(() => timeline.value, [compared]);
  return now !== then;
}

function Difference({ packet, file }: { readonly packet: number; readonly file: string }) {
  const { answer: outcomes } = useAnswer('compared-outcomes', { packet });
  const { answer: one } = useAnswer('packet', { packet });
  const { answer: other } = useAnswer('compared-packet', { packet });
  if (outcomes === undefined || outcomes.packet !== packet || one === undefined || other === undefined) return null;
  return (
    <>
      <table class="outcomes">
        <thead>
          <tr>
            <th />
            <th scope="col">now</th>
            <th scope="col">{file}</th>
          </tr>
        </thead>
        <tbody>
          <OutcomeRows outcomes={outcomes} />
        </tbody>
      </table>
      <ComparedSteps one={one} other={other} />
    </>
  );
}

function OutcomeRows({ outcomes: { one, other, parts } }: { readonly outcomes: ComparedOutcomes }) {
  const verdictOf = (outcome: ComparedOutcomes['one']): string =>
    verdictText(PACKET_VERDICTS.indexOf(outcome.verdict)).text;
  const rows: readonly (readonly [name: string, one: string, other: string, differs: boolean])[] = [
    ['verdict', verdictOf(one), verdictOf(other), parts.includes('verdict')],
    ['port', String(one.port ?? '–'), String(other.port ?? '–'), parts.includes('port')],
    ['passes', String(one.passes), String(other.passes), one.passes !== other.passes],
    [
      'bytes',
      parts.includes('bytes') ? 'differ' : 'equal',
      parts.includes('bytes') ? 'differ' : 'equal',
      parts.includes('bytes'),
    ],
  ];
  return (
    <>
      {rows.map(([name, left, right, differs]) => (
        <tr key={name} class={differs ? 'differs' : ''}>
          <th scope="row">{name}</th>
          <td>{left}</td>
          <td>{right}</td>
        </tr>
      ))}
    </>
  );
}

export const comparePane: Pane = {
  id: 'compare',
  title: 'Compare',
  area: 'tools',
  shortcuts: [
    { keys: [','], does: 'Show the difference before', run: () => step(-1) },
    { keys: ['.'], does: 'Show the next difference', run: () => step(1) },
  ],
  Content,
};
