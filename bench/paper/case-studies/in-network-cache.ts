/** 13b: an in-network cache. Hits return to the sender, so the receiver gets the misses only. */
import { Cache } from '../../verify/functions/cache.js';
import { cachedKey } from '../../workloads/instance.js';
import { ReceivedRate } from './measures.js';
import {
  both,
  deployed,
  instances,
  mean,
  type Outcome,
  type StudyOptions,
  settled,
  silentSeconds,
  valuesBetween,
} from './study.js';
import type { Sample } from './virtual-time.js';

export async function inNetworkCache(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('cache', 1024, options);
  const program = new Cache([{ key1: cachedKey(0), key2: 0, bucket: 0 }], () => 1);
  const outcome = await deployed('requests', workload, program, [new ReceivedRate(), new ReceivedRate()], options);
  const sides = [outcome.p4runpro, outcome.conventional] as const;
  const before = (samples: readonly Sample[]): number | null => mean(valuesBetween(samples, 0, options.deploySeconds));
  return {
    ...outcome,
    findings: [
      both('rate before, Mbit/s', sides, before),
      settled('rate after, Mbit/s', outcome, options),
      both('seconds without traffic', sides, silentSeconds),
    ],
  };
}
