/** A switch that refuses the k-th change, for every k of every program's deployment and revocation. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { installOperations, type Operation, revokeOperations } from '../../compiler/index.js';
import { InProcessTarget, TargetError } from '../../sim/index.js';
import { fifteenPrograms, Rig } from './fifteen.js';

/** Refuses one change, counted from {@link failAfter}; then it works again. */
class FailingTarget extends InProcessTarget {
  private left = Number.POSITIVE_INFINITY;

  failAfter(changes: number): void {
    this.left = changes;
  }

  override async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      if (this.left === 0) {
        this.left = Number.POSITIVE_INFINITY;
        throw new TargetError('no-space', 'refused on purpose');
      }
      this.left--;
      await super.apply([operation]);
    }
  }
}

async function refused(attempt: Promise<unknown>): Promise<void> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
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
    const [target] = targets;
    // A neighbour, so that there is something to damage.
    await rig.deploy(programs[(program.arrival.number + 1) % programs.length]);
    const before = rig.look();
    const probe = await rig.deploy(program);
    const after = rig.look();
    await rig.controller.revoke(name);
    assert.equal(rig.look(), before);

    for (let k = 0; k < installOperations(probe).length; k++) {
      target.failAfter(k);
      await refused(rig.deploy(program));
      assert.equal(rig.look(), before, `deploy, change ${k + 1}`);
    }
    assert.equal(await rig.deploy(program), probe);
    assert.equal(rig.look(), after);

    for (let k = 0; k < revokeOperations(probe).length; k++) {
      target.failAfter(k);
      await refused(rig.controller.revoke(name));
      assert.equal(rig.look(), after, `revoke, change ${k + 1}`);
    }
    await rig.controller.revoke(name);
    assert.equal(rig.look(), before);
  });
}

test.run();
