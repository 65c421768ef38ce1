// Where one Redis ends: a simulation of threads that take cells from a queue, with costs that were measured.
// A thread asks Redis for a cell, computes it, and asks Redis to write the result; Redis serves one request at a time.

/** CPU of Redis for a cell, in microseconds, in two visits: measured with 1,500 cells, a controller and two workers. */
const REDIS_US = 620;
const CELLS = 20_000;

/** Cells a second. Times of cells are spread evenly from half to one and a half times their mean. */
function cellsPerSecond(threads, cellUs, queues) {
  // One queue of many: each has its share of the threads.
  const own = threads / queues;
  let random = 1;
  const drawnUs = () => {
    random = (random * 48_271) % 2_147_483_647;
    return Math.round(cellUs / 2 + (cellUs * random) / 2_147_483_647);
  };
  // Threads by the time of their next visit: a heap of [time, whether a result is brought].
  const heap = Array.from({ length: own }, () => [0, false]);
  const sink = () => {
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < own && heap[child][0] < heap[least][0]) least = child;
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least], heap[i]];
      i = least;
    }
  };
  let freeUs = 0;
  for (let done = 0; done < CELLS; ) {
    const [at, brings] = heap[0];
    freeUs = Math.max(freeUs, at) + REDIS_US / 2;
    if (brings) done++;
    heap[0] = brings ? [freeUs, false] : [freeUs + drawnUs(), true];
    sink();
  }
  return (queues * CELLS * 1e6) / freeUs;
}

const shown = (value) => Math.round(value).toLocaleString('en-US').padStart(9);
console.log('threads   cells of 10 ms   100 ms      1 s   100 ms, four queues');
for (const threads of [16, 64, 256, 1024]) {
  const [small, middle, large] = [10_000, 100_000, 1_000_000].map((us) => cellsPerSecond(threads, us, 1));
  const sharded = cellsPerSecond(threads, 100_000, 4);
  console.log(
    `${String(threads).padStart(7)}   ${shown(small)}/s ${shown(middle)}/s ${shown(large)}/s ${shown(sharded)}/s`,
  );
}
