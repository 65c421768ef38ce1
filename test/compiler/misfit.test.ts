/** Programs that do not fit: what is missing where, and proposals that hold when they are followed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyProposal } from '../../compiler/explain/apply-proposal.js';
import { MAX_TRIES_OF_TEXT } from '../../compiler/explain/explain-programs.js';
import { forwardMoves } from '../../compiler/explain/forward-first.js';
import {
  explainMisfit,
  explainPrograms,
  type Misfit,
  misfitText,
  type Proposal,
  refusalOf,
} from '../../compiler/explain/index.js';
import {
  analyse,
  type CompiledProgram,
  DataPlane,
  DEFAULT_LINK_OPTIONS,
  DEFAULT_RECIRCULATIONS,
  DoesNotFit,
  type DoesNotFitReason,
  defaultDataPlane,
  f1,
  greedyAllocator,
  lower,
  type Program,
  SwitchState,
} from '../../compiler/index.js';
import { checkedProgram, inProgram, linkProgram, sampleSource, smallDataPlane } from './support.js';

const ALL = Array.from({ length: defaultDataPlane().rpbCount }, (_, i) => i + 1);
/** All RPBs, each with little in it. */
const TINY = smallDataPlane(ALL, { entries: 4, buckets: 512 });

interface Given {
  readonly source: string;
  readonly dataPlane?: DataPlane;
  /** Sources of programs that run already. */
  readonly running?: readonly string[];
  readonly recirculations?: number;
  readonly maxTries?: number;
}

interface Found extends Misfit {
  readonly state: SwitchState;
}

function misfitOf(given: Given): Found {
  const { source, dataPlane = defaultDataPlane(), running = [], recirculations = DEFAULT_RECIRCULATIONS } = given;
  const state = new SwitchState(dataPlane);
  for (const other of running) state.commit(linkProgram(checkedProgram(other, dataPlane), state));
  const program = checkedProgram(source, dataPlane);
  const reason = refusalOf(lower(program, dataPlane, recirculations), state, DEFAULT_LINK_OPTIONS);
  assert.ok(reason, 'it fits');
  const before = JSON.stringify(state.snapshot());
  const options = { ...DEFAULT_LINK_OPTIONS, recirculations, ...(given.maxTries === undefined ? {} : given) };
  const misfit = explainMisfit(program, dataPlane, state, reason as DoesNotFitReason, options);
  assert.is(JSON.stringify(state.snapshot()), before, 'the switch is as it was');
  for (const proposal of misfit.proposals) {
    assertHolds(proposal, program, state, recirculations);
    const changed = applyProposal(source, program.name, proposal);
    assert.is(changed !== undefined, CHANGES_OF_TEXT.includes(proposal.kind), proposal.kind);
    if (changed !== undefined) assertFits(checkedProgram(changed, dataPlane), state, recirculations);
  }
  return { ...misfit, state };
}

const CHANGES_OF_TEXT: readonly Proposal['kind'][] = ['forward-first', 'smaller-memory', 'fewer-cases'];

function assertFits(program: Program, state: SwitchState, recirculations: number): void {
  const copy = new SwitchState(state.dataPlane);
  for (const other of programsOf(state)) copy.commit(other);
  linkProgram(program, copy, { ...DEFAULT_LINK_OPTIONS, filterPriority: 0 }, recirculations);
}

/** Follows a proposal as a user would. */
function assertHolds(proposal: Proposal, program: Program, state: SwitchState, recirculations: number): void {
  const { dataPlane } = state;
  const fits = (changed: Program, more = recirculations, filterPriority = 0, running = programsOf(state)): void => {
    const copy = new SwitchState(dataPlane);
    for (const other of running) copy.commit(other);
    linkProgram(changed, copy, { ...DEFAULT_LINK_OPTIONS, filterPriority }, more);
  };
  switch (proposal.kind) {
    case 'more-recirculations':
      return fits(program, proposal.recirculations);
    case 'forward-first': {
      const move = forwardMoves(program).find(
        ({ line, before }) => line === proposal.line && before === proposal.before,
      );
      assert.ok(move);
      return fits(move.program);
    }
    case 'filter-priority':
      return fits(program, recirculations, proposal.priority);
    case 'revoke': {
      const without = (gone: readonly string[]): void =>
        fits(
          program,
          recirculations,
          0,
          programsOf(state).filter((other) => !gone.includes(other.program)),
        );
      for (const kept of proposal.programs) {
        const fewer = proposal.programs.filter((name) => name !== kept);
        assert.throws(
          () => without(fewer),
          (error: Error) => error instanceof DoesNotFit,
          `${kept} need not go`,
        );
      }
      return without(proposal.programs);
    }
    case 'smaller-memory': {
      const memories = program.memories.map((memory) => {
        const change = proposal.memories.find(({ name }) => name === memory.name);
        return change === undefined ? memory : { ...memory, buckets: change.to };
      });
      return fits({ ...program, memories });
    }
    case 'fewer-cases': {
      const body = program.body.map((statement) =>
        statement.kind === 'branch' && statement.span.line === proposal.line
          ? { ...statement, cases: statement.cases.slice(0, proposal.to) }
          : statement,
      );
      return fits({ ...program, body });
    }
  }
}

