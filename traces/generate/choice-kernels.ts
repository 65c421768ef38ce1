/** Draws, and the choice of targets, variants, flows and lengths, in WebAssembly. */
import { type Code, f64, i32, i64, loopWhile } from '../web-assembly/code.js';
import { KernelWriter } from '../web-assembly/module.js';
import { DRAWS_PER_PACKET, MULTIPLIER } from './draws.js';
import { DRAW_UNIT } from './generation-steps.js';
import { TARGET, VARIANT } from './image-pool.js';
import { AT, COLUMN, hash, imageHalf, imageWord, inPool, plus, shifted, WORD } from './kernel-layout.js';

/** A whole number below a limit, of a draw. */
const below = (draw: Code, limit: Code): Code =>
  i32.truncatedU(f64.mul(f64.mul(f64.convertedU(draw), f64.const(DRAW_UNIT)), limit));

/** `drawChunk(at, end, first, second, third)`: the draws of a chunk, from the lags of its Alea in units of 2⁻³². */
export function drawChunk(): KernelWriter {
  const kernel = new KernelWriter('drawChunk', 5);
  const [at, end] = [kernel.parameter(0), kernel.parameter(1)];
  const lags = [kernel.parameter(2), kernel.parameter(3), kernel.parameter(4)];
  const [sum, carry] = [kernel.local('i64'), kernel.local('i64')];
  const multiplier = i64.const(MULTIPLIER);
  kernel.write(
    carry.set(i64.const(1)),
    loopWhile(
      i32.ltU(at.value, end.value),
      // The lags take turns, so that none has to be moved.
      ...lags.flatMap((lag, n) => [
        sum.set(i64.add(i64.mul(i64.extendedU(lag.value), multiplier), carry.value)),
        lag.set(i32.wrap(sum.value)),
        carry.set(i64.shrU(sum.value, i64.const(32))),
        i32.store(at.value, lag.value, n * WORD),
      ]),
      at.set(plus(at, lags.length * WORD)),
    ),
  );
  return kernel;
}

/** `chooseTargets(end, draws, targets)`: of packets one after another. */
export function chooseTargets(): KernelWriter {
  const kernel = new KernelWriter('chooseTargets', 3);
  const [end, draws, targets] = [kernel.parameter(0), kernel.parameter(1), kernel.parameter(2)];
  const [at, record] = [kernel.local('i32'), kernel.local('i32')];
  const draw = i32.load(i32.add(draws.value, i32.mul(at.value, i32.const(DRAWS_PER_PACKET))));
  const target = below(draw, f64.convertedU(targets.value));
  kernel.write(
    loopWhile(
      i32.ltU(at.value, end.value),
      record.set(i32.load(i32.mul(target, i32.const(WORD)), AT.pool)),
      i32.store(at.value, record.value, COLUMN.target),
      i32.store(at.value, i32.load(i32.mul(record.value, i32.const(WORD)), inPool(TARGET.flowKey)), COLUMN.flowKey),
      i32.store(at.value, shifted(at, 2), COLUMN.distance),
      at.set(plus(at, WORD)),
    ),
  );
  return kernel;
}

/**
 * `chooseWanted(end, draws, targets, wanted)`: those packets of `end` whose target has a 1 in the bytes at `wanted`. An
 * unwanted packet is overwritten by the next one, as a branch could not be foreseen.
 */
export function chooseWanted(): KernelWriter {
  const kernel = new KernelWriter('chooseWanted', 4);
  const [end, draws] = [kernel.parameter(0), kernel.parameter(1)];
  const [targets, wanted] = [kernel.parameter(2), kernel.parameter(3)];
  const [at, to] = [kernel.local('i32'), kernel.local('i32')];
  const [target, record] = [kernel.local('i32'), kernel.local('i32')];
  const draw = i32.load(i32.add(draws.value, i32.mul(at.value, i32.const(DRAWS_PER_PACKET))));
  kernel.write(
    loopWhile(
      i32.ltU(at.value, end.value),
      target.set(below(draw, f64.convertedU(targets.value))),
      i32.store(to.value, i32.load(i32.mul(target.value, i32.const(WORD)), AT.pool), COLUMN.target),
      i32.store(to.value, shifted(at, 2), COLUMN.distance),
      to.set(i32.add(to.value, i32.mul(i32.load8u(i32.add(wanted.value, target.value)), i32.const(WORD)))),
      at.set(plus(at, WORD)),
    ),
    i32.store(i32.const(0), shifted(to, 2), AT.wantedCount),
    at.set(i32.const(0)),
    // Apart from the loop above, so that the records of several targets are fetched at a time, and of wanted ones only.
    loopWhile(
      i32.ltU(at.value, to.value),
      record.set(i32.mul(i32.load(at.value, COLUMN.target), i32.const(WORD))),
      i32.store(at.value, i32.load(record.value, inPool(TARGET.flowKey)), COLUMN.flowKey),
      at.set(plus(at, WORD)),
    ),
  );
  return kernel;
}

/** `choosePackets(end, draws)`: variants, flows and lengths. */
export function choosePackets(): KernelWriter {
  const kernel = new KernelWriter('choosePackets', 2);
  const [end, draws] = [kernel.parameter(0), kernel.parameter(1)];
  const [at, drawAt, draw] = [kernel.local('i32'), kernel.local('i32'), kernel.local('i32')];
  const [variant, record] = [kernel.local('i32'), kernel.local('i32')];
  const isLater = i32.gtU(draw.value, i32.load(variant.value, inPool(VARIANT.lastDraw)));
  kernel.write(
    loopWhile(
      i32.ltU(at.value, end.value),
      drawAt.set(i32.load(at.value, COLUMN.distance)),
      drawAt.set(i32.add(draws.value, i32.mul(drawAt.value, i32.const(DRAWS_PER_PACKET * WORD)))),
      draw.set(i32.load(drawAt.value)),
      hash(draw),
      variant.set(i32.mul(i32.load(at.value, COLUMN.target), i32.const(WORD))),
      variant.set(plus(variant, TARGET.variants * WORD)),
      // The first step without a jump: with two variants no jump is left that cannot be foreseen.
      variant.set(i32.add(variant.value, i32.mul(isLater, i32.const(VARIANT.length * WORD)))),
      loopWhile(isLater, variant.set(plus(variant, VARIANT.length * WORD))),
      record.set(i32.load(variant.value, inPool(VARIANT.image))),
      i32.store(at.value, record.value, COLUMN.image),
      record.set(i32.mul(record.value, i32.const(WORD))),
      draw.set(i32.load(drawAt.value, WORD)),
      i32.store(
        at.value,
        below(draw.value, f64.add(f64.convertedU(imageWord(record, 'lastFlow')), f64.const(1))),
        COLUMN.flow,
      ),
      hash(draw),
      i32.store(
        at.value,
        i32.add(imageHalf(record, 'minimumBytes'), below(draw.value, f64.convertedU(imageHalf(record, 'lengths')))),
        COLUMN.length,
      ),
      i32.store16(shifted(at, 1), imageHalf(record, 'ingressPort'), COLUMN.ingressPort),
      at.set(plus(at, WORD)),
    ),
  );
  return kernel;
}
