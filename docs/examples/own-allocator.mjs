/**
 * An allocator of one's own: it decides which RPB each row of a program goes to. Everything else, from the check of the
 * text to the entries, stays as it is.
 *
 * First fit: each depth of the program goes to the first RPB behind the one before that has its actions, free entries and
 * memory. Rows that must share a physical RPB with an earlier one (two accesses of one memory) go to that RPB in a later
 * pass.
 *
 * @type {import('p4runpro-sim/compiler').Allocator}
 */
export default {
  name: 'first-fit',
  place({ rows, rpbCount, logicalRpbs }, free) {
    const placement = [];
    const entries = new Map();
    const memory = new Map();
    let at = 1; // the logical RPB: 1 is the first RPB of the first pass, rpbCount + 1 the first of the second
    for (const [i, row] of rows.entries()) {
      const fits = (logical) => {
        const rpb = (logical - 1) % rpbCount;
        const linked = row.link < 0 || (placement[row.link] - 1) % rpbCount === rpb;
        const used = entries.get(rpb) ?? 0;
        const blocks = [...(memory.get(rpb) ?? []), ...row.memories.map(({ buckets }) => buckets)];
        return (
          linked && row.allowed[rpb] === 1 && used + row.entries <= free.entries[rpb] && free.fitsMemory(rpb, blocks)
        );
      };
      while (at <= logicalRpbs && !fits(at)) at++;
      if (at > logicalRpbs) return { kind: 'doesNotFit', shortage: { row: i, cause: 'too-long' } };
      const rpb = (at - 1) % rpbCount;
      entries.set(rpb, (entries.get(rpb) ?? 0) + row.entries);
      memory.set(rpb, [...(memory.get(rpb) ?? []), ...row.memories.map(({ buckets }) => buckets)]);
      placement.push(at++);
    }
    return { kind: 'placed', placement };
  },
};
