/** The text format of Prometheus, version 0.0.4. */
import { must } from '../../../compiler/data-plane/must.js';

export interface Sample {
  /** Behind the name of the metric: `_bucket`, `_sum`, `_count` of a histogram; empty for the others. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: Iterable<Sample>;
}

/** The content type that Prometheus expects. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics as text, in their order. */
export function expositionText(metrics: Iterable<Metric>): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of metrics) {
    lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${type}`);
    for (const { suffix = '', labels = {}, value } of samples)
      lines.push(`${name}${suffix}${labelText(labels)} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** Counts values by upper bounds. */
export class Histogram {
  private readonly counts: number[];
  private sum = 0;

  /** @param bounds increasing */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const found = this.bounds.findIndex((bound) => value <= bound);
    const place = found < 0 ? this.bounds.length : found;
    this.counts[place] = must(this.counts[place], 'bucket of a histogram') + 1;
    this.sum += value;
  }

  samples(): Sample[] {
    let below = 0;
    const buckets = this.counts.map((count, i): Sample => {
      below += count;
      return {
        suffix: '_bucket',
        labels: { le: this.bounds[i] === undefined ? '+Inf' : this.bounds[i] },
        value: below,
      };
    });
    return [...buckets, { suffix: '_sum', value: this.sum }, { suffix: '_count', value: below }];
  }
}
