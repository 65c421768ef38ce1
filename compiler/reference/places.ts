/** Where actions of a data plane are, in words. */
import type { DataPlane } from '../data-plane/data-plane.js';
import type { Gress } from '../data-plane/description.js';
import { rangesText } from '../data-plane/ranges-text.js';

/** Numbers of the RPBs that have an action, ascending. */
export const rpbNumbersWith = (action: string, dataPlane: DataPlane): readonly number[] =>
  dataPlane.rpbs.filter(({ actions }) => actions.has(action)).map(({ number }) => number);

/** `every RPB`, `every RPB of ingress (1-10)`, `RPBs 1-6 of ingress, 11, 13 of egress`, `no RPB`. @param numbers ascending */
export function placesText(numbers: readonly number[], dataPlane: DataPlane): string {
  if (numbers.length === 0) return 'no RPB';
  if (numbers.length === dataPlane.rpbCount) return 'every RPB';
  const parts = (['ingress', 'egress'] as const).flatMap((gress) => {
    const here = numbers.filter((number) => dataPlane.rpb(number).gress === gress);
    return here.length === 0 ? [] : [{ gress, here, isWhole: here.length === countOf(gress, dataPlane) }];
  });
  const [first] = parts;
  if (parts.length === 1 && first?.isWhole === true) {
    return `every RPB of ${first.gress} (${rangesText(first.here)})`;
  }
  const texts = parts.map(({ gress, here }) => `${rangesText(here)} of ${gress}`);
  return `${numbers.length === 1 ? 'RPB' : 'RPBs'} ${texts.join(', ')}`;
}

const countOf = (gress: Gress, { rpbs }: DataPlane): number => rpbs.filter((rpb) => rpb.gress === gress).length;

/** Items with equal texts together, in the order of the first of each. */
export function groupedByText<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
): readonly (readonly [text: string, items: readonly Item[]])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const text = textOf(item);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [item]);
    else group.push(item);
  }
  return [...groups];
}
