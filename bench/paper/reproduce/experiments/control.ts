/** Beyond the paper: rates of entries and programs over the control interface of a switch. */
import { must } from '../../../../compiler/data-plane/must.js';
import type { ControlCell } from '../cells/switch-cells.js';
import { type Experiment, type Setting, unpublished } from '../experiment.js';
import { timedValue } from '../value.js';

const controlCell = ({ seed, scale }: Setting): ControlCell => ({
  kind: 'control',
  workload: 'lb',
  programs: scale === 'full' ? 2800 : 200,
  repeats: scale === 'full' ? 5 : 2,
  seed,
});

export const control: Experiment = {
  id: 'control',
  title: 'Speed of the control interface',
  isExtra: true,
  about:
    'Load balancers over BF Runtime (gRPC, loopback) to the emulated switch in another thread: programs one by one ' +
    'from their text, each as a transaction with a journal on disk; and all their entries as one batched list.',
  cells: (setting) => [controlCell(setting)],
  findings(results, setting) {
    const measured = results(controlCell(setting));
    const { programs, entries, deploySeconds, insertsPerSecond, deletesPerSecond } = measured;
    const number = (value: number): string => value.toLocaleString('en-US');
    return {
      comparisons: [
        unpublished(`${number(programs)} programs deployed`, 's', timedValue(deploySeconds)),
        unpublished(`${number(entries)} entries inserted`, 'entries/s', timedValue(insertsPerSecond)),
        unpublished(`${number(entries)} entries deleted`, 'entries/s', timedValue(deletesPerSecond)),
      ],
      series: [
        {
          name: 'control',
          rows: deploySeconds.map((seconds, repeat) => ({
            repeat,
            programs,
            entries,
            deploy_s: seconds,
            inserts_per_second: must(insertsPerSecond[repeat], 'insertion rate of a repeat'),
            deletes_per_second: must(deletesPerSecond[repeat], 'deletion rate of a repeat'),
          })),
        },
      ],
      figures: [],
      notes: [
        'The emulated switch takes no time for a change of its tables; a chip and its driver would add their time.',
      ],
    };
  },
};
