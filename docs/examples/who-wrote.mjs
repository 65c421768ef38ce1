/**
 * Records a run, asks a word of memory who wrote it, and lets the run go on in another way from a moment of the past.
 *
 * After `npm ci`: node docs/examples/who-wrote.mjs
 */
import {
  analyse,
  DEFAULT_RECIRCULATIONS,
  defaultDataPlane,
  installOperations,
  link,
  lower,
  SwitchState,
} from 'p4runpro-sim/compiler';
import { firstDifference, HistoryRecorder, HistorySearch, madePacket, parseCondition } from 'p4runpro-sim/sim';
import { appendPacketBytes, createPacketBatch, PacketStore } from 'p4runpro-sim/traces';

// The highest address that sent a packet.
const source = `@hosts 16
program latest(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {
  LOADI(mar, 0);
  EXTRACT(hdr.ipv4.src, sar);
  MEMMAX(hosts);
  MODIFY(hdr.ipv4.dst, sar);
  FORWARD(7);
}
`;
const dataPlane = defaultDataPlane();
const { programs, sourceHash } = analyse(source, dataPlane);
const [compiled] = programs.map((program) =>
  link(lower(program, dataPlane, DEFAULT_RECIRCULATIONS), new SwitchState(dataPlane), sourceHash),
);

// Packets of a run are kept as they arrive: here from 172.16.0.1, 172.16.0.3, 172.16.0.2, 172.16.0.9, 172.16.0.4.
const packets = new PacketStore();
const batch = createPacketBatch(8, 4096);
for (const host of [1, 3, 2, 9, 4]) {
  const { bytes, ingressPort } = madePacket(`ipv4.src=172.16.0.${host} ipv4.dst=10.0.0.1 udp.dst_port=53`, dataPlane);
  appendPacketBytes(batch, bytes, ingressPort);
}
packets.add(batch);

const recorder = HistoryRecorder.start({ dataPlane, packets });
recorder.change({
  kind: 'deploy',
  program: { compiled, source },
  memory: [],
  operations: installOperations(compiled),
});
recorder.advance(packets.count);

// Who wrote the word? Packets count from 0; a maximum that is not exceeded writes nothing.
const { history } = recorder;
const [{ rpb, base }] = compiled.memories;
const word = { rpb, bucket: base, word: 0 };
for (const { packet, before, after } of history.writes.of(word)) {
  console.log(`packet ${packet}: ${before.toString(16)} > ${after.toString(16)}`);
}
const { packet } = history.writes.previous(word, history.count);
const step = history.story(packet).trace.steps.find(({ memory }) => memory !== null);
console.log(`the last is packet ${packet}, in line ${step.source[0].line}: ${step.source[0].text}`);

// The last packet before that whose sender was below 172.16.0.3.
const search = new HistorySearch(history, parseCondition('sar < 172.16.0.3 before latest:5'), packet, 'backwards');
while (search.state.kind === 'searching') search.advance(1000);
console.log(`a lower sender before: packet ${search.state.packet}`);

// Had the control plane written 172.16.0.5 before packet 2 ...
const other = recorder.branch(2);
const memory = [{ rpb, base, values: Uint32Array.of(0xac100005) }];
other.change({ kind: 'write', program: 'latest', name: 'hosts', bucket: 0, memory, operations: [] });
other.advance(packets.count);
console.log(`the first packet that leaves in another way: ${firstDifference(history, other.history).packet}`);
