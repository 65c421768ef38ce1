/** Programs on IPv6: what their entries do is what their texts say, with either engine. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  analyse,
  builtInDataPlane,
  DEFAULT_RECIRCULATIONS,
  link,
  lower,
  must,
  SwitchState,
} from '../../compiler/index.js';
import { Switch } from '../../sim/index.js';
import { formatFailure, validateTranslation } from '../../sim/validation/index.js';

const EXTENDED = must(builtInDataPlane('extended'), 'data plane');

function translated(source: string) {
  const { programs, diagnostics, sourceHash } = analyse(source, EXTENDED);
  assert.equal(
    diagnostics.map(({ code, message }) => `${code}: ${message}`),
    [],
  );
  const program = must(programs[0], 'program');
  const lowered = lower(program, EXTENDED, DEFAULT_RECIRCULATIONS);
  return { program, compiled: link(lowered, new SwitchState(EXTENDED), sourceHash) };
}

/** Reads and writes words of addresses and the small fields, hashes the folded addresses, and turns packets around. */
const ADDRESSES = `
@counts 256
program addresses(<hdr.ipv6.dst, 2001:db8::/32>) {
  EXTRACT(hdr.ipv6.src[3], sar);
  BRANCH:
  case(<sar, 1, 0x3>) {
    MODIFY(hdr.ipv6.dst[3], sar);
    EXTRACT(hdr.ipv6.hop_limit, har);
    ADDI(har, 0xffffffff);
    MODIFY(hdr.ipv6.hop_limit, har);
    HASH_5_TUPLE;
    MODIFY(hdr.ipv6.src[0], har);
    FORWARD(3);
  }
  case(<sar, 2, 0x3>) {
    EXTRACT(hdr.ipv6.next_header, mar);
    MODIFY(hdr.ipv6.src[2], mar);
    LOADI(sar, 0x12345678);
    MODIFY(hdr.ipv6.traffic_class, sar);
    EXTRACT(hdr.ipv6.flow_label, sar);
    MODIFY(hdr.ipv6.dst[1], sar);
    RETURN;
  };
  HASH_5_TUPLE_MEM(counts);
  LOADI(sar, 1);
  MEMADD(counts);
  MODIFY(hdr.ipv6.src[1], sar);
  FORWARD(4);
}
`;
const PORTS = `
program ports(<hdr.ipv6.src, fe80::, ffc0::>, <hdr.tcp.dst_port, 443, 0xffff>) {
  EXTRACT(hdr.tcp.tcp4thword, sar);
  MODIFY(hdr.ipv6.dst[2], sar);
  FORWARD(5);
}
`;
const BOTH_VERSIONS = `
program both(<hdr.l4_port.dst_port, 7777, 0xffff>) {
  HASH_5_TUPLE;
  LOADI(mar, 0xffff);
  AND(har, mar);
  BRANCH:
  case(<har, 0, 1>) { FORWARD(6); };
  RETURN;
}
`;

for (const [name, source] of Object.entries({ ADDRESSES, PORTS, BOTH_VERSIONS })) {
  for (const engine of ['compiled', 'interpreted'] as const) {
    test(`the ${engine} engine does what the text of ${name} says`, () => {
      const result = validateTranslation(translated(source), EXTENDED, {
        packets: 600,
        random: seedrandom.alea(`${name} ${engine}`),
        makeSwitch: () => new Switch(EXTENDED, { engine }),
      });
      assert.is(result.kind, 'verified', result.kind === 'failed' ? formatFailure(result.failure, EXTENDED) : '');
      assert.ok(result.kind === 'verified' && result.ran > 100, `${result.kind === 'verified' && result.ran} ran`);
      assert.ok(result.kind === 'verified' && result.statements.ran === result.statements.all);
    });
  }
}

test.run();
