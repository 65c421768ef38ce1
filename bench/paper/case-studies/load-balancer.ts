/** 13c: a stateless load balancer, with servers on two ports and an equal number of table buckets for each. */
import { must } from '../../../compiler/data-plane/must.js';
import { LoadBalancer } from '../../verify/functions/load-balancer.js';
import { BYTES_PER_BUCKET } from '../../workloads/workload.js';
import { conventionalResources } from './conventional-hashes.js';
import { Imbalance } from './measures.js';
import { deployed, instances, type Outcome, type StudyOptions, settled } from './study.js';

const BUCKETS = 256;

export async function loadBalancer(options: StudyOptions): Promise<Outcome> {
  const workload = await instances('lb', BUCKETS * BYTES_PER_BUCKET, options);
  const arrival = workload.arrival(0);
  const value = (memory: string, bucket: number): number =>
    must(arrival.memoryValue?.(memory, bucket), `content of memory ${memory}`);
  const servers = {
    port: (bucket: number) => value('port', bucket),
    address: (bucket: number) => value('address', bucket),
  };
  const program = new LoadBalancer(servers, conventionalResources(BUCKETS, options.dataPlane));
  const measures = [new Imbalance([0, 1]), new Imbalance([0, 1])] as const;
  const outcome = await deployed('toServers', workload, program, measures, options);
  return { ...outcome, findings: [settled('imbalance after', outcome, options)] };
}
