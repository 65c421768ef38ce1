/** What the commands of networks share: the file, and packets and links that users name. */
import { must } from '../../../compiler/data-plane/must.js';
import { UsageError, wholeNumber } from '../../../hw-driver/index.js';
import { linkName, type NetworkFile } from '../../../hw-driver/network/index.js';
import { MAX_FOLLOWED } from '../../../sim/network/index.js';
import type { FollowedPacket } from '../../network/network-plan.js';
import { nodeNumbers } from '../../network/plan-network.js';

/** Which packets are followed, from 1: `client1:5`, or `5` for that packet of each node that sends. @throws {UsageError} */
export function followedPackets(file: NetworkFile, texts: readonly string[]): FollowedPacket[] {
  const numbers = nodeNumbers(file);
  const senders = [
    ...Object.entries(file.switches).filter(([, { receive = [] }]) => receive.length > 0),
    ...Object.entries(file.hosts ?? {}),
  ].map(([name]) => name);
  return texts.flatMap((text) => {
    const [, name, digits] = /^(?:([A-Za-z][\w-]*):)?([\d,]+)$/.exec(text) ?? [];
    if (digits === undefined) throw new UsageError(`--follow takes a packet, as in 5 or client1:5, not '${text}'`);
    const number = wholeNumber('--follow', digits, 1, MAX_FOLLOWED + 1) - 1;
    if (name !== undefined && !senders.includes(name)) {
      throw new UsageError(`--follow: there is no node '${name}' that sends: there are ${senders.join(', ')}`);
    }
    return (name === undefined ? senders : [name]).map((sender) => ({
      node: must(numbers.get(sender), `number of ${sender}`),
      number,
    }));
  });
}

/** Places of the links to capture. @throws {UsageError} */
export function capturedLinks({ links = [] }: NetworkFile, names: readonly string[]): number[] {
  if (names.includes('all')) return links.map((_, place) => place);
  return names.map((name) => {
    const place = links.findIndex((link) => linkName(link) === name);
    if (place >= 0) return place;
    throw new UsageError(`--capture: there is no link '${name}': there are ${links.map(linkName).join(', ')}, or all`);
  });
}