const programsOf = (state: SwitchState): CompiledProgram[] =>
  [...state.programs.values()].map(({ compiled }) => compiled);
const kindsOf = ({ proposals }: Misfit): string[] => [...new Set(proposals.map(({ kind }) => kind))];

/** One of many load balancers, by its number. */
const lb = (number: number): string =>
  sampleSource('lb').replace('program lb', `program lb${number}`).replace('10.0.0.0', `10.0.${number}.0`);
const text = (misfit: Misfit, recirculations = 1): string => misfitText(misfit, TINY, recirculations, 100);

test('out of entries: the RPBs, the need, what is free, and fewer cases', () => {
  const misfit = misfitOf({ source: sampleSource('calc'), dataPlane: TINY });
  assert.is(misfit.missing.kind, 'entries');
  assert.match(
    misfit.why,
    /^row 4 \(BRANCH, line 8\) needs 5 entries in one of RPBs 4-22 of pass 1 .*the most free entries are in RPB 4 of pass 1: 4$/,
  );
  assert.equal(misfit.proposals, [{ kind: 'fewer-cases', line: 8, from: 5, to: 4, memories: [] }]);
  assert.match(text(misfit), /it cannot fit an empty switch of data plane small with any number of recirculations\n/);
});

test('out of entries on a switch that others fill: which of them to revoke, the smallest first', () => {
  const running = Array.from({ length: 7 }, (_, i) => lb(i + 1));
  const misfit = misfitOf({ source: lb(8), dataPlane: TINY, running });
  assert.is(misfit.missing.kind, 'entries');
  assert.match(misfit.why, /FORWARD\(1\).* needs 2 entries in one of RPBs .*: 1$/);
  assert.equal(misfit.emptySwitch, { fits: true });
  assert.equal(misfit.proposals, [
    { kind: 'revoke', programs: ['lb1'] },
    { kind: 'revoke', programs: ['lb2'] },
    { kind: 'revoke', programs: ['lb3'] },
  ]);
});

/** Programs that take 256 buckets of every RPB but the first. */
const fillers = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) => `@a 256\nprogram f${i}(<hdr.ipv4.src, 11.1.${i}.0, 255.255.255.0>) { MEMREAD(a); }`,
  );

test('out of memory: the largest size that fits, or without the program that has it', () => {
  const source = inProgram('HASH_5_TUPLE_MEM(m); MEMREAD(m); DROP;', '@m 512');
  const dataPlane = smallDataPlane([1, 2, 3, 4, 5], { buckets: 512 });
  const misfit = misfitOf({ source, dataPlane, running: fillers(4), recirculations: 0 });
  assert.is(
    misfit.why,
    'row 4 (MEMREAD(m), line 3) needs 512 buckets for m, contiguous, in one of RPBs 4-5; ' +
      'the largest free block there has 256, in RPB 4',
  );
  const [smaller, ...others] = misfit.proposals;
  assert.equal(smaller, { kind: 'smaller-memory', memories: [{ name: 'm', from: 512, to: 256 }] });
  assert.ok(others.some(({ kind }) => kind === 'revoke'));
});

test('out of memory twice: no one memory is enough, all of them are', () => {
  const body = 'HASH_5_TUPLE_MEM(m); MEMREAD(m); HASH_5_TUPLE_MEM(n); MEMREAD(n);';
  const dataPlane = smallDataPlane([1, 2, 3, 4, 5, 6, 7, 8], { buckets: 512 });
  const source = inProgram(body, '@m 512\n@n 512');
  const misfit = misfitOf({ source, dataPlane, running: fillers(7), recirculations: 0 });
  assert.equal(misfit.proposals[0], {
    kind: 'smaller-memory',
    memories: [
      { name: 'm', from: 512, to: 256 },
      { name: 'n', from: 512, to: 256 },
    ],
  });
});

test('memory that others have: without some of them', () => {
  const one = smallDataPlane(ALL, { buckets: 512 });
  const m = (number: number, buckets: number): string =>
    `@m 512\n@n ${buckets}\nprogram p${number}(<hdr.ipv4.src, 10.0.${number}.0, 255.255.255.0>) {
       HASH_5_TUPLE_MEM(m); MEMREAD(m); MEMREAD(n); }`;
  const running = Array.from({ length: 9 }, (_, i) => m(i + 1, 512));
  const misfit = misfitOf({ source: m(10, 512), dataPlane: one, running, recirculations: 0 });
  assert.ok(['memory', 'together'].includes(misfit.missing.kind), misfit.why);
  assert.ok(kindsOf(misfit).includes('revoke'));
});

