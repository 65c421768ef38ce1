/** A cell whose result is itself, for tests of queues. */
export default async function echo({ cell }: { readonly cell: unknown }): Promise<object> {
  return { fixed: JSON.stringify(cell), times: '{}' };
}
