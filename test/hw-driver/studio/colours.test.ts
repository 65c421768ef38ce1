/** Colours of the page: text can be read on all grounds in both themes (WCAG 2.2, 1.4.3 and 1.4.11). */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../compiler/index.js';
import { packageFile } from '../../../traces/system/package-root.js';

const css = (...path: readonly string[]): string =>
  readFileSync(packageFile('hw-driver', 'studio', 'page', ...path), 'utf8');

type Pair = readonly [light: string, dark: string];
const PAIR = 'light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)';

/** Variables of the page that are plain colours. */
const variables = new Map(
  [...css('styles', 'base.css').matchAll(new RegExp(`--([\\w-]+): ${PAIR}`, 'g'))].map(
    ([, name = '', light = '', dark = '']): [string, Pair] => [name, [light, dark]],
  ),
);
const colour = (name: string): Pair => must(variables.get(name), `colour ${name}`);

/** Relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

const TEXT = 4.5;
const MARK = 3;

function assertContrast(name: string, [light, dark]: Pair, ground: string, least: number): void {
  const [lightGround, darkGround] = colour(ground);
  for (const [theme, ratio] of [
    ['light', contrast(light, lightGround)],
    ['dark', contrast(dark, darkGround)],
  ] as const) {
    assert.ok(ratio >= least, `${name} on ${ground}, ${theme}: ${ratio.toFixed(2)} of ${least}`);
  }
}

test('contrast as the standard defines it', () => {
  assert.is(contrast('#000000', '#ffffff').toFixed(2), '21.00');
  assert.is(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

test('text on every ground', () => {
  for (const text of ['text', 'soft', 'accent', 'good', 'warn', 'bad']) {
    for (const ground of ['pane', 'raised', 'ground']) assertContrast(text, colour(text), ground, TEXT);
  }
  for (const ground of ['changed', 'accent-ground', 'good-ground', 'warn-ground', 'bad-ground']) {
    assertContrast('text', colour('text'), ground, TEXT);
  }
  assertContrast('on-accent', colour('on-accent'), 'accent', TEXT);
});

test('programs: text on their colours, and their colours as marks', () => {
  const programs = [...variables.keys()].filter((name) => /^program-\d+$/.test(name));
  assert.is(programs.length, 12);
  for (const program of programs) {
    assertContrast('on-program', colour('on-program'), program, TEXT);
    assertContrast(program, colour(program), 'pane', MARK);
  }
});

test('words of a program in the editor', () => {
  const words = [
    ...css('panes', 'programs', 'programs.css').matchAll(new RegExp(`\\.(tok-\\w+) \\{\\s+color: ${PAIR}`, 'g')),
  ];
  assert.ok(words.length >= 6);
  for (const [, name = '', light = '', dark = ''] of words) assertContrast(name, [light, dark], 'pane', TEXT);
});

test.run();
