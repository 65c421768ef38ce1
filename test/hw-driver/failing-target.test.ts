/** A switch that refuses the k-th change, for every k of every program's deployment and revocation. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installOperations, revokeOperations } from '../../compiler/index.js';
import { TargetError } from '../../sim/index.js';
import { itemAt } from '../item-at.js';
import { FailingTarget, thrownBy } from './failing-target.js';
import { fifteenPrograms, Rig } from './fifteen.js';

async function refused(attempt: Promise<unknown>): Promise<void> {
  const error = await thrownBy(attempt);
  assert.instance(error, TargetError);
  assert.match(String(error), /refused on purpose/);
}

const programs = await fifteenPrograms();

for (const program of programs) {
  const { name } = program.arrival;
  test(`${name}: a change that is refused leaves everything as before`, async () => {
    const targets: FailingTarget[] = [];
    const rig = new Rig((emulator) => {
      const target = new FailingTarget(emulator);
      targets.push(target);
      return target;
    });
    const target = itemAt(targets, 0);
    // A neighbour, so that there is something to damage.
    const neighbour = await rig.deploy(itemAt(programs, (program.arrival.number + 1) % programs.length));
    await rig.fill(neighbour, 7);
    const closely = rig.lookClosely();
    const before = { ...rig.look(), neighbour: await rig.memories(neighbour) };
    const probe = await rig.deploy(program);
    await rig.controller.revoke(name);

    for (let k = 0; k < installOperations(probe).length; k++) {
      target.failAfter(k);
      await refused(rig.controller.install(probe));
      assert.equal({ ...rig.look(), neighbour: await rig.memories(neighbour) }, before, `deploy, change ${k + 1}`);
    }
    assert.equal(rig.lookClosely(), closely);
    assert.equal(await rig.deploy(program), probe);

    await rig.fill(probe, 9);
    const look = async () => ({ ...rig.look(), own: await rig.memories(probe), other: await rig.memories(neighbour) });
    const after = await look();
    const operations = revokeOperations(probe);
    const resets = operations.filter(({ kind }) => kind === 'resetMemory').length;
    for (let k = 0; k < operations.length - resets; k++) {
      target.failAfter(k);
      await refused(rig.controller.revoke(name));
      assert.equal(await look(), after, `revoke, change ${k + 1}`);
    }
    // A reset that is refused: the program is gone, its resources stay taken until the next attempt has reset them.
    for (let reset = 0; reset < resets; reset++) {
      target.failAfter(operations.length - resets + reset);
      await refused(rig.controller.revoke(name));
      assert.is(rig.controller.state.programs.get(name)?.status, 'revoking');
      assert.equal(rig.look().books, after.books, 'books while memory waits for its reset');
      await rig.controller.revoke(name);
      assert.equal(rig.lookClosely(), closely);
      await rig.deploy(program);
      await rig.fill(probe, 9);
    }
    await rig.controller.revoke(name);
    assert.equal(rig.lookClosely(), closely);
  });
}

test.run();
