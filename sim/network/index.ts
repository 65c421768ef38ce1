/** A network of switches, hosts and links on one virtual clock. */

export { HeldPackets } from '../pipeline/time/held-packets.js';
export { type Census, censusOf, sumOfCensuses, unaccounted } from './census.js';
export { type ChannelTap, LINK_LOSSES, type LinkLoss, type Outage } from './channel.js';
export { FOLLOWED_STEPS, type FollowedStep, type Follower } from './follower.js';
export type { HostOutlet, HostProcess } from './host.js';
export { HostNode, type HostTap, MAX_PACKET_BYTES } from './host-node.js';
export { Network, type NetworkOptions } from './network.js';
export { type GroupBorder, type GroupPause, NodeGroup } from './node-group.js';
export { PacketFeed } from './packet-feed.js';
export { PacketFifo } from './packet-fifo.js';
export { isAnswer, MAX_FOLLOWED, MAX_SENDERS, numberOf, senderOf, sentPsOf } from './packet-identity.js';
export { SharedBorder, type SharedDirection } from './parallel/shared-border.js';
export { newRing } from './parallel/shared-ring.js';
export { SwitchNode } from './switch-node.js';
export {
  type Direction,
  type LinkSpec,
  noBorder,
  type WiredChannel,
  type Wiring,
  type WiringOptions,
  wire,
} from './wiring.js';
