/** The four case studies of the paper's figure 13, by name. */
import { heavyHitters } from './heavy-hitters.js';
import { impactOnTraffic } from './impact-on-traffic.js';
import { inNetworkCache } from './in-network-cache.js';
import { loadBalancer } from './load-balancer.js';
import type { Outcome, StudyName, StudyOptions, StudyResult } from './study.js';

const BY_NAME: Readonly<Record<StudyName, (options: StudyOptions) => Promise<Outcome>>> = {
  a: impactOnTraffic,
  b: inNetworkCache,
  c: loadBalancer,
  d: heavyHitters,
};

export async function runStudy(study: StudyName, options: StudyOptions): Promise<StudyResult> {
  return { study, ...(await BY_NAME[study](options)) };
}
