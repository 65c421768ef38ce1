/** The addresses and ports of flows in WebAssembly, as flow-bits.ts has them. */
import { type Code, choice, i32, i64, type Local, loopWhile, select, when } from '../web-assembly/code.js';
import { KernelWriter } from '../web-assembly/module.js';
import { CLAIMED_CHOICE, EPHEMERAL_PORT_BITS, IN_ITS_PLACE } from './flow-bits.js';
import { IMAGE_FLAG } from './image-pool.js';
import { COLUMN, hash, imageHalf, imageWord, plus, shifted, WORD } from './kernel-layout.js';

/** The variables of a packet that gets its flow: its image's record, its addresses and ports. */
export interface FlowVariables {
  readonly at: Local;
  readonly record: Local;
  readonly source: Local;
  readonly destination: Local;
  readonly ports: Local;
}

export const flowVariables = (kernel: KernelWriter): FlowVariables => ({
  at: kernel.local('i32'),
  record: kernel.local('i32'),
  source: kernel.local('i32'),
  destination: kernel.local('i32'),
  ports: kernel.local('i32'),
});

/** `findFlows(end)`: addresses and ports. */
export function findFlows(): KernelWriter {
  const kernel = new KernelWriter('findFlows', 1);
  const end = kernel.parameter(0);
  const packet = flowVariables(kernel);
  const { at, record, source, destination, ports } = packet;
  kernel.write(
    loopWhile(
      i32.ltU(at.value, end.value),
      record.set(i32.mul(i32.load(at.value, COLUMN.image), i32.const(WORD))),
      findFlow(kernel, packet),
      i32.store(at.value, source.value, COLUMN.source),
      i32.store(at.value, destination.value, COLUMN.destination),
      i32.store(at.value, ports.value, COLUMN.ports),
      at.set(plus(at, WORD)),
    ),
  );
  return kernel;
}

/** Sets addresses and ports to those of the flow. */
function findFlow(kernel: KernelWriter, { at, record, source, destination, ports }: FlowVariables): Code {
  const [key, low, middle, high] = [kernel.local('i32'), kernel.local('i32'), kernel.local('i32'), kernel.local('i32')];
  const [first, second, third] = [kernel.local('i64'), kernel.local('i64'), kernel.local('i64')];
  const [from, bits, port, mask] = [kernel.local('i32'), kernel.local('i32'), kernel.local('i32'), kernel.local('i32')];
  const pair = (lower: Local, upper: Local): Code =>
    i64.or(i64.extendedU(lower.value), i64.shl(i64.extendedU(upper.value), i64.const(32)));
  const within = i64.extendedU(i32.and(from.value, i32.const(31)));
  /** 32 of the 96 bits of a flow. */
  const bitsFrom = i32.wrap(
    i64.shrU(
      select(
        first.value,
        select(second.value, third.value, i32.ltU(from.value, i32.const(64))),
        i32.ltU(from.value, i32.const(32)),
      ),
      within,
    ),
  );
  const usable = (base: Code): Code =>
    select(i32.const(IN_ITS_PLACE), i32.add(base, port.value), i32.eq(port.value, i32.const(CLAIMED_CHOICE)));
  return [
    key.set(i32.load(at.value, COLUMN.flowKey)),
    low.set(i32.load(at.value, COLUMN.flow)),
    permute(kernel, low, imageHalf(record, 'permutedBits'), key),
    middle.set(i32.xor(low.value, key.value)),
    hash(middle),
    high.set(i32.const(0)),
    when(
      i32.and(imageHalf(record, 'flags'), i32.const(IMAGE_FLAG.takesHighBits)),
      high.set(plus(middle, 1)),
      hash(high),
    ),
    first.set(pair(low, middle)),
    second.set(pair(middle, high)),
    third.set(pair(high, high)),
    mask.set(imageWord(record, 'sourceMask')),
    deposit(kernel, source, low, mask),
    source.set(i32.or(source.value, imageWord(record, 'sourceBase'))),
    from.set(imageHalf(record, 'sourceBits')),
    bits.set(bitsFrom),
    mask.set(imageWord(record, 'destinationMask')),
    deposit(kernel, destination, bits, mask),
    destination.set(i32.or(destination.value, imageWord(record, 'destinationBase'))),
    from.set(i32.add(from.value, imageHalf(record, 'destinationBits'))),
    mask.set(imageHalf(record, 'sourcePortMask')),
    port.set(i32.and(bitsFrom, mask.value)),
    ports.set(i32.shl(usable(imageHalf(record, 'sourcePort')), i32.const(16))),
    from.set(i32.add(from.value, select(i32.const(EPHEMERAL_PORT_BITS), i32.const(0), mask.value))),
    port.set(i32.and(bitsFrom, imageHalf(record, 'destinationPortMask'))),
    ports.set(i32.or(ports.value, usable(imageHalf(record, 'destinationPort')))),
  ].flat();
}

/** `permute` of a variable. */
function permute(kernel: KernelWriter, x: Local, permutedBits: Code, key: Local): Code {
  const [bits, mask, shift] = [kernel.local('i32'), kernel.local('i32'), kernel.local('i32')];
  const times = (factor: number): Code => x.set(i32.and(i32.mul(x.value, i32.const(factor)), mask.value));
  const fold = x.set(i32.xor(x.value, i32.shrU(x.value, shift.value)));
  return [
    bits.set(permutedBits),
    mask.set(i32.sub(i32.wrap(i64.shl(i64.const(1), i64.extendedU(bits.value))), i32.const(1))),
    shift.set(i32.shrU(plus(bits, 1), i32.const(1))),
    shift.set(select(shift.value, i32.const(1), shift.value)),
    x.set(i32.and(i32.xor(x.value, key.value), mask.value)),
    times(0x9e3779b1),
    fold,
    x.set(i32.and(i32.add(x.value, shifted(key, 7)), mask.value)),
    times(0x85ebca6b),
    fold,
    times(0xc2b2ae35),
    fold,
  ].flat();
}

/** Sets a variable to the low bits of another, spread over the set bits of a mask, as `deposit` does. */
function deposit(kernel: KernelWriter, spread: Local, bits: Local, mask: Local): Code {
  const [rest, left, run] = [kernel.local('i32'), kernel.local('i32'), kernel.local('i32')];
  const lowest = i32.and(rest.value, i32.sub(i32.const(0), rest.value));
  const above = i32.add(rest.value, lowest);
  return choice(
    i32.eqz(i32.and(mask.value, plus(mask, 1))),
    spread.set(i32.and(bits.value, mask.value)),
    [
      spread.set(i32.const(0)),
      rest.set(mask.value),
      left.set(bits.value),
      loopWhile(
        rest.value,
        run.set(i32.and(rest.value, i32.xor(above, i32.const(-1)))),
        spread.set(i32.or(spread.value, i32.and(i32.shl(left.value, i32.ctz(rest.value)), run.value))),
        left.set(i32.shrU(left.value, i32.popcnt(run.value))),
        rest.set(i32.xor(rest.value, run.value)),
      ),
    ].flat(),
  );
}
