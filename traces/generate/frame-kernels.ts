/** Frames in WebAssembly: copies of images, and what differs between packets, as write-frame.ts has them. */
import { type Code, i32, i32x4, i64, type Local, loopWhile, select, v128, when } from '../web-assembly/code.js';
import { KernelWriter } from '../web-assembly/module.js';
import { type FlowVariables, flowVariables } from './flow-kernel.js';
import { IMAGE, IMAGE_FLAG, type IMAGE_HALF } from './image-pool.js';
import { AT, COLUMN, DOUBLE_WORD, imageHalf, inPool, OVERWRITTEN, plus, shifted, WORD } from './kernel-layout.js';
import { PERIOD_BYTES, PERIOD_DOUBLE_WORDS, payloadSum } from './payload.js';

const VECTOR = 16;

/** `copyFrames(end, to, spacing)`: headers and payload of frames, at multiples of the spacing. */
export function copyFrames(): KernelWriter {
  const kernel = new KernelWriter('copyFrames', 3);
  const [end, to, spacing] = [kernel.parameter(0), kernel.parameter(1), kernel.parameter(2)];
  const [at, record, bytes, finish] = [
    kernel.local('i32'),
    kernel.local('i32'),
    kernel.local('i32'),
    kernel.local('i32'),
  ];
  const first = inPool(IMAGE.first);
  const vectors = Array.from({ length: OVERWRITTEN / VECTOR }, (_, n) => n * VECTOR);
  const isOfFrame = i64.shrU(
    i64.const(-1),
    i64.extendedU(i32.mul(i32.and(i32.sub(i32.const(0), bytes.value), i32.const(7)), i32.const(8))),
  );
  kernel.write(
    loopWhile(
      i32.ltU(at.value, end.value),
      record.set(i32.mul(i32.load(at.value, COLUMN.image), i32.const(WORD))),
      bytes.set(i32.load(at.value, COLUMN.length)),
      i32.store(at.value, to.value, AT.starts),
      ...vectors.map((n) => v128.store(to.value, v128.load(record.value, first + n), n)),
      finish.set(i32.add(to.value, i32.and(plus(bytes, 7), i32.const(-8)))),
      when(i32.gtU(finish.value, plus(to, OVERWRITTEN)), copyRest(kernel, record, to, finish)),
      // What the last double word has behind the frame is 0.
      i64.store(plus(finish, -8), i64.and(i64.load(plus(finish, -8)), isOfFrame)),
      to.set(
        i32.add(
          to.value,
          i32.and(i32.sub(i32.add(bytes.value, spacing.value), i32.const(1)), i32.sub(i32.const(0), spacing.value)),
        ),
      ),
      at.set(plus(at, WORD)),
    ),
  );
  return kernel;
}

/** What is behind the first double words of a frame: of long headers, and payload. */
function copyRest(kernel: KernelWriter, record: Local, to: Local, finish: Local): Code {
  const [place, from, step] = [kernel.local('i32'), kernel.local('i32'), kernel.local('i32')];
  const copied = i32.mul(imageHalf(record, 'firstDoubleWords'), i32.const(DOUBLE_WORD));
  const offset = i32.sub(place.value, to.value);
  return [
    place.set(plus(to, OVERWRITTEN)),
    loopWhile(
      i32.ltU(place.value, i32.add(to.value, copied)),
      i64.store(place.value, i64.load(i32.add(record.value, offset), inPool(IMAGE.first))),
      place.set(plus(place, DOUBLE_WORD)),
    ),
    from.set(i32.mul(imageHalf(record, 'pattern'), i32.const(DOUBLE_WORD))),
    step.set(i32.const(0)),
    loopWhile(
      i32.ltU(place.value, finish.value),
      i64.store(place.value, i64.load(i32.add(from.value, step.value), AT.pattern)),
      step.set(i32.and(plus(step, DOUBLE_WORD), i32.const(PERIOD_DOUBLE_WORDS * DOUBLE_WORD - 1))),
      place.set(plus(place, DOUBLE_WORD)),
    ),
  ].flat();
}