const ADDS = (count: number): string => `LOADI(har, 1); LOADI(sar, 1);${'ADD(har, sar);'.repeat(count)}`;

test('too long for one pass: how long, and the recirculations it takes', () => {
  const misfit = misfitOf({ source: inProgram(`${ADDS(28)} DROP;`), recirculations: 0 });
  assert.is(misfit.why, 'it has 31 rows in sequence, and 1 pass has 22 RPBs');
  assert.equal(misfit.proposals, [{ kind: 'more-recirculations', recirculations: 1 }]);
  assert.match(text(misfit, 0), /it cannot fit an empty switch of data plane small with 0 recirculations/);
});

test('FORWARD too deep without recirculation', () => {
  const misfit = misfitOf({ source: inProgram(`${ADDS(10)} FORWARD(1);`), recirculations: 0 });
  assert.is(misfit.missing.kind, 'action');
  assert.match(
    misfit.why,
    /FORWARD\(1\), line 3\) can be in RPB 13 at the earliest.*only ingress RPBs have forward, and 1 pass has none after/,
  );
  assert.equal(misfit.proposals, [
    { kind: 'forward-first', primitive: 'FORWARD', line: 3, before: 3 },
    { kind: 'more-recirculations', recirculations: 1 },
  ]);
  assert.match(
    text(misfit, 0),
    /with FORWARD in line 3 moved to the front of its statements, where it has the same effect/,
  );
});

test('a FORWARD is moved no further than to what decides or branches before it, and only if it then fits', () => {
  const late = `${ADDS(10)}\nFORWARD(1);`;
  const proposed = (body: string): Proposal[] =>
    misfitOf({ source: inProgram(body), recirculations: 0 }).proposals.filter(({ kind }) => kind === 'forward-first');
  assert.equal(proposed(`DROP;\n${late}`), [{ kind: 'forward-first', primitive: 'FORWARD', line: 5, before: 4 }]);
  assert.equal(proposed(`BRANCH: case(<har, 1, 1>) { DROP; };\n${late}`), [
    { kind: 'forward-first', primitive: 'FORWARD', line: 5, before: 4 },
  ]);
  assert.equal(proposed(`${ADDS(10)} BRANCH: case(<har, 1, 1>) { FORWARD(2); DROP; };\nFORWARD(1);`), []);
});

test('longer than all passes together: no empty switch can hold it, and nothing is proposed', () => {
  const misfit = misfitOf({ source: inProgram(`${ADDS(400)} DROP;`) });
  assert.equal(misfit.proposals, []);
  assert.ok(!misfit.emptySwitch.fits && misfit.emptySwitch.isProven && !misfit.emptySwitch.fitsWithMore);
  assert.match(
    text(misfit),
    /it cannot fit an empty switch[\s\S]* with any number of\s+recirculations[\s\S]*none of the changes that\s+were\s+tried/,
  );
});

test('filters that overlap: another priority, or without the other', () => {
  const other = sampleSource('lb').replace('program lb', 'program other');
  const misfit = misfitOf({ source: sampleSource('lb'), running: [other] });
  assert.match(
    misfit.why,
    /filter overlaps that of program other and has the same priority: give it another one by --priority/,
  );
  assert.equal(misfit.proposals, [
    { kind: 'filter-priority', priority: 1 },
    { kind: 'revoke', programs: ['other'] },
  ]);
});

test('a name in use: without the program of that name', () => {
  const misfit = misfitOf({ source: sampleSource('lb'), running: [lb(1).replace('lb1', 'lb'), lb(2)] });
  assert.equal(misfit.proposals, [{ kind: 'revoke', programs: ['lb'] }]);
});

test('a filter table that is full', () => {
  const { description } = defaultDataPlane();
  const filters = description.init.filters.map((filter) => ({ ...filter, entries: 1 }));
  const dataPlane = new DataPlane({ ...description, init: { ...description.init, filters } });
  const misfit = misfitOf({ source: lb(1), dataPlane, running: [lb(2)] });
  assert.match(misfit.why, /tb_flow_filter4 has 0 free entries, and the program needs 1/);
  assert.equal(misfit.proposals, [{ kind: 'revoke', programs: ['lb2'] }]);
});

