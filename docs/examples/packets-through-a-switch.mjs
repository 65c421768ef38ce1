/**
 * Compiles a program, deploys it on an emulated switch, sends packets through and reads its memory.
 *
 * After `npm ci`: node docs/examples/packets-through-a-switch.mjs
 */
import { analyse, DEFAULT_RECIRCULATIONS, defaultDataPlane, lower } from 'p4runpro-sim/compiler';
import { Controller } from 'p4runpro-sim/hw-driver';
import { InProcessTarget, madePacket, Switch } from 'p4runpro-sim/sim';
import { appendPacketBytes, createPacketBatch, DROPPED } from 'p4runpro-sim/traces';

const SOURCE = `
@seen 256                                       // 256 words of memory

program guard(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) {
    HASH_5_TUPLE_MEM(seen);                     // mar = hash of the flow
    LOADI(sar, 1);
    MEMADD(seen);                               // seen[mar] += 1; sar = the sum
    BRANCH:
        case(<sar, 3, 0xffffffff>) { DROP; };   // the third packet of a flow
    FORWARD(7);
}
`;

const dataPlane = defaultDataPlane();

// Text -> checked programs. What a user wrote never throws: it is a finding.
const { programs, diagnostics, sourceHash } = analyse(SOURCE, dataPlane);
for (const { severity, message } of diagnostics) console.log(`${severity}: ${message}`);

// Checked program -> rows of table entries -> placed and installed, in an order that no packet notices.
const emulator = new Switch(dataPlane);
const controller = new Controller(dataPlane, new InProcessTarget(emulator));
for (const program of programs) {
  const compiled = await controller.deploy(lower(program, dataPlane, DEFAULT_RECIRCULATIONS), sourceHash);
  console.log(`${compiled.program}: ${compiled.entries.length} entries, ${compiled.passes} pass`);
}

// Packets of field values, four of one flow in one batch: process() rewrites them where they lie.
const batch = createPacketBatch(4, 4096);
const packet = madePacket('ipv4.src=10.0.0.1 ipv4.dst=10.0.0.2 udp.src_port=5000 udp.dst_port=53', dataPlane);
for (let i = 0; i < 4; i++) appendPacketBytes(batch, packet.bytes, packet.ingressPort);
emulator.process(batch);
for (let i = 0; i < batch.count; i++) {
  console.log(`packet ${i + 1}: ${batch.egressPort[i] === DROPPED ? 'dropped' : `port ${batch.egressPort[i]}`}`);
}

// One word of the flow's counter, somewhere among the 256.
const words = await controller.readMemory('guard', 'seen');
console.log(`packets counted: ${words.reduce((sum, word) => sum + word, 0)}`);

await controller.revoke('guard');
console.log(`entries left: ${emulator.entries().length}`);
