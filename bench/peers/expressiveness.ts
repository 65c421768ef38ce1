/** What programs of each system can do. Source: the papers and the public artefacts; "assumed" where neither says so. */

export interface Expressed {
  readonly subject: string;
  readonly p4runpro: string;
  readonly activeRmt: string;
  readonly flyMon: string;
}

export const EXPRESSED: readonly Expressed[] = [
  {
    subject: 'where a program is',
    p4runpro: 'in entries of the switch, selected by a filter',
    activeRmt: 'in the packet, so end hosts cooperate',
    flyMon: 'in entries of the switch, selected by a filter',
  },
  {
    subject: 'programs for a packet',
    p4runpro: 'one, by priority of filters',
    activeRmt: 'one',
    flyMon: 'several, in units of their own',
  },
  {
    subject: 'memory',
    p4runpro: 'several memories of fixed size',
    activeRmt: 'accesses of fixed size, or elastic ones that share a stage and are moved',
    flyMon: 'one buddy block in each unit',
  },
  {
    subject: 'memory operations',
    p4runpro: 'read, write, add, subtract, max, and, or',
    activeRmt: 'read, write, increment, increment and minimum, conditional write',
    flyMon: 'conditional add, max, and-or',
  },
  { subject: 'control flow', p4runpro: 'branches', activeRmt: 'jumps', flyMon: 'none' },
  {
    subject: 'forwarding, header rewriting',
    p4runpro: 'both',
    activeRmt: 'forwarding; destination and the program’s own arguments',
    flyMon: 'neither',
  },
];

/** Which of the fifteen programs of the paper each system can express, by keys. */
export const EXPRESSED_PROGRAMS: readonly (Omit<Expressed, 'subject'> & { readonly programs: readonly string[] })[] = [
  { programs: ['cache', 'lb', 'hh'], p4runpro: 'yes', activeRmt: 'yes, in its artefact', flyMon: 'no' },
  { programs: ['acc', 'calc'], p4runpro: 'yes', activeRmt: 'in part (assumed)', flyMon: 'no' },
  { programs: ['cms', 'bf', 'sm', 'hll'], p4runpro: 'yes', activeRmt: 'not published', flyMon: 'yes' },
  { programs: ['nc', 'sf', 'l2', 'l3', 'tn', 'ecn'], p4runpro: 'yes', activeRmt: 'no', flyMon: 'no' },
];