test('where several programs have to be revoked, no more are named than needed', () => {
  const small = smallDataPlane(ALL, { entries: 2, buckets: 512 });
  const running = Array.from(
    { length: 8 },
    (_, i) => `program f${i}(<hdr.ipv4.src, 10.0.${i}.0, 255.255.255.0>) { FORWARD(1); }`,
  );
  const filled = [
    ...running,
    ...Array.from(
      { length: 12 },
      (_, i) => `program g${i}(<hdr.ipv4.src, 10.1.${i}.0, 255.255.255.0>) { FORWARD(1); }`,
    ),
  ];
  const source = `program wide(<hdr.ipv4.src, 10.2.0.0, 255.255.255.0>) { EXTRACT(hdr.ipv4.dst, har);
    BRANCH: case(<har, 1, 1>) { FORWARD(1); }; FORWARD(2); }`;
  const misfit = misfitOf({ source, dataPlane: small, running: filled, recirculations: 0 });
  const [revoke] = misfit.proposals.flatMap((proposal) => (proposal.kind === 'revoke' ? [proposal] : []));
  // One entry for EXTRACT, and both of one RPB behind it.
  const programs = revoke?.programs ?? [];
  assert.is(programs.length, 3);
  for (const kept of programs) {
    const fewer = programs.filter((name) => name !== kept);
    const proposal: Proposal = { kind: 'revoke', programs: fewer };
    assert.throws(() => assertHolds(proposal, checkedProgram(source, small), misfit.state, 0), /does not fit/);
  }
});

test('tries are bounded, and the report says where the bound was reached', () => {
  const running = Array.from({ length: 7 }, (_, i) => lb(i + 1));
  const misfit = misfitOf({ source: lb(8), dataPlane: TINY, running, maxTries: 3 });
  assert.ok(misfit.tries <= 3);
  assert.ok(misfit.isCutShort);
  assert.match(text(misfit), /left some changes untried/);
});

test('tries are bounded for all programs of a text, and the report of those after the bound says so', () => {
  const dataPlane = TINY;
  const count = 300;
  const source = Array.from({ length: count }, (_, i) => `program p${i}(<hdr.ipv4.dst, 1, 0xff>) { DROP; }`).join('\n');
  const analysis = analyse(source, dataPlane);
  const options = { ...DEFAULT_LINK_OPTIONS, recirculations: 1 };
  const results = explainPrograms(analysis, dataPlane, new SwitchState(dataPlane), options);
  const misfits = results.flatMap((result) => (result.fits ? [] : [result]));
  assert.is(misfits.length, count - 1);
  assert.ok(misfits.reduce((sum, { tries }) => sum + tries, 0) <= MAX_TRIES_OF_TEXT);
  const [first] = misfits;
  const last = misfits.at(-1);
  assert.ok(first !== undefined && first.proposals.length > 0 && !first.isCutShort);
  assert.ok(last?.isCutShort);
  assert.is(last.tries, 0);
  assert.match(text(last), /no changes were tried/);
});

test('for allocators of the paper the depth is named', () => {
  const dataPlane = TINY;
  const program = checkedProgram(sampleSource('calc'), dataPlane);
  const options = { allocator: greedyAllocator(f1()), filterPriority: 0, recirculations: 1 };
  const state = new SwitchState(dataPlane);
  const reason = refusalOf(lower(program, dataPlane, 1), state, options) as DoesNotFitReason;
  assert.match(
    explainMisfit(program, dataPlane, state, reason, options).why,
    /row 4 \(BRANCH, line 8\) needs 5 entries/,
  );
});

test('a proposal changes its statement alone, in a text with comments', () => {
  const source = `// sizes
@m 512 // of m
@n 64
program p(<hdr.ipv4.src, 10.0.0.1, 255.255.255.255>) {
    LOADI(har, 1); // first
    BRANCH:
    case(<har, 1, 0xff>) { // one {
        LOADI(sar, 1);
    }
    case(<har, 2, 0xff>) {
        BRANCH: case(<sar, 1, 1>) { MEMREAD(n); };
    };
    LOADI(mar, 0); /* } */
    FORWARD(1);
}
`;
  const applied = (proposal: Proposal): string | undefined => applyProposal(source, 'p', proposal);
  assert.is(
    applied({ kind: 'smaller-memory', memories: [{ name: 'm', from: 512, to: 16 }] }),
    source.replace('@m 512', '@m 16'),
  );
  assert.is(
    applied({ kind: 'fewer-cases', line: 6, from: 2, to: 1, memories: ['n'] }),
    source.replace('@n 64\n', '').replace(/\n {4}case\(<har, 2.*?;\n {4}\};/s, ';'),
  );
  assert.is(
    applied({ kind: 'forward-first', primitive: 'FORWARD', line: 14, before: 13 }),
    source.replace('\n    FORWARD(1);', '').replace('    LOADI(mar, 0);', '    FORWARD(1);\n    LOADI(mar, 0);'),
  );
  assert.is(applyProposal(source, 'q', { kind: 'fewer-cases', line: 6, from: 2, to: 1, memories: [] }), undefined);
});

test.run();
