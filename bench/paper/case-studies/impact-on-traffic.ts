/** 13a: impact on traffic. A program is deployed or revoked every half second; no filter matches the traffic. */
import seedrandom from 'seedrandom';
import type { Workload } from '../../workloads/workload.js';
import { ConventionalNetwork } from './conventional-switch.js';
import { Disturbances, ReceivedRate } from './measures.js';
import { both, emulated, instances, measured, type Outcome, type StudyOptions, type Update } from './study.js';
import type { Sample } from './virtual-time.js';

const SECONDS_BETWEEN_CHANGES = 0.5;

/** A random program is deployed or revoked every half second. */
function randomUpdates(workload: Workload, { seed, deploySeconds, seconds }: StudyOptions): Update[] {
  const random = seedrandom.alea(`${seed}/changes`);
  const running: string[] = [];
  const updates: Update[] = [];
  let number = 0;
  for (let at = deploySeconds; at < seconds; at += SECONDS_BETWEEN_CHANGES) {
    const which = Math.floor(random() * running.length);
    if (running.length > 0 && random() < 0.5) {
      const [program = ''] = running.splice(which, 1);
      updates.push({ seconds: at, event: `revoke ${program}`, request: { kind: 'revoke', program } });
    } else {
      const { name } = workload.arrival(number);
      running.push(name);
      updates.push({ seconds: at, event: `deploy ${name}`, request: { kind: 'deployArrival', number } });
      number++;
    }
  }
  return updates;
}

export async function impactOnTraffic(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('all-mixed', 1024, options);
  const updates = randomUpdates(workload, options);
  const [ours, theirs] = [new Disturbances(new ReceivedRate()), new Disturbances(new ReceivedRate())];
  const sides = [ours, theirs] as const;
  const network = emulated(workload, updates, options);
  const still = new ConventionalNetwork({ ...options, program: undefined });
  const p4runpro = await measured('background', network, ours, options, 0);
  const conventional = await measured('background', still, theirs, options, 1);
  const lowest = (samples: readonly Sample[]): number => Math.min(...samples.slice(1).map(({ value }) => value ?? 0));
  const mixed = network.played.reduce((sum, update) => sum + update.mixed, 0);
  return {
    p4runpro,
    conventional,
    events: updates,
    findings: [
      both('lowest rate of a sample, Mbit/s', [p4runpro, conventional], lowest),
      both('packets', sides, ({ packets }) => packets),
      both('packets lost', sides, ({ lost }) => lost),
      both('packets changed', sides, ({ changed }) => changed),
      both('packets sent elsewhere', sides, ({ diverted }) => diverted),
      { quantity: 'changes while packets passed', p4runpro: updates.length, conventional: 0 },
      { quantity: 'packets that met half a change', p4runpro: mixed, conventional: 0 },
    ],
  };
}
