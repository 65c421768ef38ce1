/** What `tofino1` has room for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtInDataPlane, defaultDataPlane } from '../../compiler/index.js';

const plane = builtInDataPlane('tofino1') ?? defaultDataPlane();
const published = builtInDataPlane('published') ?? defaultDataPlane();

test('no RPB has more actions than a stage has instructions, and each action is somewhere', () => {
  const wanted = new Set(defaultDataPlane().rpbs.flatMap(({ actions }) => [...actions.keys()]));
  wanted.delete('extract_egintrmdenqqdepth_har');
  const there = new Set(plane.rpbs.flatMap(({ actions }) => [...actions.keys()]));
  assert.equal([...there].sort(), [...wanted].sort());
  for (const { number, actions } of plane.rpbs) assert.ok(actions.size <= 62, `RPB ${number}: ${actions.size}`);
});

test('every RPB has what needs no header but MAX and MIN, and these lie in every other egress RPB', () => {
  const without = [...published.rpb(1).actions.values()].filter(
    ({ effect }) => effect.kind !== 'extract' && effect.kind !== 'modify',
  );
  for (const { number, gress, actions } of plane.rpbs) {
    for (const { name, effect } of without) {
      const comparison = /^(max|min)_/.test(name);
      const forwards = ['return', 'forward', 'report'].includes(effect.kind);
      const expected = comparison ? (number > 6 && gress === 'ingress') || number % 2 === 0 : true;
      if (forwards) assert.is(actions.has(name), gress === 'ingress', `${name} in RPB ${number}`);
      else if (!comparison || number > 6) assert.is(actions.has(name), expected, `${name} in RPB ${number}`);
      else assert.not.ok(actions.has(name), `${name} in RPB ${number}`);
    }
  }
});

test.run();
