/** What happens in a switch with time. */

/** Kinds of events; none stands for no further event of a packet. */
export const EVENT = { received: 0, recirculated: 1, queue: 2, send: 3, depart: 4, none: 5 } as const;
/** Places of times in an array that the driver has: in fields and arguments they would be allocated as numbers. */
export const TIME = { now: 0, next: 1, tick: 2, horizon: 3 } as const;
export const NEVER = Number.POSITIVE_INFINITY;
