/** `bench case-study`: the case studies of the paper's figure 13, in virtual time. */

import type { Argv } from 'yargs';
import { type ArgumentsOf, command } from '../../../hw-driver/cli/kit/command.js';
import { DATA_PLANE_OPTION, JSON_OPTION } from '../../../hw-driver/cli/kit/shared-options.js';
import { EXIT, loadDataPlane, UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { publishedFindings } from '../../paper/case-studies/published.js';
import { runStudy } from '../../paper/case-studies/studies.js';
import { STUDIES, type StudyName, type StudyOptions, type StudyResult } from '../../paper/case-studies/study.js';
import { caseStudyCsv, caseStudyFigure, caseStudyHeader, caseStudyLines } from '../report/case-study-report.js';
import { ResultFolder } from '../report/result-folder.js';
import { LongWork } from './long-work.js';
import { SEED_OPTION } from './shared-options.js';

const DEPLOY_SECONDS = 5;

const caseStudyOptions = (yargs: Argv) =>
  yargs
    .positional('studies', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'all',
      describe: 'Case studies: a (impact on traffic), b (in-network cache), c (load balancer), d (heavy hitters)',
    })
    .option('seconds', {
      type: 'string',
      default: '20',
      describe: `Length of a study in s of virtual time, at least ${DEPLOY_SECONDS + 1}; programs are deployed at ${DEPLOY_SECONDS} s`,
    })
    .option('rate', { type: 'string', default: '100', describe: 'Rate of the traffic in Mbit/s' })
    .option('provisioning', {
      type: 'string',
      default: '3000',
      defaultDescription: '3,000',
      describe: 'Time in ms that the switch forwards no packets while a conventional program is installed',
    })
    .options(DATA_PLANE_OPTION)
    .options(SEED_OPTION)
    .option('out', { type: 'string', default: 'results/case-studies', describe: 'Folder for the CSV and SVG files' })
    .options(JSON_OPTION)
    .epilogue(
      '4,096 flows, one sample every 50 ms. Each P4runpro program is installed entry by entry while packets pass. ' +
        'Each conventional program needs the switch to be provisioned again. The paper states that this takes seconds ' +
        'and gives no number; 3,000 ms is an assumption.',
    )
    .example('$0 case-study', 'All four, with the published results')
    .example('$0 case-study b --provisioning 5000', 'The cache, with 5 s of provisioning');

type CaseStudyArguments = ArgumentsOf<typeof caseStudyOptions>;

async function caseStudy(args: CaseStudyArguments): Promise<number> {
  const studies = studiesOf(args.studies);
  const options = optionsOf(args);
  const published = publishedFindings();
  return ResultFolder.during(args.out, async (folder) => {
    const done: StudyResult[] = [];
    const work = new LongWork(args.json);
    work.say([caseStudyHeader()]);
    const aborted = await work.during(async (signal) => {
      for (const study of studies) {
        const onProgress = (share: number): void => work.show(`13${study}: ${Math.floor(100 * share)} %`);
        const result = await runStudy(study, { ...options, signal, onProgress });
        if (signal.aborted) break;
        done.push(result);
        folder.write(`fig13${study}.csv`, caseStudyCsv(result));
        folder.write(`fig13${study}.svg`, await caseStudyFigure(result, options.megabitsPerSecond));
        work.say(caseStudyLines(result, published));
      }
    });
    if (args.json) process.stdout.write(`${JSON.stringify(documentOf(done, args), null, 2)}\n`);
    const files = done.map(({ study }) => `fig13${study}.csv, fig13${study}.svg`).join(', ');
    if (done.length === 0) folder.discard();
    else work.say(['', `results in ${args.out}: ${files}`]);
    if (aborted)
      process.stderr.write(`bench: interrupted; ${done.length} of ${studies.length} studies were finished\n`);
    return aborted ? EXIT.interrupted : EXIT.done;
  });
}

export const caseStudyCommand = command(caseStudyOptions, caseStudy);

function studiesOf(names: readonly string[]): readonly StudyName[] {
  if (names.length === 0) return STUDIES;
  const unknown = names.find((name) => !STUDIES.some((study) => study === name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no case study '${unknown}': it is one of ${STUDIES.join(', ')}`);
  }
  return STUDIES.filter((study) => names.includes(study));
}

function optionsOf(args: CaseStudyArguments): Omit<StudyOptions, 'signal' | 'onProgress'> {
  const options = {
    dataPlane: loadDataPlane(args.dataplane),
    seconds: wholeNumber('--seconds', args.seconds, DEPLOY_SECONDS + 1, 3600),
    megabitsPerSecond: wholeNumber('--rate', args.rate, 1, 10_000),
    deploySeconds: DEPLOY_SECONDS,
    provisioningSeconds: wholeNumber('--provisioning', args.provisioning, 0, 600_000) / 1000,
    seed: args.seed,
  };
  if (options.provisioningSeconds + DEPLOY_SECONDS >= options.seconds) {
    throw new UsageError('--provisioning leaves no time for the conventional program; --seconds has to be longer');
  }
  return options;
}

const documentOf = (studies: readonly StudyResult[], { seed, seconds, rate, provisioning }: CaseStudyArguments) => ({
  schema: 'p4runpro-bench/case-study@1',
  seed,
  seconds: Number(seconds),
  megabitsPerSecond: Number(rate),
  provisioningMilliseconds: Number(provisioning),
  studies,
});
