/**
 * A workload of one's own: which program comes n-th, as text. Here each program is a rate counter of one customer, and
 * every tenth has a table of counters ten times as large. Packets that match the filter of a program follow from it; a
 * workload may give others (`traffic`), and what memories hold at the beginning (`memoryValue`).
 *
 * @param {import('p4runpro-sim/bench').WorkloadSettings} settings what the command line says
 * @returns {import('p4runpro-sim/bench').OwnWorkload}
 */
export default ({ memoryBytes = 256 }) => ({
  name: 'customers',
  program(number) {
    const words = (number % 10 === 0 ? 16 : 1) * (memoryBytes / 4);
    const network = `10.${Math.floor(number / 256)}.${number % 256}.0`;
    return {
      source: `
        @packets ${words}
        program customer_${number}(<hdr.ipv4.dst, ${network}, 255.255.255.0>) {
            HASH_5_TUPLE_MEM(packets);
            LOADI(sar, 1);
            MEMADD(packets);
            FORWARD(${number % 32});
        }`,
      memoryValue: () => 0,
    };
  },
});
