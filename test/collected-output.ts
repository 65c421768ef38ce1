/** Collects what is written to a stream of this process, in place of writing it. */

type Write = NodeJS.WriteStream['write'];

/** Collects what is written to a stream until the end is asked for. */
export function collect(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const chunks: Buffer[] = [];
  const original = stream.write;
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    chunks.push(Buffer.from(chunk as Uint8Array));
    const written = rest.find((argument): argument is () => void => typeof argument === 'function');
    if (written !== undefined) process.nextTick(written);
    return true;
  };
  stream.write = write as Write;
  return {
    text: () => Buffer.concat(chunks).toString(),
    end: () => {
      stream.write = original;
    },
  };
}
