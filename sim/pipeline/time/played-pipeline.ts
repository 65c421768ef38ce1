/** The RPBs of a pipeline, where an update may be played and walk some packets through them itself. */
import type { Phv } from '../../blocks/phv.js';
import type { Pipeline } from '../pipeline.js';
import type { UpdatePlayer } from './update-player.js';

export class PlayedPipeline {
  player: UpdatePlayer | undefined;

  constructor(private readonly pipeline: Pipeline) {}

  /** See {@link Pipeline.ingress}. */
  ingress(phv: Phv): boolean {
    const { pipeline, player } = this;
    if (player?.walksIngress(phv) !== true) pipeline.engine.ingress(phv);
    return pipeline.leaveIngress(phv);
  }

  /** See {@link Pipeline.egress}. */
  egress(phv: Phv): boolean {
    const { pipeline, player } = this;
    if (player?.walksEgress(phv) !== true) pipeline.engine.egress(phv);
    return pipeline.leaveEgress(phv);
  }
}