/** `patchFrames(end)`: what a flow and a length change. */
export function patchFrames(): KernelWriter {
  const kernel = new KernelWriter('patchFrames', 1);
  const end = kernel.parameter(0);
  const packet = flowVariables(kernel);
  const { at, record, source, destination, ports } = packet;
  kernel.write(
    loopWhile(
      i32.ltU(at.value, end.value),
      record.set(i32.mul(i32.load(at.value, COLUMN.image), i32.const(WORD))),
      when(
        imageHalf(record, 'ipv4'),
        source.set(i32.load(at.value, COLUMN.source)),
        destination.set(i32.load(at.value, COLUMN.destination)),
        ports.set(i32.load(at.value, COLUMN.ports)),
        patchHeaders(kernel, packet),
      ),
      at.set(plus(at, WORD)),
    ),
  );
  return kernel;
}

/** The bytes of four words in network order. */
const NETWORK_ORDER = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];

/** Offsets in an IPv4 header. */
const IPV4 = { totalLength: 2, checksum: 10, addresses: 12 } as const;

/** Writes what a flow and a length change. */
function patchHeaders(kernel: KernelWriter, { at, record, source, destination, ports }: FlowVariables): Code {
  const local = (): Local => kernel.local('i32');
  const [frame, bytes, place, length] = [local(), local(), local(), local()];
  const [addressSum, sum, half, isUdp] = [local(), local(), local(), local()];
  const fields = kernel.local('v128');
  const halvesSum = (x: Local): Code => i32.add(shifted(x, 16), i32.and(x.value, i32.const(0xffff)));
  const storeHalf = (address: Code, value: Code, offset = 0): Code => [
    ...half.set(value),
    ...i32.store16(
      address,
      i32.or(i32.shl(half.value, i32.const(8)), i32.and(shifted(half, 8), i32.const(0xff))),
      offset,
    ),
  ];
  const inFrame = (name: keyof typeof IMAGE_HALF): Code =>
    i32.add(frame.value, i32.mul(imageHalf(record, name), i32.const(2)));
  const fold = sum.set(halvesSum(sum));
  const complement = sum.set(i32.xor(sum.value, i32.const(0xffff)));
  const words = i32x4.withLane(i32x4.withLane(i32x4.splat(source.value), 1, destination.value), 2, ports.value);
  const payload = i32.sub(bytes.value, imageHalf(record, 'headerBytes'));
  return [
    frame.set(i32.load(at.value, AT.starts)),
    bytes.set(i32.load(at.value, COLUMN.length)),
    place.set(inFrame('ipv4')),
    addressSum.set(i32.add(halvesSum(source), halvesSum(destination))),
    length.set(i32.sub(bytes.value, i32.sub(place.value, frame.value))),
    storeHalf(place.value, length.value, IPV4.totalLength),
    sum.set(i32.add(i32.add(imageHalf(record, 'ipv4Sum'), length.value), addressSum.value)),
    fold,
    fold,
    complement,
    storeHalf(place.value, sum.value, IPV4.checksum),
    fields.set(words),
    fields.set(v128.shuffle(fields.value, fields.value, NETWORK_ORDER)),
    v128.store64Lower(place.value, fields.value, IPV4.addresses),
    when(
      imageHalf(record, 'transport'),
      place.set(inFrame('transport')),
      i32.store(place.value, i32x4.lane(fields.value, 2)),
      length.set(i32.sub(bytes.value, i32.sub(place.value, frame.value))),
      storeHalf(inFrame('transportLength'), length.value),
      isUdp.set(i32.and(imageHalf(record, 'flags'), i32.const(IMAGE_FLAG.isUdp))),
      // The transport length stands in the pseudo header, and in UDP a second time in the header.
      sum.set(i32.add(imageHalf(record, 'transportSum'), i32.shl(length.value, isUdp.value))),
      length.set(payload),
      sum.set(i32.add(sum.value, i32.mul(shifted(length, 8), i32.const(payloadSum(PERIOD_BYTES))))),
      length.set(i32.mul(i32.and(length.value, i32.const(PERIOD_BYTES - 1)), i32.const(WORD))),
      sum.set(i32.add(sum.value, i32.load(length.value, AT.payloadSums))),
      sum.set(i32.add(i32.add(sum.value, addressSum.value), halvesSum(ports))),
      fold,
      fold,
      complement,
      // In UDP 0 means that there is no checksum; the other zero of ones' complement stands for it (RFC 768).
      sum.set(select(i32.const(0xffff), sum.value, i32.and(i32.eqz(sum.value), isUdp.value))),
      storeHalf(inFrame('transportChecksum'), sum.value),
    ),
  ].flat();
}
