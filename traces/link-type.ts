import { CaptureError } from './capture-error.js';

/** The link type of Ethernet frames, LINKTYPE_ETHERNET of https://www.tcpdump.org/linktypes.html. */
export const LINK_TYPE_ETHERNET = 1;

/** Names of the link types that turn up in practice, from https://www.tcpdump.org/linktypes.html. */
const LINK_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'BSD loopback'],
  [6, 'Token Ring'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [12, 'raw IP'],
  [14, 'raw IP'],
  [101, 'raw IP'],
  [105, 'IEEE 802.11'],
  [108, 'OpenBSD loopback'],
  [113, 'Linux cooked capture'],
  [127, 'IEEE 802.11 with radiotap'],
  [192, 'per-packet information'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth HCI'],
  [220, 'Linux USB'],
  [228, 'raw IPv4'],
  [229, 'raw IPv6'],
  [249, 'USBPcap'],
  [276, 'Linux cooked capture v2'],
]);

/** @throws CaptureError 'unsupported-link-type' unless the link type is Ethernet. */
export function requireEthernet(linkType: number, path: string): void {
  if (linkType === LINK_TYPE_ETHERNET) return;
  const name = LINK_TYPE_NAMES.get(linkType) ?? 'a type this reader does not know';
  const detail = `packets have link type ${linkType} (${name}), only Ethernet (${LINK_TYPE_ETHERNET}) can be read`;
  throw new CaptureError('unsupported-link-type', path, detail);
}
