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
    const neighbour = await rig.deploy(programs[(program.arrival.number + 1) % programs.length]);
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
    for (const [k, { kind }] of operations.entries()) {
      target.failAfter(k);
      await refused(rig.controller.revoke(name));
      const now = await look();
      // A reset cannot be undone: those before the one that was refused have been made.
      const reset = operations.slice(0, k).some((operation) => operation.kind === 'resetMemory');
      assert.equal({ ...now, own: reset ? after.own : now.own }, after, `revoke, change ${k + 1} (${kind})`);
    }
    await rig.controller.revoke(name);
    assert.equal(rig.lookClosely(), closely);
  });
}

test.run();
