/** Item `index` of a list that has to have it. @throws Error that says how many there are. */
export function itemAt<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`there is no item ${index} among ${list.length}`);
  return item;
}
