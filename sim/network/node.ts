/** A node of a network: what happens in it in virtual time, and what the group that runs it must know. */

export interface NetworkNode {
  readonly name: string;
  /** When the next thing happens in it, by all that it has got so far; infinity for never. */
  readonly nextPs: number;
  /** Up to when it knows all that it sends of itself; infinity if it needs to be told nothing more. See {@link PacketFeed}. */
  readonly knownPs: number;
  /** Lets all happen that happens before a time; nothing that comes to it later is earlier than that. */
  runBefore(timePs: number): void;
  /** What has happened in it so far: packets that came, left or were lost, and what hosts did. */
  readonly events: number;
  /** Packets that links are to deliver to it. */
  readonly onTheWay: number;
}
