/** The lines of a switch with time, and its traffic manager, as its options say. */
import type { DataPlane } from '../../../compiler/index.js';
import { Line } from '../../blocks/line.js';
import { portLines, TrafficManager } from '../../blocks/traffic-manager.js';
import { queueLimits, type TimedSwitchOptions } from './timed-switch-options.js';

/** Port numbers that a batch can hold. */
export const INGRESS_PORTS = 2 ** 16;

export class FrontLines {
  readonly trafficManager: TrafficManager;
  /** The line of front ports that have none of their own. */
  readonly front: Line;
  readonly recirculation: Line;
  /** By port; undefined if all front ports are alike. */
  private readonly own: readonly (Line | undefined)[] | undefined;

  constructor({ description }: DataPlane, options: TimedSwitchOptions) {
    const { ports, trafficManager } = description;
    const shared = portLines(options.portBitsPerSecond, ports.recirculation, options.recirculationBitsPerSecond);
    // Packets that come in on the number of the recirculation port come from outside.
    this.front = shared(ports.recirculation + 1);
    this.recirculation = shared(ports.recirculation);
    this.own = linesOf(options);
    const limits = queueLimits(options, trafficManager);
    this.trafficManager = new TrafficManager(
      INGRESS_PORTS,
      limits,
      (port) => this.own?.[port] ?? shared(port),
      (port) => {
        const own = options.ownPorts?.get(port);
        return own === undefined ? limits.queueCells : Math.floor(own.queueBytes / limits.cellBytes);
      },
    );
  }

  /** Whether all front ports are alike. */
  get areAlike(): boolean {
    return this.own === undefined;
  }

  /** The line by which packets from outside come in on a port. */
  inward(port: number): Line {
    return this.own?.[port] ?? this.front;
  }
}

function linesOf({ ownPorts }: TimedSwitchOptions): readonly (Line | undefined)[] | undefined {
  if (ownPorts === undefined) return undefined;
  const lines: (Line | undefined)[] = [];
  for (const [port, { bitsPerSecond }] of ownPorts) lines[port] = new Line(bitsPerSecond);
  return lines;
}
