import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { f64, i32, i64, Local, loopWhile, unsigned } from '../../../traces/web-assembly/code.js';
import { KernelModule } from '../../../traces/web-assembly/kernels.js';
import { KernelWriter } from '../../../traces/web-assembly/module.js';

const encoding = suite('encoding');
encoding('unsigned numbers take seven bits a byte', () => {
  assert.equal(unsigned(127), [127]);
  assert.equal(unsigned(128), [0x80, 1]);
  assert.equal(unsigned(0xffffffff), [0xff, 0xff, 0xff, 0xff, 0x0f]);
});
encoding('constants at the edges of their encoding', () => {
  const values = [0, 63, 64, -64, -65, 8191, 8192, -8192, -8193, 0x7fffffff, -0x80000000, 0x9e3779b1, -1];
  const store = new KernelWriter('store', 0);
  values.forEach((value, n) => {
    store.write(i32.store(i32.const(4 * n), i32.const(value)));
    store.write(i32.store(i32.const(4 * n), i32.wrap(i64.shrU(i64.const(value), i64.const(0))), 1024));
  });
  const kernels = new KernelModule<'store'>(() => [store]).over(2048);
  assert.ok(kernels);
  kernels.functions.store();
  const words = new Int32Array(kernels.memory);
  assert.equal([...words.subarray(0, values.length)], [...Int32Array.from(values)]);
  assert.equal([...words.subarray(256, 256 + values.length)], [...Int32Array.from(values)]);
});
encoding.run();

const functions = suite('functions');
functions('loops, parameters and variables of several types', () => {
  const sum = new KernelWriter('sum', 2);
  const [at, to] = [sum.parameter(0), sum.parameter(1)];
  const total = sum.local('f64');
  assert.ok(total instanceof Local);
  sum.write(
    loopWhile(
      i32.ltU(at.value, to.value),
      total.set(f64.add(total.value, f64.mul(f64.convertedU(at.value), f64.const(0.5)))),
      at.set(i32.add(at.value, i32.const(1))),
    ),
    i32.store(i32.const(0), i32.truncatedU(total.value), 8),
  );
  const kernels = new KernelModule<'sum'>(() => [sum]).over(64);
  assert.ok(kernels);
  kernels.functions.sum(3, 8);
  assert.is(new Int32Array(kernels.memory)[2], 12);
});
functions('each memory is its own, and large enough', () => {
  const store = new KernelWriter('store', 2);
  store.write(i32.store(store.parameter(0).value, store.parameter(1).value));
  const module = new KernelModule<'store'>(() => [store]);
  const [first, second] = [module.over(100), module.over(2 ** 16 + 1)];
  assert.ok(first && second);
  first.functions.store(4, 7);
  assert.is(new Int32Array(first.memory)[1], 7);
  assert.is(new Int32Array(second.memory)[1], 0);
  assert.is(second.memory.byteLength, 2 ** 17);
  assert.throws(() => first.functions.store(2 ** 16, 1), /out of bounds/);
});
functions('a module that is refused is no error', () => {
  const wrong = new KernelWriter('wrong', 0);
  wrong.write(i32.add(i32.const(1), i64.const(1)));
  assert.is(new KernelModule<'wrong'>(() => [wrong]).over(64), undefined);
});
functions.run();
