/**
 * Shapes of programs: programs of one shape have the same code, and differ in its open constants only. A key tells the
 * shape from the numbers of the entries, so that thousands of instances do not have their code written to be compared.
 */
import { must } from '../../../compiler/for-switches.js';
import { OPERATIONS } from '../../blocks/instructions/table.js';
import { mayDrop, type RpbEntry } from '../../blocks/program-code.js';
import { constantOf, type OpenConstant, type SwitchContext } from './cell-writer.js';
import type { VectorContext, VectorProgram } from './vector-code.js';

/** Classes of RPBs, by index: code of an entry is the same for RPBs of one class. */
export function rpbClasses({ hashes, arraySizes, arrayWords }: VectorContext): readonly number[] {
  const classes = new Map<string, number>();
  return hashes.map(({ initial, xorOut, reflected }, rpb) => {
    const name = [initial, xorOut, reflected, arraySizes[rpb], arrayWords[rpb]].join();
    const known = classes.get(name) ?? classes.size;
    classes.set(name, known);
    return known;
  });
}

/** Of programs whose code differs in no more than open constants. @param classes of {@link rpbClasses} */
export function shapeKey(
  { entries, context, recirculations, isNone }: VectorProgram,
  classes: readonly number[],
): string {
  const { branchIds, isGuarded, ingressRpbs, nowhereIsPort } = context;
  // Packets may leave between the gresses only then.
  const mindsGress = !nowhereIsPort || entries.some(mayDrop);
  const key = [recirculations, Number(isNone), Number(isGuarded), branchIds.length, ...branchIds];
  let last: RpbEntry | undefined;
  for (const entry of entries) {
    const { rpb, pass, branchValue, branchMask, match, instruction } = entry;
    const { opcode, first, second, immediate, flag } = instruction;
    const isOpen = OPERATIONS[opcode]?.isOpen === true;
    const isSameCell = last?.rpb === rpb && last.pass === pass;
    key.push(isSameCell ? -1 : must(classes[rpb], 'class of an RPB'), pass, Number(mindsGress && rpb < ingressRpbs));
    key.push(branchValue, branchMask);
    key.push(opcode, first, second, isOpen ? 0 : immediate, flag);
    // A match on no register at all is the most frequent, and shorter.
    if (match.every(([, mask]) => mask === 0)) key.push(-1);
    else for (const [value, mask] of match) key.push(value, mask);
    last = entry;
  }
  return key.join();
}

/** Where an open constant of a shape comes from: an entry by its place in order, or a number of the shape. */
type ShapeConstant = number | { readonly source: Exclude<OpenConstant, number>['source']; readonly place: number };

export interface ProgramShape {
  /** The number of its function. */
  readonly run: number;
  readonly constants: readonly ShapeConstant[];
}

/** @param entries those that the constants are of, in order */
export function shapeConstants(constants: readonly OpenConstant[], entries: readonly RpbEntry[]): ShapeConstant[] {
  const places = new Map(entries.map((entry, place) => [entry, place]));
  return constants.map((constant) =>
    typeof constant === 'number'
      ? constant
      : { source: constant.source, place: must(places.get(constant.entry), 'place of an entry') },
  );
}

/** The constants of a program of a shape. @param entries in order */
export const constantsOf = (
  { constants }: ProgramShape,
  entries: readonly RpbEntry[],
  context: SwitchContext,
): number[] =>
  constants.map((constant) =>
    typeof constant === 'number'
      ? constant
      : constantOf(constant.source, must(entries[constant.place], 'entry of a constant'), context),
  );
