/** Colours that tell the headers of a packet apart, in its fields and in its bytes. */

/** As many as `packet.css` has. */
const BANDS = 6;

/** The class of a header by its place in the packet, from 0. */
export const bandOf = (place: number): string => `band-${place % BANDS}`;
