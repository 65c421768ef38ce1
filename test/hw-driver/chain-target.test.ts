/** A controller of several switches in a row: in this process, and each behind BF Runtime. */
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { branchTexts, insertCase } from '../../compiler/change/edit-cases.js';
import { must } from '../../compiler/data-plane/must.js';
import {
  type CompiledProgram,
  chainOf,
  DoesNotFit,
  documentFault,
  FIXED_NAMES,
  installOrder,
  lower,
  type Operation,
  SwitchState,
  type TableEntry,
} from '../../compiler/index.js';
import { connectBfRuntime } from '../../hw-driver/bfruntime/index.js';
import { Controller } from '../../hw-driver/index.js';
import { serveBfRuntime } from '../../hw-driver/server/index.js';
import { ChainTarget, InProcessTarget, Switch, SwitchChain, type SwitchTarget, TargetError } from '../../sim/index.js';
import { validateTranslation } from '../../sim/validation/index.js';
import { packageFile } from '../../traces/system/package-root.js';
import { type, withFolder } from '../command-line.js';
import { checkedProgram, linkProgram, sampleSource } from '../compiler/support.js';
import { COUNTS } from './counts-program.js';
import { thrownBy } from './failing-target.js';
import { plane } from './fifteen.js';

const SWITCHES = 2;
const CHAIN = chainOf(plane, SWITCHES);
const compiled = linkProgram(checkedProgram(sampleSource('nc'), CHAIN), new SwitchState(CHAIN), undefined, 0);
const insert = (entry: TableEntry): Operation => ({ kind: 'insertEntry', entry });

/** Without keys that match anything. */
const canonical = (entries: readonly TableEntry[]): string[] =>
  entries
    .map(({ key, ...entry }) => {
      const keys = key
        .filter((field) => field.match === 'exact' || field.mask !== 0)
        .map((field) => JSON.stringify(field));
      return JSON.stringify({ ...entry, key: keys.sort() });
    })
    .sort();

interface Row {
  readonly members: readonly Switch[];
  readonly target: SwitchTarget;
  readonly close: () => Promise<void>;
}

const KINDS: Readonly<Record<string, () => Promise<Row>>> = {
  'in this process': async () => {
    const members = new SwitchChain(CHAIN).members;
    const target = new ChainTarget(
      CHAIN,
      members.map((member) => new InProcessTarget(member)),
    );
    return { members, target, close: async () => undefined };
  },
  'as one emulator': async () => {
    const chain = new SwitchChain(CHAIN);
    return { members: chain.members, target: new InProcessTarget(chain), close: async () => undefined };
  },
  'each behind BF Runtime': async () => {
    const members = Array.from({ length: SWITCHES }, () => new Switch(plane));
    const servers = await Promise.all(members.map((member) => serveBfRuntime(member, { port: 0 })));
    const targets = await Promise.all(
      servers.map(({ port }) => connectBfRuntime({ address: `127.0.0.1:${port}`, dataPlane: plane, drainMs: 0 })),
    );
    const close = async (): Promise<void> => {
      for (const target of targets) await target.close();
      for (const server of servers) await server.close();
    };
    return { members, target: new ChainTarget(CHAIN, targets), close };
  },
};

for (const [kind, connect] of Object.entries(KINDS)) {
  const withRow = (name: string, body: (row: Row) => Promise<void>): void => {
    test(`${kind}: ${name}`, async () => {
      const row = await connect();
      try {
        await body(row);
      } finally {
        await row.close();
      }
    });
  };

  withRow('a program is deployed on all members, read, written, repaired and revoked', async ({ members, target }) => {
    const controller = new Controller(CHAIN, target);
    await controller.install(compiled);
    assert.equal(canonical(await target.entries()), canonical(compiled.entries));
    for (const member of members) assert.ok(member.entries().length > 0);
    assert.equal(
      members.map((member) => member.entryCount(FIXED_NAMES.recirculationTable)),
      [1, 1],
    );
    const block = must(
      compiled.memories.find(({ rpb }) => rpb > plane.rpbCount),
      'memory of the second switch',
    );
    await controller.writeMemory('nc', block.name, [7, 8], 3);
    assert.equal((await controller.readMemory('nc', block.name)).slice(3, 5), Uint32Array.of(7, 8));
    const own = must(members[1], 'second switch');
    assert.equal(own.memory.range(block.rpb - plane.rpbCount, block.base + 3, 2), Uint32Array.of(7, 8));
    const gone = must(own.entries()[0], 'entry of the second switch');
    own.apply({ kind: 'deleteEntry', entry: gone });
    assert.equal(
      (await controller.drift()).map(({ kind: difference }) => difference),
      ['missing'],
    );
    await controller.repair();
    assert.equal(await controller.drift(), []);
    await controller.revoke('nc');
    assert.equal(
      members.map((member) => member.entries()),
      [[], []],
    );
    assert.ok(members.every(({ memory }) => memory.words.every((word) => word === 0)));
  });

  withRow('what one member refuses is taken back on all of them', async ({ members, target }) => {
    const controller = new Controller(CHAIN, target);
    const taken = must(
      compiled.entries.findLast(({ table }) => table.startsWith('switch2.')),
      'entry of switch 2',
    );
    await target.apply([insert(taken)]);
    assert.is(
      members.reduce((sum, member) => sum + member.entries().length, 0),
      1,
    );
    const error = await thrownBy(controller.install(compiled));
    assert.instance(error, TargetError, String(error));
    // An entry that was there before is taken for one of the transaction.
    assert.equal(await target.entries(), []);
    assert.is(controller.state.programs.size, 0);
  });

  withRow('the operations made before one that is refused are counted along the chain', async ({ target }) => {
    const entries = installOrder(compiled.entries);
    const inSecond = entries.findIndex(({ table }) => table.startsWith('switch2.'));
    const operations: Operation[] = [...entries.slice(0, inSecond + 1), must(entries[inSecond], 'entry')].map(insert);
    const error = await thrownBy(target.apply([{ kind: 'drain' }, ...operations]));
    assert.instance(error, TargetError, String(error));
    assert.is((error as TargetError).applied, inSecond + 2);
    assert.equal(canonical(await target.entries()), canonical(entries.slice(0, inSecond + 1)));
  });
}

