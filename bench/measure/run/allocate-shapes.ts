/** A run with `--constraints published`: allocates published shapes and runs no packets. */
import { fillWithShapes, type ShapeFillOptions } from './fill-with-shapes.js';
import { type ReportedRun, summarise } from './summary.js';

export interface ShapeRunOptions extends ShapeFillOptions {
  readonly workers: number;
}

/** @throws {WorkloadError} for a workload without published shapes */
export async function allocateShapes(options: ShapeRunOptions): Promise<ReportedRun> {
  const { admission, books } = await fillWithShapes(options);
  const summary = summarise(options, 'published', admission, books, undefined, undefined);
  const interrupted = options.signal.aborted;
  return {
    summary,
    dataPlane: options.dataPlane,
    admission,
    samples: [],
    interrupted,
    captureNotes: [],
    warnings: [],
    traces: [],
  };
}
