/** A switch of several pipes, each with registers of its own: all are read, written, reset and confirmed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller, MemoryNotReset } from '../../hw-driver/index.js';
import { InProcessTarget, Switch } from '../../sim/index.js';
import { instanceOf, plane } from './fifteen.js';

/** Two pipes: the entries are in both, what is written goes to both. */
class TwoPipes extends InProcessTarget {
  /** Words of the second pipe that are not those of the first. */
  readonly second = new Map<number, number>();
  resetsSecond = true;

  override async readMemory(rpb: number, base: number, buckets: number): Promise<readonly Uint32Array[]> {
    const [first] = await super.readMemory(rpb, base, buckets);
    assert.ok(first);
    const other = first.map((word, i) => this.second.get(base + i) ?? word);
    return [first, other];
  }

  override async apply(operations: Parameters<InProcessTarget['apply']>[0]): Promise<void> {
    if (this.resetsSecond && operations.some(({ kind }) => kind === 'resetMemory')) this.second.clear();
    await super.apply(operations);
  }
}

const { lowered, sourceHash } = await instanceOf('lb', 0);

async function deployed() {
  const target = new TwoPipes(new Switch(plane));
  const controller = new Controller(plane, target);
  const { program, memories } = await controller.deploy(lowered, sourceHash);
  const [memory] = memories;
  assert.ok(memory);
  return { target, controller, program, memory };
}

test('the words of each pipe are told', async () => {
  const { target, controller, program, memory } = await deployed();
  await controller.writeMemory(program, memory.name, [1, 2, 3]);
  target.second.set(memory.base + 1, 77);
  const pipes = await controller.readPipes(program, memory.name);
  assert.equal(
    pipes.map((words) => [...words.subarray(0, 4)]),
    [
      [1, 2, 3, 0],
      [1, 77, 3, 0],
    ],
  );
});

test('nobody takes the words of one pipe for those of the switch', async () => {
  const { controller, program, memory } = await deployed();
  await controller.readMemory(program, memory.name).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /the switch has 2 pipes/),
  );
});

test('memory is free only when it is 0 in all pipes', async () => {
  const { target, controller, program, memory } = await deployed();
  target.second.set(memory.base, 5);
  target.resetsSecond = false;
  await controller.revoke(program).then(
    () => assert.unreachable(),
    (error) => assert.instance(error, MemoryNotReset),
  );
  target.resetsSecond = true;
  await controller.revoke(program);
  assert.is(controller.state.programs.size, 0);
});

test.run();
