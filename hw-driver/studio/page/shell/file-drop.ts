/** Files that are dropped on the page: texts of programs go to the editor, others are captures. */
import { openCapture } from '../panes/packets/packets-pane.js';
import { openProgram } from '../panes/programs/programs-pane.js';
import { notify } from './notices.js';

/** Programs of other endings than ours are plain texts. */
const PROGRAM_NAME = /\.(p4runpro|txt)$/i;

async function take(files: readonly File[]): Promise<void> {
  for (const file of files.filter(({ name }) => PROGRAM_NAME.test(name))) await openProgram(file);
  const [capture, another] = files.filter(({ name }) => !PROGRAM_NAME.test(name));
  if (another !== undefined) notify('error', 'One capture at a time can be opened: drop the others after it.');
  else if (capture !== undefined) await openCapture(capture);
}

/** Whether files are dragged, and not text in the editor. */
const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

/** Takes files wherever they are dropped. @returns a function that ends it */
export function acceptFiles(): () => void {
  const ending = new AbortController();
  const mark = (isOver: boolean): void => void document.body.classList.toggle('takes-files', isOver);
  const options = { signal: ending.signal, capture: true };
  const onDrag = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(true);
  };
  document.addEventListener('dragenter', onDrag, options);
  document.addEventListener('dragover', onDrag, options);
  document.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && mark(false), options);
  document.addEventListener(
    'drop',
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      mark(false);
      if (event.dataTransfer !== null) void take(Array.from(event.dataTransfer.files));
    },
    options,
  );
  return () => ending.abort();
}