test('p4runpro deploy, show and revoke on two switches, by their addresses', () =>
  withFolder(async (folder) => {
    const members = Array.from({ length: SWITCHES }, () => new Switch(plane));
    const servers = await Promise.all(members.map((member) => serveBfRuntime(member, { port: 0 })));
    const target = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const on = ['--target', target, '--journal', 'chain.journal'];
    const typed = async (...args: readonly string[]): Promise<string> => {
      const { status, stdout, stderr } = await type('p4runpro', [...args, ...on], { folder });
      assert.is(status, 0, stderr);
      return stdout;
    };
    try {
      assert.match(await typed('deploy', packageFile('bench', 'programs', 'nc.p4runpro')), /^nc: deployed, id 1, /);
      for (const member of members) assert.ok(member.entries().length > 1);
      assert.match(await typed('show', 'utilisation'), /RPB \d+ of switch 2/);
      const alone = await type(
        'p4runpro',
        ['show', 'programs', '--target', target.split(',')[0] ?? '', ...on.slice(2)],
        { folder },
      );
      assert.is(alone.status, 2);
      assert.match(alone.stderr, /2 switches in a row/);
      await typed('revoke', 'nc');
      assert.equal(
        members.map((member) => member.entries()),
        [[], []],
      );
    } finally {
      for (const server of servers) await server.close();
    }
  }));

test('cases of a running program change on a chain, and packets do what the new text means', async () => {
  const chain = new SwitchChain(CHAIN);
  const controller = new Controller(CHAIN, new InProcessTarget(chain));
  const first = checkedProgram(COUNTS, CHAIN);
  await controller.deploy(lower(first, CHAIN, 0), '');
  const branch = must(branchTexts(COUNTS, 'counts')[0], 'BRANCH of the text');
  const next = checkedProgram(
    insertCase(
      COUNTS,
      branch,
      'case(<har, 2, 0xffffffff>) { FORWARD(2); HASH_5_TUPLE_MEM(count); MEMADD(count); MODIFY(hdr.l5.key3, sar); }',
      CHAIN,
    ).source,
    CHAIN,
  );
  const { compiled: changed } = await controller.changeCases(next, '');
  assert.equal(await controller.drift(), []);
  assert.is(documentFault(changed, CHAIN), undefined);
  const options = { packets: 100, random: seedrandom.alea('cases'), makeSwitch: () => chain, isInstalled: true };
  assert.is(validateTranslation({ program: next, compiled: changed }, CHAIN, options).kind, 'verified');
  await controller.revoke('counts');
  assert.equal(chain.entries(), []);
});

test('a chain has as many targets as switches, all with its data plane', () => {
  const one = new InProcessTarget(new Switch(plane));
  assert.throws(() => new ChainTarget(CHAIN, [one]), /a chain of 2 switches has as many targets, not 1/);
  const other = { ...one, dataPlane: { name: 'other', hash: '0' } } as unknown as SwitchTarget;
  assert.throws(
    () => new ChainTarget(CHAIN, [one, other]),
    /switch 2 of the chain runs data plane 'other', not 'default'/,
  );
});

test('books of a chain refuse what one of its switches has no room for', () => {
  const state = new SwitchState(CHAIN);
  const again = (number: number): CompiledProgram => ({
    ...compiled,
    program: `nc${number}`,
    programId: number,
    memories: [],
  });
  const free = must(CHAIN.recirculationTables[1], 'table');
  while (state.freeEntries(free) > 0) {
    const number = 1 + state.programs.size;
    const entries = compiled.entries.filter(({ table }) => table === free);
    state.commit({ ...again(number), entries });
  }
  const error = thrownBy(Promise.resolve().then(() => state.commit(again(1 + state.programs.size))));
  return error.then((refused) => {
    assert.instance(refused, DoesNotFit);
    assert.match(String(refused), `${free} has 0 free entries`);
  });
});

test.run();
