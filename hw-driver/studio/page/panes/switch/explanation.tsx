/** Where the programs of the opened text lie and why; why one does not fit, and changes with which it does. */

import { must } from '../../../../../compiler/data-plane/must.js';
import type { Proposal } from '../../../../../compiler/explain/index.js';
import type { ExplainedText } from '../../../session/protocol.js';
import { notify } from '../../shell/notices.js';
import { askSession } from '../../state/session-client.js';
import { makeEvent, moment, tell, work } from '../../state/studio.js';
import { useAnswer } from '../../state/use-answer.js';
import { replaceText } from '../programs/editor-view.js';
import { openedFile } from '../programs/files.js';

export function Explanation() {
  const { text } = openedFile.value;
  const { answer, error } = useAnswer('explain', text.trim() === '' ? undefined : { at: moment.value, text });
  if (text.trim() === '') return <p class="fine">There is no program in the editor.</p>;
  if (error !== undefined) return <p class="fine">{error}: the pane of programs shows where.</p>;
  if (answer === undefined) return <p class="fine">…</p>;
  return (
    <div class="explanations">
      {answer.results.map(({ program }, i) => (
        <ExplainedProgram key={program} answer={answer} place={i} text={text} />
      ))}
    </div>
  );
}

interface ExplainedProps {
  readonly answer: ExplainedText;
  readonly place: number;
  readonly text: string;
}

function ExplainedProgram({ answer, place, text }: ExplainedProps) {
  const result = must(answer.results[place], 'result of a program');
  const figure = answer.figures[place];
  return (
    <section aria-label={`Explanation of ${result.program}`}>
      {typeof figure === 'string' && (
        <a class="figure" href={svgAddress(figure)} target="_blank" rel="noreferrer" title="Open the figure in a tab">
          <img src={svgAddress(figure)} alt={`RPBs and entries of ${result.program}: the text below says the same`} />
        </a>
      )}
      {!result.fits && result.proposals.length > 0 && (
        <ul class="proposals" aria-label={`Changes with which ${result.program} fits`}>
          {result.proposals.map((proposal, i) => (
            <ProposalRow
              key={i}
              proposal={proposal}
              words={must(answer.proposals[place]?.[i], 'words of a proposal')}
              program={result.program}
              text={text}
            />
          ))}
        </ul>
      )}
      <pre>{answer.texts[place]}</pre>
    </section>
  );
}

/** As an image, in which nothing runs. */
const svgAddress = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

interface ProposalProps {
  readonly proposal: Proposal;
  readonly words: string;
  readonly program: string;
  readonly text: string;
}

function ProposalRow({ proposal, words, program, text }: ProposalProps) {
  return (
    <li>
      <button
        type="button"
        disabled={work.value !== undefined}
        aria-label={`Apply: ${words}`}
        onClick={() => apply(proposal, program, text).catch(tell)}
      >
        Apply
      </button>
      <span>{words}</span>
    </li>
  );
}

/** Carries a proposal out: in the text of the editor, or on the switch. */
async function apply(proposal: Proposal, program: string, text: string): Promise<void> {
  const packet = moment.value;
  switch (proposal.kind) {
    case 'smaller-memory':
    case 'fewer-cases':
    case 'forward-first': {
      const changed = await askSession('apply-proposal', { text, program, proposal });
      if (changed.text === null) notify('error', 'The text in the editor is another one now.');
      else replaceText(changed.text);
      return;
    }
    case 'more-recirculations': {
      const { recirculations } = proposal;
      await makeEvent({ packet, kind: 'deploy', program, text, recirculations });
      return;
    }
    case 'filter-priority':
      await makeEvent({ packet, kind: 'deploy', program, text, filterPriority: proposal.priority });
      return;
    case 'revoke':
      for (const gone of proposal.programs) await makeEvent({ packet, kind: 'revoke', program: gone });
      return;
    case 'more-switches':
      notify('error', 'This page has one switch: p4runpro compile --switches places a program over several.');
  }
}
