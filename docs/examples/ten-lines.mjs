import { simulate } from 'p4runpro-sim/bench';
import { SimulatedSwitch } from 'p4runpro-sim/hw-driver';

const device = new SimulatedSwitch();
await device.deploy(`@seen 16
  program count(<hdr.ipv4.dst, 10.0.0.0, 255.0.0.0>) { HASH_5_TUPLE_MEM(seen); LOADI(sar, 1); MEMADD(seen); FORWARD(7); }`);
const [packet] = device.send('ipv4.src=10.0.0.1 ipv4.dst=10.0.0.2 udp.dst_port=53');
console.log(`port ${packet.port}, ${Math.max(...(await device.readMemory('count', 'seen')))} packet of this flow`);
const { summary } = await simulate({ workload: 'lb', programs: 100, packets: 10_000 });
console.log(`${summary.programsDeployed} load balancers, ${summary.packets.out} packets left`);
